/// Requests of strangers to a worker's gateway. Lines: path, query, then headers ("Name: value").

#include "worker/ipfs/gateway/gateway.hpp"
#include "core/base/check.hpp"
#include "core/cbor/cbor.hpp"
#include "core/ipld/unixfs.hpp"
#include "fuzz/target.hpp"

#include <map>
#include <set>
#include <string>

namespace {

using namespace substratee;
using namespace substratee::worker::ipfs;

/// A directory with a file of many levels, a document and an inline block.
class World final : public BlockSource {
 public:
  World() {
    std::vector<ipld::Block> made;
    Bytes content(500);
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i / 10);
    file_ = ipld::make_file(content, {.chunk_size = 10, .max_links = 3}, made).cid;
    const auto link = concat(cbor::tag_head(42), cbor::byte_string(concat(Bytes{0}, file_.to_bytes())));
    const auto document = concat(cbor::map_head(1), cbor::text_string("a"), cbor::array_head(1), link);
    auto document_cid = ipld::Cid::of_raw_block(document);
    document_cid.codec = ipld::Codec::kDagCbor;
    made.push_back({document_cid, document});
    const auto entry = [](std::string name, const ipld::Cid& cid) {
      return ipld::DirectoryEntry{.name = std::move(name), .child = {.cid = cid, .content_size = 0, .dag_size = 0}};
    };
    const auto directory =
        ipld::make_directory(std::vector{entry("file", file_), entry("doc", document_cid), entry("inline", {})});
    root_ = directory->block.cid;
    made.push_back(directory->block);
    for (auto& block : made) blocks_.emplace(block.cid.multihash(), std::move(block.bytes));
  }

  [[nodiscard]] Result<Bytes> get(const ipld::Cid& cid) const override {
    if (cid.hash == ipld::HashCode::kIdentity) return cid.digest;
    const auto found = blocks_.find(cid.multihash());
    if (found != blocks_.end()) return found->second;
    return fail(FailureCode::kNotFound, "block", "fetch it");
  }
  [[nodiscard]] const ipld::Cid& root() const { return root_; }
  [[nodiscard]] const ipld::Cid& file() const { return file_; }

 private:
  std::map<Bytes, Bytes> blocks_;
  ipld::Cid root_, file_;
};

const World& world() {
  static const World kWorld;
  return kWorld;
}

std::string line(ByteView& rest) {
  const auto end = std::ranges::find(rest, '\n');
  std::string out(rest.begin(), end);
  rest = rest.subspan(std::min(out.size() + 1, rest.size()));
  return out;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const gateway::Gateway kGateway(world(), {.max_car_blocks = 100, .max_car_bytes = 10'000});
  ByteView rest(data, size);
  net::Request request{
      .method = "GET", .path = line(rest), .query = line(rest), .headers = {}, .body = {}, .peer_address = "::1"};
  while (!rest.empty() && request.headers.size() < 20) {
    const auto header = line(rest);
    const auto colon = header.find(": ");
    if (colon != std::string::npos) request.headers.emplace_back(header.substr(0, colon), header.substr(colon + 2));
  }
  const auto response = kGateway.answer(request);
  static const std::set<unsigned> kKnown{200, 206, 304, 400, 404, 406, 412, 416};
  SUBSTRATEE_CHECK(kKnown.contains(response.status));
  for (const auto& [name, value] : response.headers) {
    SUBSTRATEE_CHECK(value.find_first_of("\r\n") == std::string::npos);
  }
  if (response.body_stream() == nullptr) return 0;
  std::size_t total = 0;
  while (const auto piece = response.body_stream()->next()) {
    total += piece->size();
    if (piece->empty()) break;
  }
  SUBSTRATEE_CHECK(total <= 10'200);
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  const auto root = "/ipfs/" + world().root().to_text();
  const auto file = "/ipfs/" + world().file().to_text();
  std::vector<Bytes> out;
  for (const auto& text :
       {root + "\nformat=raw\nRange: bytes=2-9\nIf-Range: x", root + "/doc/a/0\nformat=car",
        root + "/file\nformat=car&entity-bytes=100:-100&car-dups=y", root + "/inline\nformat=car&dag-scope=entity",
        root + "\n\nAccept: text/html, application/vnd.ipld.car; version=1; order=dfs; dups=y",
        file + "\nformat=car&dag-scope=block&filename=a%20b", file + "\nformat=raw\nRange: bytes=-5",
        file + "\nformat=raw\nIf-None-Match: W/\"x\", *\nCache-Control: only-if-cached",
        std::string("/ipfs/bafkqaaa\nformat=car")}) {
    out.push_back(to_bytes(as_bytes(text)));
  }
  return out;
}
