#pragma once

/// What a host can do to its enclave over the boundary, by name. Each expects the enclave's reason for refusing it.

#include "tests/hostile_host/hostile_host.hpp"

namespace substratee::test::misdeeds {

// --- storage ---
/// Says of a blob that waits that another one is stored: other bytes, version, name.
void false_stored(Turn& turn);
/// Says that something is stored when nothing waits, and says it again when it was.
void unasked_stored(Turn& turn);
/// Starts the enclave with blobs that are changed, cut, renamed, of another version, repeated, unknown.
void wrong_blobs(Turn& turn);

// --- chain ---
/// Leaves out the next block.
void hidden_block(Turn& turn);
/// Swaps two blocks, repeats one, starts in the past.
void reordered_blocks(Turn& turn);
/// A genuine header with another seal, number, parent or state root.
void forged_header(Turn& turn);
/// Blocks of a chain with another genesis.
void foreign_block(Turn& turn);
/// A journal without one of its entries, for each.
void hidden_journal_entry(Turn& turn);
/// A journal with an entry more, with two swapped, with bytes behind it, of another block.
void invented_journal(Turn& turn);

// --- proofs ---
/// The nodes of an earlier state under the name of the state that was asked for.
void stale_proof(Turn& turn);
/// The right nodes under the name of a block that the enclave has not verified.
void proof_of_another_header(Turn& turn);
/// A proof without one of its nodes, with a changed one, with thousands that belong to nothing.
void broken_proof(Turn& turn);

// --- state and receipts ---
/// Blocks of the state that are changed, cut, empty, of another CID, without one.
void wrong_state_block(Turn& turn);
/// No block at all, or only some.
void withheld_state_block(Turn& turn);
/// Receipts that are changed, cut, empty or of another block: no answer comes of them but "not here".
void wrong_receipts(Turn& turn);

// --- the conversation ---
/// Every request that changes nothing twice, as after a lost reply.
void lost_reply(Turn& turn);
/// Requests of the past, out of their order.
void replayed_request(Turn& turn);
/// Requests that are not due: each kind at each step.
void request_out_of_phase(Turn& turn);
/// Extrinsics with wrong nonce and versions, sent to the chain, which throws them away.
void wrong_hints(Turn& turn);
/// Bytes, closing and release of sessions that there are not.
void foreign_session(Turn& turn);
/// The same bytes of a peer to a second session.
void interleaved_sessions(Turn& turn);

}  // namespace substratee::test::misdeeds
