#include "worker/driver/fake_world_test.hpp"

#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace substratee::worker::driver {
namespace {

using protocol::Phase;
using protocol::Refusal;
using protocol::Tls;
using protocol::TlsPhase;
using provisioning_relay::WireAccepted;
using provisioning_relay::WireBytes;
using provisioning_relay::WireClosed;

chain_follower::PeerWorker peer(std::uint8_t number, registry::MemberStatus status = registry::MemberStatus::kActive) {
  return {account_of(number), status, fmt::format("http://peer{}", number), fmt::format("tcp://peer{}:1", number)};
}

TEST(driver, registers_founds_processes_and_confirms) {
  World world;
  world.blocks(6);
  EXPECT_EQ(world.driver.status().phase, Phase::kLive);
  EXPECT_TRUE(world.driver.is_ready());
  for (const auto* line : {"registered 2", "founded 3 epoch 1", "processed 3", "live", "confirmed 3 in 4"}) {
    EXPECT_TRUE(world.report.has(line)) << line;
  }
  EXPECT_FALSE(world.report.has("warn")) << fmt::format("{}", world.report.lines.size());
}

TEST(driver, is_ready_only_when_clients_can_see_why) {
  World world;
  world.chain.finality_lag = 1;
  world.blocks(3);
  EXPECT_EQ(world.driver.status().phase, Phase::kLive);
  EXPECT_FALSE(world.driver.is_ready());
  world.chain.finality_lag = 0;
  world.step(Millis(50));
  EXPECT_TRUE(world.driver.is_ready());
}

TEST(driver, stores_the_sealed_secret_before_it_founds) {
  World world;
  world.found();
  const auto blobs = world.blobs.all();
  ASSERT_TRUE(blobs);
  ASSERT_EQ(blobs->size(), 1U);
  EXPECT_EQ((*blobs)[0].name.value, "shard");
  EXPECT_TRUE(std::ranges::count(world.enclave.log, "stored shard 1"));
}

TEST(driver, acts_only_when_it_has_caught_up) {
  World world;
  for (int i = 0; i < 2'000; ++i) world.chain.make_block();
  world.step();
  EXPECT_EQ(world.driver.status().head, 1'024U);
  EXPECT_TRUE(world.chain.pool.empty());
  world.step();
  EXPECT_EQ(world.driver.status().head, 2'000U);
  world.step();
  EXPECT_EQ(world.chain.pool, std::vector<std::string>{"register"});
}

TEST(driver, composes_anew_what_is_not_included) {
  World world;
  world.chain.loses_extrinsics = true;
  world.blocks(9);
  EXPECT_TRUE(world.report.has("warn: register_enclave was not included in time"));
  EXPECT_GE(std::ranges::count(world.enclave.log, "compose registration http://here:1"), 2);
  world.chain.loses_extrinsics = false;
  world.blocks(12);
  EXPECT_EQ(world.driver.status().phase, Phase::kLive);
}

TEST(driver, says_why_the_chain_refuses_and_tries_again_later) {
  World world;
  world.chain.errors["register"] = "SubstrateeRegistry.WrongMeasurement";
  world.blocks(4);
  EXPECT_TRUE(
      world.report.has("register_enclave refused by the chain in block #2: SubstrateeRegistry.WrongMeasurement"));
  EXPECT_TRUE(world.chain.pool.empty());
  world.chain.errors.clear();
  world.blocks(10);
  EXPECT_EQ(world.driver.status().phase, Phase::kLive);
}

TEST(driver, survives_a_node_that_goes_away_and_says_so_once) {
  World world;
  world.found();
  world.chain.is_away = true;
  for (int i = 0; i < 20; ++i) world.step();
  EXPECT_EQ(world.report.count("warn: the node does not answer"), 1U);
  EXPECT_FALSE(world.driver.is_ready());
  world.chain.is_away = false;
  world.chain.pool.push_back("call");
  world.chain.make_block();
  for (int i = 0; i < 10; ++i) world.step();
  EXPECT_TRUE(world.report.has("info: The node is back"));
  EXPECT_TRUE(world.report.has("processed 5"));
  EXPECT_TRUE(world.driver.is_ready());
}

TEST(driver, blocks_that_the_enclave_refuses_do_not_end_it) {
  World world;
  world.enclave.refuses_blocks = true;
  for (int i = 0; i < 5; ++i) world.block();
  EXPECT_EQ(world.report.count("warn: blocks from #1 on: the enclave refuses"), 1U);
  world.enclave.refuses_blocks = false;
  for (int i = 0; i < 10; ++i) world.block();
  EXPECT_EQ(world.driver.status().phase, Phase::kLive);
}

TEST(driver, the_end_of_the_enclave_is_the_end) {
  World world;
  world.enclave.dead = Failure{FailureCode::kEnclave, "the enclave stopped (killed by SIGSYS)", {}, {}};
  world.chain.make_block();
  const auto step = world.driver.step(world.now);
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().thing, "the enclave stopped (killed by SIGSYS)");
}

TEST(driver, ends_when_replaced) {
  World replaced;
  replaced.enclave.status.phase = Phase::kReplaced;
  EXPECT_EQ(replaced.block().ending, Ending::kReplaced);
}

TEST(driver, stays_for_its_evidence_when_quarantined) {
  World world;
  world.found();
  world.enclave.status.phase = Phase::kQuarantined;
  world.block();
  world.enclave.query_refusal = Refusal::kStopped;
  auto answer = world.desk.ask(protocol::ExecuteQuery{});
  const auto step = world.block();
  EXPECT_EQ(step.ending, std::nullopt);
  EXPECT_GT(step.wake_at, world.now) << "it does not spin";
  EXPECT_EQ(world.driver.verdict(), Ending::kQuarantined);
  EXPECT_FALSE(world.driver.is_ready());
  EXPECT_EQ(answer.get().error().code, rpc::kWorkerStopped);
  EXPECT_EQ(world.desk.health().phase, "quarantined");
}

TEST(driver, lost_confirmations_are_sent_again_in_order) {
  World world;
  world.found();
  world.blocks(2);
  world.chain.loses_extrinsics = true;
  world.chain.blocks.push_back({"call"});
  world.chain.blocks.push_back({"call"});
  world.step();
  EXPECT_EQ(world.chain.pool, (std::vector<std::string>{"confirm 7", "confirm 8"}));
  world.blocks(7);
  EXPECT_TRUE(world.report.has("warn: Confirmation of block #7 not included in time"));
  world.chain.loses_extrinsics = false;
  world.blocks(8);
  EXPECT_TRUE(world.report.has("confirmed 7 in"));
  EXPECT_TRUE(world.report.has("confirmed 8 in"));
}

TEST(driver, keeps_outputs_before_it_confirms) {
  World world;
  const auto block = text_bytes("a block of the state");
  const auto cid = ipld::Cid::of_raw_block(block);
  protocol::Outputs outputs;
  outputs.blocks.push_back({cid.to_bytes(), block});
  outputs.receipts.push_back({3, {text_bytes("receipts")}});
  outputs.root = *registry::StateCid::from(cid.to_bytes());
  world.enclave.outputs = {outputs};
  world.found();
  EXPECT_TRUE(world.store.blocks.contains(cid.to_bytes()));
  EXPECT_EQ(*world.receipts.get(3), text_bytes("receipts"));
}

TEST(driver, a_full_disk_stops_it_until_there_is_room_and_nothing_is_lost) {
  World world;
  world.found();
  world.blocks(2);
  ASSERT_TRUE(world.driver.is_ready());
  const auto block = text_bytes("a block of the state");
  const auto cid = ipld::Cid::of_raw_block(block);
  protocol::Outputs outputs;
  outputs.blocks.push_back({cid.to_bytes(), block});
  outputs.receipts.push_back({3, {text_bytes("receipts")}});
  outputs.root = *registry::StateCid::from(cid.to_bytes());
  const auto earlier = ipld::Cid::of_raw_block(text_bytes("an earlier state"));
  world.store.earlier = {earlier};
  world.store.is_full = true;
  world.enclave.outputs = {outputs};
  world.block();
  const auto head = world.driver.status().head;
  world.blocks(5);
  EXPECT_EQ(world.driver.status().head, head) << "it takes no more blocks than it can keep";
  EXPECT_EQ(world.report.count("warn: no room"), 1U);
  EXPECT_FALSE(world.driver.is_ready());
  EXPECT_NE(world.desk.health().store_error.find("no room"), std::string::npos);
  EXPECT_TRUE(std::ranges::count(world.store.retained, earlier)) << "it tidied up, and kept the newest states";
  EXPECT_TRUE(world.store.blocks.empty());

  world.store.is_full = false;
  world.blocks(2);
  EXPECT_TRUE(world.store.blocks.contains(cid.to_bytes()));
  EXPECT_EQ(*world.receipts.get(3), text_bytes("receipts"));
  EXPECT_GT(world.driver.status().head, head);
  EXPECT_TRUE(world.driver.is_ready());
  EXPECT_EQ(world.desk.health().store_error, "");
}

TEST(driver, a_daemon_that_is_away_is_waited_for) {
  World world;
  world.found();
  const auto block = text_bytes("a block of the state");
  const auto cid = ipld::Cid::of_raw_block(block);
  protocol::Outputs outputs;
  outputs.blocks.push_back({cid.to_bytes(), block});
  outputs.root = *registry::StateCid::from(cid.to_bytes());
  world.store.is_away = true;
  world.enclave.outputs = {outputs};
  world.blocks(3);
  EXPECT_NE(world.desk.health().store_error.find("no daemon"), std::string::npos);
  world.store.is_away = false;
  world.blocks(2);
  EXPECT_TRUE(world.store.blocks.contains(cid.to_bytes()));
  EXPECT_EQ(world.desk.health().store_error, "");
}

struct Joining : World {
  Joining() {
    enclave.is_shard_founded = true;
    chain.members = {peer(1, registry::MemberStatus::kJoining), peer(2), peer(3),
                     peer(4, registry::MemberStatus::kSilent)};
    blocks(2);
  }
  std::optional<provisioning_relay::WireId> joined_wire() {
    for (int i = 0;
         i < 20 && std::ranges::count(enclave.log, "join 2") + std::ranges::count(enclave.log, "join 3") == 0; ++i)
      step();
    return wires.next == 1 ? std::nullopt : std::optional(wires.next - 1);
  }
};

TEST(driver, tries_every_active_member_again_and_again) {
  Joining world;
  for (int i = 0; i < 30; ++i) world.step();
  EXPECT_GE(std::ranges::count(world.wires.dialled, "tcp://peer2:1"), 2);
  EXPECT_GE(std::ranges::count(world.wires.dialled, "tcp://peer3:1"), 2);
  EXPECT_EQ(std::ranges::count(world.wires.dialled, "tcp://peer1:1"), 0);
  EXPECT_EQ(std::ranges::count(world.wires.dialled, "tcp://peer4:1"), 0);
  EXPECT_TRUE(world.report.has("connection refused"));
}

TEST(driver, joins_loads_the_state_and_confirms) {
  Joining world;
  const auto block = text_bytes("the state");
  const auto cid = ipld::Cid::of_raw_block(block).to_bytes();
  world.store.at_peers[cid] = block;
  world.enclave.needed_block = cid;
  world.wires.reachable = {"tcp://peer3:1"};
  const auto wire = world.joined_wire();
  ASSERT_TRUE(wire);
  EXPECT_EQ(world.wires.sent, std::vector<std::string>{"hello"});
  world.enclave.on_tls = [&](const protocol::TlsInput& input) -> protocol::Reply {
    EXPECT_EQ(as_text(input.bytes.value), "keys");
    world.enclave.status.phase = Phase::kLoading;
    world.enclave.status.epoch = 1;
    return Tls{input.session, TlsPhase::kDone, {}, false, account_of(3)};
  };
  world.wires.events.push_back({*wire, WireBytes{text_bytes("keys")}});
  world.step();
  EXPECT_TRUE(world.report.has("keys from 3 epoch 1"));
  EXPECT_TRUE(world.report.has("loaded 1"));
  EXPECT_EQ(world.store.asked, (std::vector<std::string>{"http://peer2", "http://peer3", "http://peer4"}));
  EXPECT_EQ(world.driver.status().phase, Phase::kLive);
}

TEST(driver, a_provider_that_vanishes_at_any_step_costs_a_retry_only) {
  for (const auto phase : {TlsPhase::kHandshake, TlsPhase::kReleaseSent}) {
    Joining world;
    world.wires.reachable = {"tcp://peer2:1", "tcp://peer3:1"};
    const auto wire = world.joined_wire();
    ASSERT_TRUE(wire);
    world.enclave.on_tls = [&](const protocol::TlsInput& input) -> protocol::Reply {
      return Tls{input.session, phase, {}, false, {}};
    };
    world.wires.events.push_back({*wire, WireBytes{text_bytes("x")}});
    world.step();
    world.wires.events.push_back({*wire, WireClosed{"the peer closed the connection"}});
    world.step();
    EXPECT_TRUE(world.report.has("failed: the peer closed the connection"));
    EXPECT_TRUE(std::ranges::count(world.enclave.log, "close 5"));
    for (int i = 0; i < 10; ++i) world.step();
    EXPECT_GT(world.wires.next, *wire + 1);
  }
}

TEST(driver, a_silent_provider_is_given_up) {
  Joining world;
  world.wires.reachable = {"tcp://peer2:1", "tcp://peer3:1"};
  const auto wire = world.joined_wire();
  ASSERT_TRUE(wire);
  world.blocks(protocol::kProvisioningSessionBlocks + 1);
  world.step(Millis(31'000));
  EXPECT_TRUE(world.report.has("the session took too long")) << fmt::format("{}", fmt::join(world.report.lines, "\n"));
  ASSERT_FALSE(world.wires.closed.empty());
  EXPECT_EQ(world.wires.closed.front(), *wire);
}

TEST(driver, a_refusal_by_the_enclave_is_said_and_closes) {
  Joining world;
  world.wires.reachable = {"tcp://peer2:1", "tcp://peer3:1"};
  const auto wire = world.joined_wire();
  ASSERT_TRUE(wire);
  world.enclave.on_tls = [](const protocol::TlsInput&) -> protocol::Reply {
    return protocol::Refused{Refusal::kCharterMismatch, {"other charter"}};
  };
  world.wires.events.push_back({*wire, WireBytes{text_bytes("x")}});
  world.step();
  EXPECT_TRUE(world.report.has("other charter"));
  EXPECT_EQ(world.wires.closed.back(), *wire);
}

TEST(driver, state_that_nobody_has_lets_the_enclave_aim_anew) {
  World world;
  world.enclave.needed_block = ipld::Cid::of_raw_block(text_bytes("gone")).to_bytes();
  world.enclave.status.phase = Phase::kLoading;
  world.block();
  EXPECT_TRUE(world.report.has("warn: no worker has the state"));
  EXPECT_TRUE(std::ranges::count(world.enclave.log, "state 0"));
}

TEST(driver, brings_a_paged_enclave_what_it_has_only_just_made) {
  World world;
  world.found();
  const auto leaf = text_bytes("a leaf");
  const auto cid = ipld::Cid::of_raw_block(leaf);
  protocol::Outputs outputs;
  outputs.blocks.push_back({cid.to_bytes(), leaf});
  outputs.root = *registry::StateCid::from(cid.to_bytes());
  world.enclave.outputs = {outputs};
  world.enclave.is_paged = true;
  world.enclave.needed_block = cid.to_bytes();
  const auto head = world.enclave.status.head;
  world.chain.pool.emplace_back("call");
  world.block();
  EXPECT_EQ(world.enclave.status.head, head + 1) << "asked again, without the blocks that it has kept";
  EXPECT_EQ(world.driver.status().head, head + 1);
  EXPECT_TRUE(world.store.blocks.contains(cid.to_bytes()));
  EXPECT_TRUE(world.store.asked.empty()) << "nobody else is told what is read";
}

TEST(driver, a_leaf_that_nobody_has_stops_a_paged_enclave_only_until_it_comes) {
  World world;
  world.found();
  const auto leaf = text_bytes("a leaf");
  const auto cid = ipld::Cid::of_raw_block(leaf).to_bytes();
  world.enclave.is_paged = true;
  world.enclave.needed_block = cid;
  const auto head = world.enclave.status.head;
  world.chain.pool.emplace_back("call");
  world.block();
  EXPECT_TRUE(world.report.has("warn: no worker has the state"));
  EXPECT_EQ(world.driver.status().head, head);
  world.store.at_peers[cid] = leaf;
  world.block();
  for (int i = 0; i < 5; ++i) world.step();
  EXPECT_EQ(world.driver.status().head, head + 2);
}

TEST(driver, provides_keys_after_the_release_is_final) {
  World world;
  world.found();
  bool is_released = false;
  world.enclave.on_tls = [&](const protocol::TlsInput& input) -> protocol::Reply {
    if (is_released) return Tls{input.session, TlsPhase::kDone, {text_bytes("keys")}, false, account_of(9)};
    return Tls{input.session, TlsPhase::kReleaseDue, {}, false, account_of(9)};
  };
  world.wires.events.push_back({40, WireAccepted{"10.0.0.9"}});
  world.wires.events.push_back({40, WireBytes{text_bytes("finished")}});
  world.step();
  EXPECT_EQ(std::ranges::count(world.chain.pool, "release"), 1);
  is_released = true;
  const auto block = world.chain.best() + 1;
  world.block();
  EXPECT_TRUE(world.report.has(fmt::format("keys to 9 after {}", block)));
  EXPECT_EQ(world.wires.sent.back(), "keys");
  EXPECT_EQ(world.wires.closed.back(), 40U);
}

TEST(driver, turns_the_ninth_joiner_away) {
  World world;
  for (provisioning_relay::WireId wire = 50; wire < 59; ++wire)
    world.wires.events.push_back({wire, WireAccepted{fmt::format("10.0.0.{}", wire)}});
  world.step();
  EXPECT_EQ(world.wires.closed, std::vector<provisioning_relay::WireId>{58});
}

TEST(driver, turns_the_third_joiner_of_one_address_away_and_the_fifth_of_this_machine) {
  for (const auto& [address, room] : std::map<std::string, unsigned>{
           {"10.0.0.9", 2}, {"127.0.0.1", 4}, {"127.1.2.3", 4}, {"::1", 4}, {"::ffff:127.0.0.1", 4}, {"fe80::1", 2}}) {
    World world;
    for (provisioning_relay::WireId wire = 50; wire <= 50 + room; ++wire)
      world.wires.events.push_back({wire, WireAccepted{address}});
    world.wires.events.push_back({60, WireAccepted{"10.0.0.10"}});
    world.step();
    EXPECT_EQ(world.wires.closed, std::vector<provisioning_relay::WireId>{50 + room}) << address;
  }
}

TEST(driver, a_connection_that_says_nothing_costs_the_enclave_no_session) {
  World world;
  world.found();
  world.wires.events.push_back({40, WireAccepted{"10.0.0.9"}});
  world.step();
  EXPECT_EQ(std::ranges::count(world.enclave.log, "provide"), 0);
  world.wires.events.push_back({40, WireBytes{text_bytes("client hello")}});
  world.wires.events.push_back({40, WireBytes{text_bytes("more of it")}});
  world.step();
  EXPECT_EQ(std::ranges::count(world.enclave.log, "provide"), 1);
}

TEST(driver, eight_connections_that_say_nothing_leave_their_places_after_five_seconds) {
  World world;
  world.found();
  for (provisioning_relay::WireId wire = 50; wire < 58; ++wire)
    world.wires.events.push_back({wire, WireAccepted{fmt::format("10.0.0.{}", wire)}});
  world.step(Millis(0));
  world.step(Millis(4'999));
  EXPECT_TRUE(world.wires.closed.empty());
  world.step(Millis(1));
  EXPECT_EQ(world.wires.closed.size(), 8U);
  world.wires.events.push_back({60, WireAccepted{"10.0.0.9"}});
  world.wires.events.push_back({60, WireBytes{text_bytes("client hello")}});
  world.step();
  EXPECT_EQ(std::ranges::count(world.enclave.log, "provide"), 1);
}

TEST(driver, a_joiner_that_stops_in_its_handshake_is_let_go_and_one_that_waits_for_its_release_is_not) {
  for (const auto phase : {TlsPhase::kHandshake, TlsPhase::kReleaseSent}) {
    World world;
    world.found();
    world.enclave.on_tls = [&](const protocol::TlsInput& input) -> protocol::Reply {
      return Tls{input.session, phase, {}, false, {}};
    };
    world.wires.events.push_back({40, WireAccepted{"10.0.0.9"}});
    world.wires.events.push_back({40, WireBytes{text_bytes("client hello")}});
    world.step(Millis(0));
    world.step(Millis(6'000));
    EXPECT_EQ(world.wires.closed.size(), phase == TlsPhase::kHandshake ? 1U : 0U);
    EXPECT_EQ(std::ranges::count(world.enclave.log, "close 6"), phase == TlsPhase::kHandshake ? 1 : 0);
  }
}

TEST(driver, an_enclave_that_provides_nothing_yet_costs_the_joiner_its_connection_only) {
  World world;
  world.found();
  world.enclave.refuses_providing = true;
  world.wires.events.push_back({40, WireAccepted{"10.0.0.9"}});
  world.wires.events.push_back({40, WireBytes{text_bytes("client hello")}});
  world.step();
  EXPECT_EQ(world.wires.closed, std::vector<provisioning_relay::WireId>{40});
}

TEST(driver, keeps_its_enclave_s_place_when_it_is_quiet) {
  World world;
  world.found();
  world.enclave.status.has_place = true;
  world.block();
  EXPECT_EQ(std::ranges::count(world.enclave.log, "stored place 1"), 1);
  world.block();
  EXPECT_EQ(std::ranges::count(world.enclave.log, "place"), 1) << "once";
}

TEST(driver, keeps_no_place_in_the_middle_of_a_catch_up_except_on_a_long_one) {
  World world;
  world.enclave.status.has_place = true;
  for (int i = 0; i < 9'500; ++i) world.chain.make_block();
  world.step();
  EXPECT_EQ(std::ranges::count(world.enclave.log, "stored place 1"), 0);
  for (int i = 0; i < 8; ++i) world.step();
  EXPECT_EQ(std::ranges::count(world.enclave.log, "stored place 1"), 1);
  EXPECT_LT(world.driver.status().head, 9'500U);
}

TEST(driver, shows_the_enclave_the_fork_of_a_node_whose_chain_does_not_go_on) {
  World world;
  world.found();
  world.enclave.refuses_blocks = true;
  world.chain.forked_at = world.driver.status().head;
  world.block();
  world.enclave.refuses_blocks = false;
  for (int i = 0; i < 10; ++i) world.block();
  EXPECT_EQ(world.driver.verdict(), Ending::kEquivocation);
  EXPECT_EQ(world.report.count("equivocation "), 1U);
  const auto kept = world.evidence.equivocation();
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ(world.desk.equivocation(), **kept);
  const auto file = scale::decode<finality::EquivocationFile>(**kept);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->genesis_header, text_bytes("genesis"));
  EXPECT_EQ(file->engine_proof, std::vector<Bytes>{text_bytes("node")});
  EXPECT_EQ(file->evidence.second.value, text_bytes("fork"));
}

TEST(driver, shows_the_enclave_the_last_block_of_a_node_that_lost_blocks) {
  World world;
  world.found();
  world.chain.blocks.resize(world.chain.blocks.size() - 1);
  world.chain.forked_at = world.chain.best();
  world.step();
  EXPECT_EQ(world.driver.verdict(), std::nullopt);
  world.step(Millis(30'000));
  EXPECT_EQ(world.driver.verdict(), Ending::kEquivocation);
}

TEST(driver, evidence_from_anybody_stops_the_enclave_and_is_kept) {
  World world;
  world.found();
  auto bad = world.desk.ask(protocol::ReportEquivocation{});
  world.step();
  EXPECT_EQ(bad.get().error().reason, "not_equivocation");
  EXPECT_EQ(world.driver.verdict(), std::nullopt);
  auto good = world.desk.ask(protocol::ReportEquivocation{{{text_bytes("a")}, {text_bytes("b")}}});
  world.step();
  EXPECT_TRUE(good.get());
  EXPECT_EQ(world.driver.verdict(), Ending::kEquivocation);
  EXPECT_TRUE(world.desk.equivocation());
}

TEST(driver, evidence_waits_for_the_node_and_is_shown_at_the_next_start) {
  World world;
  world.found();
  world.enclave.stop_for({{text_bytes("a")}, {text_bytes("b")}});
  world.chain.is_away = true;
  ASSERT_TRUE(world.driver.start(text_bytes("genesis")));
  world.step();
  EXPECT_FALSE(*world.evidence.equivocation());
  world.chain.is_away = false;
  world.step();
  ASSERT_TRUE(*world.evidence.equivocation());
  // Another process, with the same folder.
  world.enclave.status = {};
  world.enclave.status.phase = Phase::kFollowing;
  Driver next({world.conversation, world.chain, world.store, world.blobs, world.receipts, world.evidence, world.wires,
               world.desk, world.report},
              {registry::shard_id("counter", "default"), "http://here:1", "tcp://here:2"}, {});
  ASSERT_TRUE(next.start(text_bytes("genesis")));
  EXPECT_EQ(next.verdict(), Ending::kEquivocation);
  ASSERT_TRUE(world.evidence.put_equivocation(text_bytes("nonsense")));
  const auto refused = next.start(text_bytes("genesis"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, FailureCode::kOption);
}

TEST(driver, says_once_that_blocks_fail_to_come_and_once_that_they_come_again) {
  World world;
  world.found();
  for (int i = 0; i < 29; ++i) world.step();
  EXPECT_FALSE(world.report.has("No final block for"));
  for (int i = 0; i < 20; ++i) world.step();
  EXPECT_EQ(world.report.count("warn: No final block for 30 s"), 1U);
  EXPECT_EQ(world.desk.health().waiting_seconds, 49U);
  world.block();
  EXPECT_EQ(world.report.count("info: Final blocks come again, after 50 s"), 1U);
  EXPECT_EQ(world.desk.health().waiting_seconds, 0U);
}

TEST(driver, a_difference_is_said_once_and_both_its_states_are_kept) {
  World world;
  world.found();
  const auto cid = ipld::Cid::of_raw_block(text_bytes("mine"));
  protocol::Divergence it{7, *registry::StateCid::from(cid.to_bytes()), {}, {}, {}};
  world.enclave.status.divergence = it;
  world.block();
  world.block();
  EXPECT_EQ(world.report.count("diverged 7"), 1U);
  EXPECT_EQ(world.desk.health().diverged_at, 7U);
  const auto held = world.evidence.held_states();
  ASSERT_TRUE(held);
  EXPECT_EQ(*held, std::vector<std::string>{cid.to_text()});
}

TEST(driver, a_quarantine_in_the_shard_makes_it_keep_what_it_has) {
  World world;
  world.found();
  const auto cid = ipld::Cid::of_raw_block(text_bytes("state"));
  world.enclave.status.root = *registry::StateCid::from(cid.to_bytes());
  world.block();
  EXPECT_TRUE(world.evidence.held_states()->empty());
  world.enclave.status.quarantined = 1;
  world.block();
  EXPECT_TRUE(std::ranges::count(*world.evidence.held_states(), cid.to_text()));
}

TEST(driver, says_that_the_shard_is_disputed_and_that_it_no_longer_is) {
  World world;
  world.found();
  world.chain.disputed = true;
  world.blocks(12);
  EXPECT_EQ(world.report.count("warn: The shard is disputed"), 1U);
  EXPECT_TRUE(world.desk.health().is_disputed);
  world.chain.disputed = false;
  world.blocks(12);
  EXPECT_EQ(world.report.count("dispute is settled"), 1U);
  EXPECT_FALSE(world.desk.health().is_disputed);
}

TEST(driver, nothing_is_answered_while_it_catches_up) {
  World world;
  world.found();
  for (int i = 0; i < 1'100; ++i) world.chain.make_block();
  auto answer = world.desk.ask(protocol::ExecuteQuery{});
  world.step();
  EXPECT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  world.step();
  ASSERT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  EXPECT_TRUE(answer.get());
}

TEST(driver, says_behind_when_the_node_stays_away) {
  World world;
  world.found();
  world.chain.is_away = true;
  world.step();
  auto answer = world.desk.ask(protocol::ExecuteQuery{});
  world.step();
  world.step(Millis(2'000));
  ASSERT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  EXPECT_EQ(answer.get().error().reason, "behind");
}

TEST(driver, answers_queries) {
  World world;
  auto answer = world.desk.ask(protocol::ExecuteQuery{});
  world.step();
  const auto result = answer.get();
  ASSERT_TRUE(result);
  EXPECT_EQ(std::get<protocol::SealedAnswer>(*result).sealed, text_bytes("answer"));
}

TEST(driver, a_query_for_a_block_ahead_waits_for_it) {
  World world;
  world.enclave.query_refusal = Refusal::kBehind;
  auto answer = world.desk.ask(protocol::ExecuteQuery{});
  world.step(Millis(10));
  EXPECT_EQ(answer.wait_for(Millis(0)), std::future_status::timeout);
  world.enclave.query_refusal.reset();
  world.chain.make_block();
  world.step(Millis(10));
  EXPECT_TRUE(answer.get());
}

TEST(driver, a_query_that_waits_too_long_is_behind) {
  World world;
  world.enclave.query_refusal = Refusal::kBehind;
  auto answer = world.desk.ask(protocol::ExecuteQuery{});
  world.step(Millis(10));
  world.step(Millis(2'000));
  const auto result = answer.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, rpc::kWorkerBehind);
  EXPECT_EQ(result.error().reason, "behind");
}

TEST(driver, refusals_of_queries_keep_their_reason) {
  for (const auto& [refusal, code] : {std::pair{Refusal::kNoKey, rpc::kWorkerNotReady},
                                      {Refusal::kStopped, rpc::kWorkerStopped},
                                      {Refusal::kBadQuery, rpc::kWorkerRefused}}) {
    World world;
    world.enclave.query_refusal = refusal;
    auto answer = world.desk.ask(protocol::ExecuteQuery{});
    world.step();
    const auto result = answer.get();
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, code);
  }
}

}  // namespace
}  // namespace substratee::worker::driver
