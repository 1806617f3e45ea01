#include "worker/ipfs_commands/options.hpp"

#include "core/ipld/dag_pb.hpp"
#include "net/url.hpp"

#include <charconv>

namespace substratee::worker::ipfs_commands {
namespace {

constexpr const char* kExamples = R"(Examples:
  substratee-worker ipfs add --store ./blocks README.md
  substratee-worker ipfs add --store ./blocks --cid-version 0 README.md      # as `ipfs add` without options
  substratee-worker ipfs export --store ./blocks CID -o state.car
  substratee-worker ipfs serve --store ./blocks --listen 127.0.0.1:8080
A worker that runs has its store to itself: ask its gateway instead, <worker URL>/ipfs/CID?format=car

Exit status: 0 done; 1 an error, said in one line; 2 a wrong command line.)";

constexpr std::string_view kSizePrefix = "size-";

std::optional<std::uint64_t> to_number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<std::size_t> chunk_size_of(std::string_view text) {
  if (!text.starts_with(kSizePrefix)) return std::nullopt;
  const auto size = to_number(text.substr(kSizePrefix.size()));
  if (!size || *size == 0 || *size > ipld::kMaxChunkSize) return std::nullopt;
  return *size;
}

CLI::Validator chunker_text() {
  return {[](std::string& text) {
            return chunk_size_of(text)
                       ? std::string()
                       : "\"" + text + "\" is not size-N with N from 1 to " + std::to_string(ipld::kMaxChunkSize);
          },
          "size-N", "chunker"};
}

/// Checked as text: a negative number would be read as a large one.
CLI::Validator byte_count() {
  return {[](std::string& text) {
            return to_number(text) ? std::string() : "\"" + text + "\" is not a number of bytes, 0 or more";
          },
          "BYTES", "byte count"};
}

CLI::Validator listen_text() {
  return {[](std::string& text) {
            return net::Url::parse("tcp://" + text) ? std::string() : "\"" + text + "\" is not ADDRESS:PORT";
          },
          "ADDRESS:PORT", "listen"};
}

}  // namespace

CommandLine::CommandLine(CLI::App& app)
    : app_(app.add_subcommand("ipfs", "Blocks of IPFS in a store on this disk: import, read, export, tidy, serve")) {
  app_->require_subcommand(1);
  app_->footer(kExamples);
  describe_add();
  describe_readers();
  describe_store_commands();
}

CLI::App* CommandLine::add_command(const char* name, const char* about) {
  auto* command = app_->add_subcommand(name, about);
  auto* store = command->add_option("--store", store_, "Folder of the blocks; made if need be");
  command->add_option("--base-path", base_path_, "Instead: a worker's folder, whose store is <base-path>/blocks")
      ->excludes(store);
  return command;
}

void CommandLine::describe_add() {
  auto* add = add_command("add", "Imports a file, pins it, prints its CID: the one that Kubo prints");
  add->add_option("FILE", file_, "A file, or - for standard input; with -r a folder")->required();
  add->add_option("--cid-version", version_, "0: as Kubo's defaults; 1: raw leaves too")
      ->check(CLI::IsMember({"0", "1"}))
      ->capture_default_str();
  raw_leaves_given_ = add->add_flag("--raw-leaves,!--no-raw-leaves", raw_leaves_,
                                    "Leaves as raw blocks (default with --cid-version 1)");
  add->add_option("--chunker", chunker_, "How the file is cut")->check(chunker_text())->capture_default_str();
  add->add_option("--max-links", max_links_, "Most links of a node")
      ->check(CLI::Range(std::size_t{2}, ipld::kMaxLinks))
      ->capture_default_str();
  add->add_flag("-r,--recursive", is_recursive_, "A folder with all below it, hidden files left out");
}

void CommandLine::describe_readers() {
  const auto add_path = [this](CLI::App* command) {
    command->add_option("CID", path_, "CID, or CID/name for an entry of a directory")->required();
  };
  auto* cat = add_command("cat", "Writes a file to standard output");
  add_path(cat);
  cat->add_option("--offset", offset_, "First byte")->check(byte_count())->capture_default_str();
  cat->add_option("--length", length_, "Number of bytes (default: to the end)")->check(byte_count());
  auto* get = add_command("get", "Writes a file or directory to PATH, which must not exist");
  add_path(get);
  get->add_option("-o,--output", output_, "The new file or folder")->required();
  auto* out = add_command("export", "Writes a CAR of all blocks below a CID");
  add_path(out);
  out->add_option("-o,--output", output_, "The new file (default: standard output)");
  auto* in = add_command("import", "Reads a CAR, checks every block, pins its roots, prints them");
  in->add_option("FILE", file_, "A CAR file, or - for standard input")->required();
}

void CommandLine::describe_store_commands() {
  auto* stat = add_command("stat", "Says how much the store has, or what is below a CID");
  stat->add_option("CID", path_, "CID, or CID/name for an entry of a directory");
  auto* gc = add_command("gc", "Removes what no pinned root reaches");
  gc->add_option("--keep", keep_, "These CIDs become the pinned roots; others are unpinned");
  auto* serve = add_command("serve", "Serves the store as a Trustless Gateway (HTTP), until stopped");
  serve->add_option("--listen", listen_, "Address and port")->check(listen_text())->capture_default_str();
}

Options CommandLine::with_store() const {
  Options out;
  if (store_.empty() && base_path_.empty()) throw CLI::RequiredError("--store or --base-path");
  out.store = store_.empty() ? std::filesystem::path(base_path_) / "blocks" : std::filesystem::path(store_);
  return out;
}

Add CommandLine::add() const {
  Add out{.file = file_, .layout = {}, .chunk = *chunk_size_of(chunker_), .is_recursive = is_recursive_};
  out.layout.version = version_ == 0 ? ipld::Version::kV0 : ipld::Version::kV1;
  out.layout.raw_leaves = raw_leaves_given_->count() > 0 ? raw_leaves_ : version_ == 1;
  out.layout.max_links = max_links_;
  return out;
}

Serve CommandLine::serve() const {
  const auto url = net::Url::parse("tcp://" + listen_);
  return {.address = url->host, .port = url->port};
}

std::optional<Options> CommandLine::chosen() const {
  if (!app_->parsed()) return std::nullopt;
  auto out = with_store();
  const auto name = app_->get_subcommands().front()->get_name();
  if (name == "add") out.command = add();
  if (name == "cat") out.command = Cat{path_, offset_, length_};
  if (name == "get") out.command = Get{path_, output_};
  if (name == "import") out.command = Import{file_};
  if (name == "export") out.command = Export{path_, output_};
  if (name == "stat") out.command = Stat{path_};
  if (name == "gc") out.command = Gc{keep_};
  if (name == "serve") out.command = serve();
  return out;
}

}  // namespace substratee::worker::ipfs_commands
