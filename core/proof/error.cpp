#include "core/proof/error.hpp"

#include <array>

namespace substratee::proof {
namespace {

struct Text {
  std::string_view word;
  std::string_view sentence;
};

constexpr auto kTexts = std::to_array<Text>({
    {"not_a_proof", "the file is no proof of this product"},
    {"unknown_version", "the file's format is of a version that this program does not know"},
    {"other_kind", "the file proves something else than asked for"},
    {"too_large", "the file is larger than any proof"},
    {"malformed", "the file does not decode"},
    {"wrong_genesis", "the file is about another chain than the one given"},
    {"bad_genesis", "the genesis header is not one"},
    {"no_engine", "the file does not show who may seal blocks of this chain"},
    {"unknown_engine", "the chain has a consensus engine that this program does not know"},
    {"bad_header", "a block header does not decode"},
    {"not_final", "a block header is not sealed by the chain's authority"},
    {"no_journal", "the block header names no journal"},
    {"not_in_journal", "the file does not show the entry in the block's journal"},
    {"no_agreement", "the journal entry is no agreement on a state"},
    {"other_shard", "the agreement is of another shard than the receipt"},
    {"other_block", "the blocks named do not fit together"},
    {"not_agreed", "the receipt is not among those that the workers agreed on"},
    {"state_not_proved", "the file does not show the chain's state about shard and enclaves"},
    {"no_shard", "the chain has no such shard"},
    {"wrong_charter", "the shard has another charter than the one given"},
    {"not_parent", "the earlier header is not that of the block before"},
    {"nobody_confirmed", "the agreement names nobody, or somebody twice"},
    {"not_registered", "an enclave is not registered on the chain"},
    {"not_a_member", "the enclave was no member that may answer"},
    {"other_query", "the answer is to another query"},
    {"other_state", "the answer is not from the state that the chain had agreed on"},
    {"bad_signature", "the answer is not signed by the enclave that it names"},
    {"not_revealed", "what the file shows as the question is not what was asked"},
});
static_assert(kTexts.size() == static_cast<std::size_t>(scale_last(Error{})) + 1);

const Text& text_of(Error error) noexcept { return kTexts[static_cast<std::size_t>(error)]; }

}  // namespace

std::string_view to_word(Error error) noexcept { return text_of(error).word; }
std::string_view to_string(Error error) noexcept { return text_of(error).sentence; }

}  // namespace substratee::proof
