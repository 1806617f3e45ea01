#pragma once

/// Pallet System: accounts, block numbers and hashes, events. Storage, events and calls as frame_system has them.

#include "core/primitives/header.hpp"
#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"

namespace substratee::node::runtime::system {

using primitives::AccountId;
using primitives::Balance;
using primitives::BlockHash;
using primitives::BlockNumber;

inline constexpr std::string_view kName = "System";
inline constexpr std::uint8_t kIndex = registry::kSystemIndex;

/// pallet_balances::AccountData.
struct AccountData {
  Balance free = 0;
  Balance reserved = 0;
  Balance frozen = 0;
  Balance flags = static_cast<Balance>(1) << 127;  ///< "new logic", as pallet_balances marks it
  SUBSTRATEE_FIELDS(AccountData, free, reserved, frozen, flags)
  friend bool operator==(const AccountData&, const AccountData&) = default;
};
/// An entry is never removed, so that a spent nonce stays spent.
struct AccountInfo {
  std::uint32_t nonce = 0;
  std::uint32_t consumers = 0;
  std::uint32_t providers = 0;    ///< 1 while there is a balance
  std::uint32_t sufficients = 0;  ///< 1 for an account that has sent something
  AccountData data;
  SUBSTRATEE_FIELDS(AccountInfo, nonce, consumers, providers, sufficients, data)
  friend bool operator==(const AccountInfo&, const AccountInfo&) = default;
};

inline constexpr StorageMap<AccountId, AccountInfo> kAccount{kName, "Account", Hasher::kBlake2_128Concat,
                                                             Modifier::kDefault};
inline constexpr StorageValue<std::uint32_t> kExtrinsicCount{kName, "ExtrinsicCount", Modifier::kOptional};
inline constexpr StorageMap<BlockNumber, BlockHash> kBlockHash{kName, "BlockHash", Hasher::kTwox64Concat,
                                                               Modifier::kDefault};
inline constexpr StorageValue<BlockNumber> kNumber{kName, "Number"};
inline constexpr StorageValue<BlockHash> kParentHash{kName, "ParentHash"};
inline constexpr StorageValue<std::vector<primitives::DigestItem>> kDigest{kName, "Digest"};
/// Vec<EventRecord>; assembled from encoded records.
inline constexpr StorageValue<Bytes> kEvents{kName, "Events"};
inline constexpr StorageValue<std::uint32_t> kEventCount{kName, "EventCount"};

[[nodiscard]] constexpr auto storage() {
  return std::tuple{kAccount, kExtrinsicCount, kBlockHash, kNumber, kParentHash, kDigest, kEvents, kEventCount};
}

struct Remark {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "remark";
  Bytes remark;
  SUBSTRATEE_FIELDS(Remark, remark)
};
struct RemarkWithEvent {
  static constexpr std::uint8_t kScaleIndex = 7;
  static constexpr std::string_view kName = "remark_with_event";
  Bytes remark;
  SUBSTRATEE_FIELDS(RemarkWithEvent, remark)
};
using Call = std::variant<Remark, RemarkWithEvent>;

struct Weight {
  scale::Compact<std::uint64_t> ref_time;
  scale::Compact<std::uint64_t> proof_size;
  SUBSTRATEE_FIELDS(Weight, ref_time, proof_size)
};
enum class DispatchClass : std::uint8_t { kNormal, kOperational, kMandatory };
constexpr DispatchClass scale_last(DispatchClass) { return DispatchClass::kMandatory; }
enum class Pays : std::uint8_t { kYes, kNo };
constexpr Pays scale_last(Pays) { return Pays::kNo; }
/// There are no weights on this chain: the block's size is its limit. Clients expect the form.
struct DispatchInfo {
  Weight weight;
  DispatchClass dispatch_class{};
  Pays pays_fee = Pays::kNo;
  SUBSTRATEE_FIELDS(DispatchInfo, weight, dispatch_class, pays_fee)
};

struct ExtrinsicSuccess {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "ExtrinsicSuccess";
  DispatchInfo dispatch_info;
  SUBSTRATEE_FIELDS(ExtrinsicSuccess, dispatch_info)
};
struct ExtrinsicFailed {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "ExtrinsicFailed";
  DispatchError dispatch_error;
  DispatchInfo dispatch_info;
  SUBSTRATEE_FIELDS(ExtrinsicFailed, dispatch_error, dispatch_info)
};
struct NewAccount {
  static constexpr std::uint8_t kScaleIndex = 3;
  static constexpr std::string_view kName = "NewAccount";
  AccountId account;
  SUBSTRATEE_FIELDS(NewAccount, account)
};
struct Remarked {
  static constexpr std::uint8_t kScaleIndex = 5;
  static constexpr std::string_view kName = "Remarked";
  AccountId sender;
  Hash256 hash;
  SUBSTRATEE_FIELDS(Remarked, sender, hash)
};
using Event = std::variant<ExtrinsicSuccess, ExtrinsicFailed, NewAccount, Remarked>;

[[nodiscard]] DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);

/// The hash of block `number` as the block after `best` sees it: genesis and the newest kBlockHashCount, else nothing.
[[nodiscard]] std::optional<BlockHash> block_hash(const StateView& state, BlockNumber best, const BlockHash& best_hash,
                                                  BlockNumber number);

/// Starts the block after `parent_hash`.
void start_block(Context& context, const BlockHash& parent_hash);
/// Writes events, counts and digest.
void finish_block(Context& context, std::uint32_t extrinsics, const std::vector<primitives::DigestItem>& digest);

/// Spends one nonce of the account, and makes its entry if there is none.
void spend_nonce(Context& context, const AccountId& account);

}  // namespace substratee::node::runtime::system
