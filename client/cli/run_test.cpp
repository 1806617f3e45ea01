#include "client/cli/run.hpp"

#include "client/cli/format.hpp"
#include "client/testing/fake_network.hpp"
#include "core/base/hex.hpp"
#include "core/finality/dev_seal.hpp"
#include "core/finality/equivocation.hpp"
#include "core/proof/file.hpp"
#include "core/registry/storage.hpp"
#include "core/trie/trie.hpp"
#include "rpc/collateral/service_testing.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace substratee::client::cli {
namespace {

using testing::FakeNetwork;
using testing::Lie;

struct Outcome {
  int status = 0;
  std::string out;
  std::string err;
  [[nodiscard]] json::object object() const { return json::parse(out).as_object(); }
  [[nodiscard]] std::string text(std::string_view name) const { return std::string(object().at(name).as_string()); }
};

/// The program against a network of two workers.
struct Scene {
  FakeNetwork network{2};
  test::TemporaryDirectory folder;

  [[nodiscard]] std::string path(const char* name) const { return (folder.path() / name).string(); }
  /// A proof checked by a program that is given no node at all.
  Outcome verify(const char* kind, const std::string& file, std::vector<std::string> more = {}) {
    std::vector<std::string> all{
        "--json", "--node-url", "ws://127.0.0.1:1", "--genesis", to_hex_prefixed(network.genesis()), kind,
        "verify", file};
    all.insert(all.end(), more.begin(), more.end());
    return run_alone(std::move(all));
  }

  Outcome run(std::vector<std::string> arguments) {
    std::vector<std::string> all{"--node-url", network.node_url(), "--timeout", "1"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return run_alone(std::move(all));
  }
  static Outcome run_alone(std::vector<std::string> arguments) {
    std::istringstream in("//Alice\n");
    std::ostringstream out;
    std::ostringstream err;
    Streams streams{in, out, err};
    test::SeededRandom random{11};
    const int status = cli::run(std::move(arguments), streams, random);
    return {status, out.str(), err.str()};
  }
};

void expect_keys(const json::object& object, std::initializer_list<const char*> keys) {
  for (const auto* key : keys) EXPECT_TRUE(object.contains(key)) << key << " in " << json::serialize(object);
}

TEST(run, call_is_applied_agreed_and_counted) {
  Scene scene;
  const auto call = scene.run({"--json", "call", "increment 42"});
  ASSERT_EQ(call.status, 0) << call.err;
  expect_keys(call.object(), {"block", "block_hash", "call_hash", "outcome", "confirmed_by", "state_cid", "active"});
  EXPECT_EQ(call.text("outcome"), "applied");
  EXPECT_EQ(call.object().at("confirmed_by").as_array().size(), 2);
  EXPECT_EQ(call.object().at("active"), 2);
  EXPECT_TRUE(call.text("state_cid").starts_with("baf")) << call.text("state_cid");

  const auto second = scene.run({"call", "increment 1", "--uri-file", "-"});
  ASSERT_EQ(second.status, 0) << second.err;
  for (const auto* line :
       {"[>] call \"increment 1\"", "[<] agreed by 2 of 2: ", "[<] new state baf", "[<] receipt: applied"}) {
    EXPECT_NE(second.out.find(line), std::string::npos) << second.out;
  }

  const auto query = scene.run({"--json", "query", "counter", "--worker-index", "2"});
  ASSERT_EQ(query.status, 0) << query.err;
  expect_keys(query.object(), {"value", "mode", "block", "state_cid", "answered_by", "signature_valid"});
  EXPECT_EQ(query.text("value"), "43");
  EXPECT_EQ(query.text("mode"), "agreed");
  EXPECT_TRUE(query.object().at("signature_valid").as_bool());
  EXPECT_EQ(scene.run({"--json", "nonce"}).object().at("nonce"), 2);

  const auto block = call.object().at("block").to_number<std::uint32_t>();
  const auto file = scene.path("receipt.proof");
  const auto receipt =
      scene.run({"--json", "receipt", "get", "--block", std::to_string(block), "--index", "0", "--out", file});
  ASSERT_EQ(receipt.status, 0) << receipt.err;
  EXPECT_EQ(receipt.text("call_hash"), call.text("call_hash"));
  const auto journal = scene.run({"--json", "block", std::to_string(block)});
  EXPECT_EQ(journal.object().at("journal").at(0).at("call_hash"), call.object().at("call_hash"));
}

TEST(run, every_signature_scheme_may_call_and_owns_its_counter) {
  Scene scene;
  for (const auto* scheme : {"sr25519", "ed25519", "ecdsa"}) {
    const auto call = scene.run({"--json", "--uri", "//Bob", "--scheme", scheme, "call", "increment 3"});
    ASSERT_EQ(call.status, 0) << call.err;
    const auto query =
        scene.run({"--json", "--uri", "//Bob", "--scheme", scheme, "query", "counter", "--mode", "latest"});
    ASSERT_EQ(query.status, 0) << query.err;
    EXPECT_EQ(query.text("value"), "3");
  }
}

TEST(run, call_with_a_wrong_nonce_is_shown_and_is_a_failure) {
  Scene scene;
  const auto call = scene.run({"--json", "call", "increment 42", "--nonce", "7"});
  EXPECT_EQ(call.status, 4);
  EXPECT_NE(call.text("outcome"), "applied");
  EXPECT_NE(call.err.find("did not apply the call"), std::string::npos) << call.err;
}

TEST(run, call_waits_as_long_as_it_is_told) {
  Scene scene;
  scene.network.stop_agreement();
  const auto none = scene.run({"--json", "call", "increment 1", "--wait", "none"});
  EXPECT_EQ(none.status, 0) << none.err;
  EXPECT_FALSE(none.object().contains("block"));
  const auto block = scene.run({"--json", "call", "increment 1", "--wait", "block"});
  EXPECT_EQ(block.status, 0) << block.err;
  EXPECT_TRUE(block.object().contains("block_hash"));
  EXPECT_FALSE(block.object().contains("outcome"));
  const auto agreed = scene.run({"call", "increment 1"});
  EXPECT_EQ(agreed.status, 5) << agreed.err;
}

TEST(run, shows_chain_shard_and_workers) {
  Scene scene;
  const auto status = scene.run({"--json", "status"});
  ASSERT_EQ(status.status, 0) << status.err;
  expect_keys(status.object(), {"chain", "genesis", "best", "finalized", "runtime", "shard"});
  EXPECT_EQ(status.object().at("shard").at("members").at("active"), 2);
  EXPECT_EQ(status.object().at("shard").at("stf"), "counter");
  const auto workers = scene.run({"--json", "workers"}).object().at("workers").as_array();
  ASSERT_EQ(workers.size(), 2);
  expect_keys(workers[1].as_object(),
              {"index", "account", "kind", "hardware", "security", "measurement", "tcb_status", "worker_url",
               "provisioning_url", "registered_at", "valid_until", "status", "last_confirmed"});
  EXPECT_EQ(workers[1].at("index"), 2);
  EXPECT_EQ(workers[1].at("status"), "Active");
  const auto people = scene.run({"workers"});
  EXPECT_NE(people.out.find("SIMULATED - NOT SECURE"), std::string::npos) << people.out;
  const auto shard = scene.run({"--json", "shard"}).object();
  expect_keys(shard.at("charter").as_object(),
              {"hardware_required", "trust_anchors", "measurements", "upgrade_authority", "guardians",
               "guardian_threshold", "minimum_confirmations", "format_version"});
}

TEST(run, moves_and_shows_balances) {
  Scene scene;
  EXPECT_EQ(scene.run({"--json", "balance"}).text("free"), "1000000");
  const auto transfer =
      scene.run({"--json", "transfer", "--to", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty", "--amount", "5"});
  ASSERT_EQ(transfer.status, 0) << transfer.err;
  expect_keys(transfer.object(), {"block", "block_hash", "extrinsic_hash", "amount", "to"});
  EXPECT_EQ(scene
                .run({"--shard", "counter/none", "transfer", "--to", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty",
                      "--amount", "5"})
                .status,
            0);
  scene.network.fail_with(registry::Error::kNoKey);
  const auto failed =
      scene.run({"--json", "transfer", "--to", "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty", "--amount", "5"});
  EXPECT_EQ(failed.status, 4);
  EXPECT_EQ(failed.text("error"), "refused");
  EXPECT_NE(failed.err.find("SubstrateeRegistry.NoKey"), std::string::npos) << failed.err;
}

TEST(run, refuses_a_worker_that_lies_about_the_key) {
  Scene scene;
  EXPECT_EQ(scene.run({"--json", "shielding-key"}).status, 0);
  for (const auto lie : {Lie::kOtherKey, Lie::kUnsigned, Lie::kForeign}) {
    scene.network.set_lie(0, lie);
    const auto refused = scene.run({"--json", "shielding-key"});
    EXPECT_EQ(refused.status, 4);
    EXPECT_EQ(refused.text("error"), "forged");
    EXPECT_EQ(scene.run({"call", "increment 1"}).status, 4);
  }
}

TEST(run, refuses_another_chain) {
  Scene scene;
  const auto refused = scene.run({"--genesis", std::string(64, '0'), "status"});
  EXPECT_EQ(refused.status, 4);
  EXPECT_NE(refused.err.find("--genesis"), std::string::npos) << refused.err;
  EXPECT_EQ(scene.run({"--genesis", to_hex_prefixed(scene.network.genesis()), "status"}).status, 0);
}

TEST(run, tells_a_node_and_workers_that_are_away) {
  const auto away = Scene::run_alone({"--node-url", "ws://127.0.0.1:1", "status"});
  EXPECT_EQ(away.status, 3);
  EXPECT_NE(away.err.find("is substratee-node running?"), std::string::npos) << away.err;
  Scene scene;
  scene.network.stop_worker(0);
  scene.network.stop_worker(1);
  EXPECT_EQ(scene.run({"query", "counter"}).status, 3);
  scene.network.set_status(0, registry::MemberStatus::kSilent);
  scene.network.set_status(1, registry::MemberStatus::kQuarantined);
  const auto nobody = scene.run({"query", "counter"});
  EXPECT_EQ(nobody.status, 3);
  EXPECT_NE(nobody.err.find("no Active worker"), std::string::npos) << nobody.err;
}

TEST(run, refuses_words_that_the_function_does_not_know) {
  Scene scene;
  EXPECT_EQ(scene.run({"call", "decrement 1"}).status, 2);
  EXPECT_EQ(scene.run({"query", "secrets"}).status, 2);
}

TEST(run, checks_evidence_of_equivocation_without_a_node) {
  const auto authority = crypto::ed25519::KeyPair::from_seed(FixedBytes<32>{}.bytes);
  trie::Content content;
  content[registry::key::engine()] =
      scale::encode(registry::Engine{registry::DevEngine{{authority.public_key().bytes}, {}}});
  primitives::Header genesis;
  genesis.state_root = trie::root(content, trie::Layout::kV1);
  const auto sealed = [&](std::uint8_t mark) {
    primitives::Header header{genesis.hash(), {1}, {{mark}}, {}, {}};
    return scale::encode(finality::with_seal(header, authority.sign(finality::seal_message(header))));
  };
  const std::vector<Bytes> keys{registry::key::engine()};
  const finality::EquivocationFile file{
      1, scale::encode(genesis), trie::prove(content, keys), {{sealed(1)}, {sealed(2)}}};
  const test::TemporaryDirectory folder;
  const auto name = (folder.path() / "equivocation").string();
  const auto write = [&](const Bytes& bytes) {
    std::ofstream(name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  write(scale::encode(file));
  const auto hash = to_hex_prefixed(genesis.hash());
  const auto good = Scene::run_alone({"--json", "--genesis", hash, "equivocation", name});
  ASSERT_EQ(good.status, 0) << good.err;
  EXPECT_EQ(good.text("authority"), to_hex_prefixed(authority.public_key()));
  EXPECT_EQ(Scene::run_alone({"equivocation", name}).status, 2) << "no genesis hash";
  EXPECT_EQ(Scene::run_alone({"--genesis", to_hex_prefixed(Hash256{}), "equivocation", name}).status, 4);
  EXPECT_EQ(Scene::run_alone({"--genesis", hash, "equivocation", name + "x"}).status, 2) << "no such file";
  auto changed = file;
  changed.evidence.second = changed.evidence.first;
  write(scale::encode(changed));
  const auto bad = Scene::run_alone({"--genesis", hash, "equivocation", name});
  EXPECT_EQ(bad.status, 4);
  EXPECT_NE(bad.err.find("proves nothing: not two different headers"), std::string::npos) << bad.err;
}

TEST(run, shows_a_workers_health_without_a_node) {
  Scene scene;
  const auto health = Scene::run_alone({"--json", "worker-health", scene.network.worker_url(0)});
  ASSERT_EQ(health.status, 0) << health.err;
  EXPECT_EQ(health.text("phase"), "live");
  EXPECT_EQ(health.text("version"), "0.4.0");
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(run, a_receipt_is_proved_to_somebody_without_a_network) {
  Scene scene;
  const auto call = scene.run({"--json", "call", "increment 42"});
  ASSERT_EQ(call.status, 0) << call.err;
  const auto block = std::to_string(call.object().at("block").to_number<std::uint32_t>());
  const auto file = scene.path("receipt.proof");
  const auto get = scene.run({"--json", "receipt", "get", "--block", block, "--index", "0", "--out", file});
  ASSERT_EQ(get.status, 0) << get.err;
  EXPECT_EQ(get.text("file"), file);
  const auto verified = scene.verify("receipt", file);
  ASSERT_EQ(verified.status, 0) << verified.err;
  expect_keys(verified.object(), {"holds", "genesis", "shard", "charter_hash", "outcome", "confirmed_by", "hardware"});
  EXPECT_EQ(verified.text("call_hash"), call.text("call_hash"));
  EXPECT_EQ(verified.object().at("confirmed_by").as_array().size(), 2);
  EXPECT_EQ(verified.object().at("confirmed_by").at(0).at("security"), "SIMULATED - NOT SECURE");
}

TEST(run, an_answer_is_proved_to_somebody_without_a_network) {
  Scene scene;
  ASSERT_EQ(scene.run({"call", "increment 42"}).status, 0);
  const auto file = scene.path("answer.proof");
  const auto query = scene.run({"--json", "query", "counter", "--proof", file});
  ASSERT_EQ(query.status, 0) << query.err;
  EXPECT_EQ(query.text("proof"), file);
  const auto verified = scene.verify("answer", file);
  ASSERT_EQ(verified.status, 0) << verified.err;
  EXPECT_EQ(verified.text("value"), "42");
  EXPECT_EQ(verified.object().at("asked").at("kind"), "state");
  const auto other = scene.verify("receipt", file);
  EXPECT_EQ(other.status, 4);
  EXPECT_EQ(other.text("reason"), "other_kind");
}

TEST(run, a_proof_that_does_not_hold_is_refused_with_its_reason) {
  Scene scene;
  ASSERT_EQ(scene.run({"call", "increment 42"}).status, 0);
  const auto file = scene.path("answer.proof");
  ASSERT_EQ(scene.run({"query", "counter", "--proof", file}).status, 0);

  const auto nowhere = scene.verify("answer", scene.path("none.proof"));
  EXPECT_EQ(nowhere.status, 2) << nowhere.err;
  const auto unpinned = Scene::run_alone({"--json", "answer", "verify", file});
  EXPECT_EQ(unpinned.status, 2);
  EXPECT_NE(unpinned.err.find("--genesis"), std::string::npos) << unpinned.err;
  const auto elsewhere = Scene::run_alone({"--json", "--genesis", std::string(64, '1'), "answer", "verify", file});
  EXPECT_EQ(elsewhere.status, 4);
  EXPECT_EQ(elsewhere.text("error"), "wrong_chain");
  EXPECT_EQ(elsewhere.text("reason"), "wrong_genesis");
  const auto charter = scene.verify("answer", file, {"--charter", std::string(64, '1')});
  EXPECT_EQ(charter.status, 4);
  EXPECT_EQ(charter.text("error"), "wrong_charter");

  const auto good = content_of(file);
  const auto broken = scene.path("broken.proof");
  std::ofstream(broken, std::ios::binary) << good.substr(0, good.size() / 2);
  EXPECT_EQ(scene.verify("answer", broken).text("reason"), "malformed");
  std::ofstream(broken, std::ios::binary) << good << "x";
  EXPECT_EQ(scene.verify("answer", broken).text("reason"), "malformed");
  std::ofstream(broken, std::ios::binary) << std::string(proof::kMaxFileSize + 1, 'x');
  EXPECT_EQ(scene.verify("answer", broken).text("reason"), "too_large");
  auto changed = good;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  std::ofstream(broken, std::ios::binary) << changed;
  const auto forged = scene.verify("answer", broken);
  EXPECT_EQ(forged.text("reason"), "bad_signature");
  EXPECT_EQ(forged.text("error"), "forged");
  EXPECT_EQ(forged.status, 4);
}

TEST(run, a_receipt_without_proof_is_shown_and_is_a_failure) {
  Scene scene;
  const auto call = scene.run({"--json", "call", "increment 42"});
  const auto block = std::to_string(call.object().at("block").to_number<std::uint32_t>());
  const auto nowhere = scene.run({"receipt", "get", "--block", block, "--index", "0", "--out", "/nonexistent/x"});
  EXPECT_EQ(nowhere.status, 2) << nowhere.err;
}

TEST(run, shows_and_pins_the_charter) {
  Scene scene;
  const auto shard = scene.run({"--json", "shard"});
  const auto hash = shard.text("charter_hash");
  EXPECT_EQ(scene.run({"--charter", hash, "query", "counter"}).status, 0);
  const auto other = scene.run({"--json", "--charter", std::string(64, '7'), "call", "increment 1"});
  EXPECT_EQ(other.status, 4);
  EXPECT_EQ(other.text("error"), "wrong_charter");
  EXPECT_NE(other.err.find(hash), std::string::npos) << "says which it is";
}

TEST(run, refuses_a_node_that_lies) {
  Scene scene;
  for (const auto lie : {testing::NodeLie::kFalseValue, testing::NodeLie::kForeignSeal, testing::NodeLie::kFalseEngine,
                         testing::NodeLie::kFalseCharter}) {
    scene.network.set_node_lie(lie);
    for (const auto* command : {"shielding-key", "nonce", "shard", "workers"}) {
      const auto refused = scene.run({"--json", command});
      EXPECT_EQ(refused.status, 4) << command << refused.out;
      EXPECT_EQ(refused.text("error"), "forged");
    }
    EXPECT_EQ(scene.run({"call", "increment 1"}).status, 4);
    EXPECT_EQ(scene.run({"query", "counter"}).status, 4);
  }
}

TEST(run, audits_a_chain_and_names_what_is_odd) {
  Scene scene;
  // The fake chain founds without membership and registers without extrinsics: all of it is named.
  const auto audit = scene.run({"--json", "audit"});
  EXPECT_EQ(audit.status, 4) << audit.err;
  expect_keys(audit.object(), {"genesis", "shard", "charter_hash", "head", "epochs", "findings", "agreements"});
  const auto object = audit.object();
  const auto& holders = object.at("epochs").at(0).at("holders").as_array();
  ASSERT_EQ(holders.size(), 1);
  EXPECT_EQ(holders[0].at("from"), nullptr);
  std::set<std::string> words;
  for (const auto& finding : object.at("findings").as_array()) words.emplace(finding.at("what").as_string());
  EXPECT_TRUE(words.contains("founded_by_stranger") && words.contains("no_evidence")) << audit.out;
  EXPECT_NE(audit.err.find("odd"), std::string::npos);
  const auto people = scene.run({"audit"});
  EXPECT_NE(people.out.find("ODD: "), std::string::npos) << people.out;
  scene.network.set_node_lie(testing::NodeLie::kForeignSeal);
  EXPECT_EQ(scene.run({"--json", "audit"}).text("error"), "forged");
}

TEST(cli, collateral_of_a_platform_is_fetched_from_the_workers_source) {
  const rpc::collateral::testing::FakeService service;
  const test::TemporaryDirectory folder;
  const auto config = (folder.path() / "collateral.toml").string();
  const auto out = (folder.path() / "collateral.json").string();
  std::ofstream(config) << "source = \"pccs\"\nurl = \"" << service.url() << "/sgx/certification/v4\"\n";
  const std::vector<std::string> arguments{"collateral-fetch", "--config",     config,  "--tee", "tdx",
                                           "--fmspc",          "00806f050000", "--out", out,     "--json"};
  const auto fetched = Scene::run_alone(arguments);
  ASSERT_EQ(fetched.status, 0) << fetched.err;
  EXPECT_EQ(fetched.object().at("items").as_array().size(), 4U);
  std::ifstream file(out);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_EQ(json::parse(text).as_object().at("qe_identity").as_string(),
            test::load_json("attestation/tdx/azure-v4-00806F050000/collateral.json").at("qe_identity").as_string());
  std::ofstream(config) << "source = \"pccs\"\n";
  const auto refused = Scene::run_alone(arguments);
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("url is missing"), std::string::npos);
  std::ofstream(config) << "source = \"pccs\"\nurl = \"http://127.0.0.1:1\"\n";
  EXPECT_EQ(Scene::run_alone(arguments).status, 3);
}

}  // namespace
}  // namespace substratee::client::cli
