/// JSON-RPC requests of strangers to the node: one message, whatever its bytes. The chain behind it is a real one that
/// makes no blocks.

#include "core/base/check.hpp"
#include "core/base/hex.hpp"
#include "fuzz/target.hpp"
#include "node/api/node_api.hpp"
#include "node/service/dev_chain_test.hpp"

#include <fmt/format.h>

namespace {

using namespace substratee;

/// Made once, for all inputs.
class RunningNode {
 public:
  RunningNode() { node::api::serve_node_api(http_, rpc_, {*store_, thread_, feed_, "fuzz"}); }
  [[nodiscard]] std::string answer(std::string_view text) const { return rpc_.answer(text); }
  [[nodiscard]] Bytes transaction() const { return node::test::Signer().remark(store_->genesis_hash(), 0); }
  [[nodiscard]] Hash256 genesis() const { return store_->genesis_hash(); }

 private:
  static node::service::ChainOptions options() {
    node::service::ChainOptions out;
    out.engine.block_time = 3'600'000;
    return out;
  }
  test::TemporaryDirectory directory_;
  std::unique_ptr<node::storage::ChainStore> store_ = node::test::open_dev_store(directory_.path() / "db");
  node::api::Feed feed_{*store_};
  node::service::ChainThread thread_{
      std::make_unique<node::service::Chain>(*store_, node::test::authority(), options(), feed_, node::service::now()),
      [](const node::storage::Error&) { SUBSTRATEE_CHECK(false); }};
  net::JsonRpcServer rpc_;
  net::Server http_{{}};
};

const RunningNode& running_node() {
  static const RunningNode node;
  return node;
}

void check_answer(const net::json::value& answer) {
  const auto* object = answer.if_object();
  SUBSTRATEE_CHECK(object != nullptr && object->contains("id"));
  SUBSTRATEE_CHECK(object->contains("result") != object->contains("error"));
  // A handler that throws is a bug of ours.
  if (const auto* error = object->if_contains("error")) {
    SUBSTRATEE_CHECK(error->at("code").as_int64() != net::kInternalError);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = running_node().answer(as_text({data, size}));
  if (text.empty()) return 0;
  const auto answer = net::parse_json(text, 64);
  SUBSTRATEE_CHECK(answer.has_value());
  if (const auto* batch = answer->if_array()) {
    for (const auto& one : *batch) check_answer(one);
  } else {
    check_answer(*answer);
  }
  return 0;
}

std::vector<Bytes> fuzz::seeds() {
  const auto& node = running_node();
  const auto hash = to_hex_prefixed(node.genesis());
  const auto transaction = to_hex_prefixed(node.transaction());
  std::vector<Bytes> out;
  const auto add = [&out](std::string_view method, const std::string& params) {
    const auto text = fmt::format(R"({{"jsonrpc":"2.0","id":1,"method":"{}","params":[{}]}})", method, params);
    out.push_back(to_bytes(as_bytes(text)));
  };
  add("rpc_methods", "");
  add("chain_getBlockHash", R"(["0x0",1,null])");
  add("chain_getBlock", fmt::format(R"("{}")", hash));
  add("state_getStorage", R"("0x3a636f6465",null)");
  add("state_queryStorageAt", R"(["0x3a636f6465"])");
  add("state_queryStorage", fmt::format(R"(["0x3a636f6465"],"{}",null)", hash));
  add("state_getKeysPaged", R"("0x26aa",10,"0x26aa394e",null)");
  add("state_getReadProof", R"(["0x3a636f6465","0x00"])");
  add("state_call", R"("TaggedTransactionQueue_validate_transaction","0x02",null)");
  add("state_call", R"("Core_version","")");
  add("author_submitExtrinsic", fmt::format(R"("{}")", transaction));
  add("system_dryRun", fmt::format(R"("{}",null)", transaction));
  add("payment_queryInfo", fmt::format(R"("{}",null)", transaction));
  add("system_accountNextIndex", R"("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")");
  add("archive_v1_call", fmt::format(R"("{}","Core_version","0x")", hash));
  add("archive_v1_storage", fmt::format(R"("{}",[{{"key":"0x","type":"descendantsValues"}}],null)", hash));
  add("chainHead_v1_follow", "true");
  add("chainHead_v1_unpin", fmt::format(R"("1",["{}"])", hash));
  add("substratee_appraiseMembers", R"(null,null,null)");
  add("substratee_getVerifiedBlocks", "0,10");
  out.push_back(to_bytes(as_bytes(R"([{"jsonrpc":"2.0","id":"a","method":"system_health"},5,{"jsonrpc":"2.0"}])")));
  return out;
}
