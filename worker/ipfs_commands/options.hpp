#pragma once

/// What `substratee-worker ipfs` is told on its command line.

#include "core/ipld/file_builder.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace substratee::worker::ipfs_commands {

struct Add {
  std::filesystem::path file;  ///< "-": standard input
  ipld::FileLayout layout;
  std::size_t chunk = 262'144;
  bool is_recursive = false;
};
struct Cat {
  std::string path;  ///< CID, or CID/name/name
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};
struct Get {
  std::string path;
  std::filesystem::path output;
};
struct Import {
  std::filesystem::path file;  ///< "-": standard input
};
struct Export {
  std::string path;
  std::filesystem::path output;  ///< empty: standard output
};
struct Stat {
  std::string path;  ///< empty: the store itself
};
struct Gc {
  std::vector<std::string> keep;  ///< empty: the roots that are pinned
};
struct Serve {
  std::string address;
  std::uint16_t port = 0;
};

struct Options {
  std::filesystem::path store;
  std::variant<Add, Cat, Get, Import, Export, Stat, Gc, Serve> command;
};

/// The command line of `ipfs`; must live while `app` parses.
class CommandLine {
 public:
  explicit CommandLine(CLI::App& app);
  /// After parsing: what to do, if it was `ipfs ...`. Throws CLI::ParseError for what contradicts itself.
  [[nodiscard]] std::optional<Options> chosen() const;

 private:
  CLI::App* add_command(const char* name, const char* about);
  void describe_add();
  void describe_readers();
  void describe_store_commands();
  [[nodiscard]] Options with_store() const;
  [[nodiscard]] Add add() const;
  [[nodiscard]] Serve serve() const;

  CLI::App* app_;
  std::string store_;
  std::string base_path_;
  std::string path_;
  std::string file_;
  std::string output_;
  std::string chunker_ = "size-262144";
  std::string listen_ = "127.0.0.1:8080";
  unsigned version_ = 1;
  bool raw_leaves_ = false;
  CLI::Option* raw_leaves_given_ = nullptr;
  std::size_t max_links_ = 174;
  bool is_recursive_ = false;
  std::uint64_t offset_ = 0;
  std::optional<std::uint64_t> length_;
  std::vector<std::string> keep_;
};

}  // namespace substratee::worker::ipfs_commands
