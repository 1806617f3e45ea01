#include "tests/hostile_host/misdeeds.hpp"

#include "core/ipld/cid.hpp"
#include "core/registry/storage.hpp"

/// Lies about what is stored, and about the conversation itself.

namespace substratee::test::misdeeds {

using namespace protocol;

namespace {

const std::set<Refusal> kNothingWaits{Refusal::kStoreMismatch, Refusal::kNotStarted, Refusal::kStopped};

template <class T>
bool is(const Request& request) {
  return std::holds_alternative<T>(request);
}

/// Those that take something out, or count: a second one is another request.
bool changes_something(const Request& request) {
  return is<TlsInput>(request) || is<TlsClose>(request) || is<JoinBegin>(request) || is<ProvideBegin>(request) ||
         is<Stored>(request) || is<ImportBlocks>(request) || is<TakeOutputs>(request);
}

template <class T>
const T* last_of(const Past& past) {
  for (auto it = past.requests.rbegin(); it != past.requests.rend(); ++it) {
    if (const auto* found = std::get_if<T>(&*it)) return found;
  }
  return nullptr;
}

/// Receipts serve one query.
bool uses_receipts(const Turn& turn) {
  return is<ExecuteQuery>(turn.due) && !turn.past.requests.empty() && is<SupplyReceipts>(turn.past.requests.back());
}

bool has_started(Turn& turn) { return std::holds_alternative<Status>(turn.ask(GetStatus{})); }

/// Whether an import of a paged enclave waits, or could just go on: then whatever is asked is answered with the same
/// Need, or takes its place.
bool waits_for_leaves(const Turn& turn) {
  const auto* due = turn.due_as<ImportBlocks>();
  return is<SupplyState>(turn.due) || (due != nullptr && due->blocks.value.empty());
}

/// What was asked when blocks of the state were missing, as it is asked again.
Request needy(const Past& past) {
  for (auto request = past.requests.rbegin(); request != past.requests.rend(); ++request) {
    if (is<ImportBlocks>(*request)) return ImportBlocks{};
    if (is<LoadState>(*request) || is<ExecuteQuery>(*request)) return *request;
  }
  return LoadState{};
}

}  // namespace

void false_stored(Turn& turn) {
  const auto* due = turn.due_as<Stored>();
  if (due == nullptr) return;
  auto other = *due;
  other.sha256[0] ^= 1;
  turn.expect_refused(other, kNothingWaits);
  other = *due;
  other.version += 1;
  turn.expect_refused(other, kNothingWaits);
  other = *due;
  other.version = 0;
  turn.expect_refused(other, kNothingWaits);
  other = *due;
  other.name.value = due->name.value == "shard" ? "identity" : "shard";
  turn.expect_refused(other, kNothingWaits);
  other.name.value.clear();
  turn.expect_refused(other, kNothingWaits);
}

void unasked_stored(Turn& turn) {
  if (turn.due_as<Stored>() != nullptr) return;
  turn.expect_refused(Stored{{"identity"}, 1, {}}, kNothingWaits);
  turn.expect_refused(Stored{{"shard"}, 2, {}}, kNothingWaits);
  if (const auto* earlier = last_of<Stored>(turn.past)) turn.expect_refused(*earlier, kNothingWaits);
}

void wrong_blobs(Turn& turn) {
  const auto* due = turn.due_as<Start>();
  if (due == nullptr || due->blobs.value.empty() || !turn.past.requests.empty()) return;
  const auto try_blobs = [&](auto bend) {
    auto start = *due;
    bend(start.blobs.value);
    turn.expect_refused(start, {Refusal::kCorruptBlob, Refusal::kWrongChain});
  };
  for (std::size_t i = 0; i < due->blobs.value.size(); ++i) {
    const auto size = due->blobs.value[i].sealed.value.size();
    for (std::size_t at = 0; at < size; at += 1 + size / 16) {
      try_blobs([&](auto& blobs) { blobs[i].sealed.value[at] ^= 0x40; });
      try_blobs([&](auto& blobs) { blobs[i].sealed.value.resize(at); });
    }
    try_blobs([&](auto& blobs) { blobs[i].version += 1; });
    try_blobs([&](auto& blobs) { blobs[i].name.value = "other"; });
    try_blobs([&](auto& blobs) { blobs.push_back(blobs[i]); });
  }
  if (due->blobs.value.size() > 1) {
    try_blobs([](auto& blobs) { std::swap(blobs[0].sealed, blobs[1].sealed); });
    try_blobs(
        [](auto& blobs) { std::erase_if(blobs, [](const auto& blob) { return blob.name.value == "identity"; }); });
  }
}

void wrong_state_block(Turn& turn) {
  const auto* due = turn.due_as<SupplyState>();
  if (due == nullptr) return;
  const auto expect_bad = [&](const Bytes& cid, Bytes bytes) {
    turn.expect_refused(SupplyState{{{{cid, std::move(bytes)}}}}, {Refusal::kBadState});
  };
  const auto& blocks = due->blocks.value;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto& [cid, genuine] = blocks[i];
    for (const auto at : {std::size_t{0}, genuine.size() / 2, genuine.size() - 1}) {
      auto flipped = genuine;
      flipped[at] ^= 0x10;
      expect_bad(cid, flipped);
    }
    expect_bad(cid, {});
    expect_bad(cid, Bytes(genuine.begin(), genuine.end() - 1));
    expect_bad({}, genuine);
    expect_bad(Bytes(36, 0), genuine);
    if (i > 0) expect_bad(cid, blocks[i - 1].bytes);
  }
  const Bytes stranger(100, 7);
  turn.expect_no_effect(SupplyState{{{{ipld::Cid::of_raw_block(stranger).to_bytes(), stranger}}}});
}

void withheld_state_block(Turn& turn) {
  const auto* due = turn.due_as<SupplyState>();
  if (due == nullptr) return;
  turn.expect_no_effect(SupplyState{});
  const auto reply = turn.ask(needy(turn.past));
  ASSERT_TRUE(std::holds_alternative<Need>(reply)) << "reply " << reply.index();
  if (due->blocks.value.size() > 1) turn.expect_no_effect(SupplyState{{{due->blocks.value.front()}}});
}

void wrong_receipts(Turn& turn) {
  const auto* due = turn.due_as<SupplyReceipts>();
  const auto* query = last_of<ExecuteQuery>(turn.past);
  if (due == nullptr || query == nullptr) return;
  const auto expect_answer = [&](primitives::BlockNumber block, const Bytes& sealed) {
    turn.expect_no_effect(SupplyReceipts{block, {sealed}});
    const auto reply = turn.ask(*query);
    // Sealed for the client, who reads "not here" in it; or still wanted, when it was of another block.
    const auto* need = std::get_if<Need>(&reply);
    EXPECT_TRUE(std::holds_alternative<SealedAnswer>(reply) ||
                (need != nullptr && std::holds_alternative<NeedReceipts>(need->what)));
  };
  auto changed = due->sealed.value;
  if (!changed.empty()) {
    changed.back() ^= 1;
    expect_answer(due->block, changed);
    changed.resize(changed.size() / 2);
    expect_answer(due->block, changed);
  }
  expect_answer(due->block, {});
  expect_answer(due->block + 1, due->sealed.value);
}

void lost_reply(Turn& turn) {
  if (uses_receipts(turn)) return;
  if (!changes_something(turn.due)) static_cast<void>(turn.ask(turn.due));
}

void replayed_request(Turn& turn) {
  if (uses_receipts(turn) || waits_for_leaves(turn)) return;
  const auto& requests = turn.past.requests;
  // The newest of each kind, oldest kinds first; of those that take something out none.
  std::map<std::size_t, const Request*> newest;
  for (const auto& request : requests) newest[request.index()] = &request;
  for (const auto& [index, request] : newest) {
    if (is<Start>(*request) && has_started(turn) && is<ImportBlocks>(turn.due)) continue;
    if (is<TlsInput>(*request) || is<JoinBegin>(*request) || is<ProvideBegin>(*request)) continue;
    if (is<TakeOutputs>(*request) || is<SupplyReceipts>(*request) || is<SupplyState>(*request)) continue;
    if (is<ImportBlocks>(*request) && !std::get<ImportBlocks>(*request).blocks.value.empty()) {
      turn.expect_refused(*request, {Refusal::kBadHeader, Refusal::kNotStarted, Refusal::kStopped});
    } else if (is<Stored>(*request) && !is<Stored>(turn.due)) {
      turn.expect_refused(*request, kNothingWaits);
    } else if (!is<Stored>(*request)) {
      static_cast<void>(turn.ask(*request));
    }
  }
}

void request_out_of_phase(Turn& turn) {
  const std::set<Refusal> reasons{Refusal::kNotStarted, Refusal::kWrongPhase,     Refusal::kNoKey,
                                  Refusal::kBehind,     Refusal::kBadQuery,       Refusal::kUnexpected,
                                  Refusal::kStopped,    Refusal::kAlreadyStarted, Refusal::kUnknownSession,
                                  Refusal::kBadHeader,  Refusal::kPeerRefused,    Refusal::kBadProof};
  if (turn.past.requests.empty()) {
    turn.expect_refused(ComposeRegistration{}, {Refusal::kNotStarted});
    turn.expect_refused(GetStatus{}, {Refusal::kNotStarted});
    return;
  }
  if (!has_started(turn) || waits_for_leaves(turn)) return;
  for (const Request& request : std::vector<Request>{ComposeFounding{}, ComposeUnregistration{}, ComposeConfirmation{},
                                                     ComposeRelease{}, ExecuteQuery{}, GetShieldingKey{}, SupplyProof{},
                                                     TlsInput{}, TlsClose{}, GetStatus{}, Start{}, ImportBlocks{}}) {
    // A founding that is not due would be one: that is the host's right while the shard has no key.
    if (is<ComposeFounding>(request) &&
        !turn.world.read<registry::Shard>(registry::key::shard(turn.world.shard()))->shielding_key.has_value()) {
      continue;
    }
    turn.expect_no_effect(request, reasons);
  }
}

void wrong_hints(Turn& turn) {
  const auto compose = [&](auto request, auto bend) {
    bend(request.hints);
    const auto reply = turn.ask(request);
    if (const auto* extrinsic = std::get_if<Extrinsic>(&reply)) turn.world.submit(extrinsic->wire);
  };
  const auto with_each = [&](const auto& request) {
    compose(request, [](ExtrinsicHints& hints) { hints.nonce += 100'000; });
    compose(request, [](ExtrinsicHints& hints) { hints.spec_version += 1; });
    compose(request, [](ExtrinsicHints& hints) { hints.transaction_version = 0; });
  };
  if (const auto* due = turn.due_as<ComposeRegistration>()) with_each(*due);
  if (const auto* due = turn.due_as<ComposeConfirmation>()) with_each(*due);
  if (const auto* due = turn.due_as<ComposeRelease>()) with_each(*due);
}

void foreign_session(Turn& turn) {
  const std::set<Refusal> reasons{Refusal::kUnknownSession, Refusal::kNotStarted};
  turn.expect_refused(TlsInput{77'777, {Bytes(10, 1)}}, reasons);
  turn.expect_refused(ComposeRelease{~std::uint64_t{0}, {}}, reasons);
  turn.expect_no_effect(TlsClose{77'777}, reasons);
}

void interleaved_sessions(Turn& turn) {
  const auto* due = turn.due_as<TlsInput>();
  if (due == nullptr || due->bytes.value.empty()) return;
  const auto opened = turn.ask(ProvideBegin{});
  const auto* second = std::get_if<Tls>(&opened);
  if (second == nullptr) return;  // a joiner provides nothing
  EXPECT_NE(second->session, due->session);
  const auto reply = turn.ask(TlsInput{second->session, due->bytes});
  if (const auto* got = std::get_if<Tls>(&reply)) {
    EXPECT_EQ(got->phase, TlsPhase::kHandshake) << "the bytes of another session give nobody anything";
  } else {
    ASSERT_TRUE(std::holds_alternative<Refused>(reply));
    EXPECT_EQ(std::get<Refused>(reply).reason, Refusal::kTlsFailed);
  }
  EXPECT_TRUE(std::holds_alternative<Done>(turn.ask(TlsClose{second->session})));
}

}  // namespace substratee::test::misdeeds
