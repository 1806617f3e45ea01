#include "node/program/commands.hpp"
#include "node/program/telling.hpp"
#include "node/service/setup.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdio>

namespace substratee::node::program {

namespace {

constexpr std::size_t kMaxAnswer = 64;

/// A line from the terminal. What is not a clear yes is a no.
bool is_agreed() {
  std::string answer;
  char letter = 0;
  while (answer.size() < kMaxAnswer && ::read(STDIN_FILENO, &letter, 1) == 1 && letter != '\n') answer += letter;
  return answer == "y" || answer == "Y" || answer == "yes";
}

std::string list(const std::vector<path>& files) {
  std::vector<std::string> texts;
  for (const auto& file : files) texts.push_back(file.string());
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// Nothing if it may go on, else the exit status.
std::optional<int> ask(const PurgeOptions& options, const std::vector<path>& files) {
  if (options.yes) return std::nullopt;
  if (::isatty(STDIN_FILENO) != 1) {
    return failed(
        fmt::format("purge-chain asks before it removes {}, but standard input is no terminal; "
                    "give --yes if that is meant",
                    list(files)));
  }
  fmt::print("Are you sure to remove {}{}? [y/N]: ", list(files),
             options.with_key ? ", the key that seals the chain included" : "");
  std::fflush(stdout);
  if (is_agreed()) return std::nullopt;
  fmt::print("Aborted\n");
  return 1;
}

}  // namespace

int execute(const PurgeOptions& options) {
  const auto what = options.with_key ? service::Purge::kChainAndKey : service::Purge::kChain;
  const auto files = service::purged_files(options.base_path, what);
  std::error_code unreadable;
  const auto key = service::authority_file(options.base_path);
  const auto kept = !options.with_key && std::filesystem::exists(key, unreadable)
                        ? fmt::format("; its key is kept in {}", key.string())
                        : std::string();
  if (files.empty()) {
    fmt::print("No chain in {}{}\n", options.base_path.string(), kept);
    return 0;
  }
  if (const auto status = ask(options, files)) return *status;
  const auto removed = service::purge_chain(options.base_path, what);
  if (!removed) return failed(removed.error().message);
  fmt::print("Removed {}{}\n", list(files), kept);
  return 0;
}

}  // namespace substratee::node::program
