#pragma once

/// Pallet System: accounts, block numbers and hashes, events. Storage, events and calls as frame_system has them.

#include "core/primitives/header.hpp"
#include "node/runtime/frame/context.hpp"
#include "node/runtime/frame/storage.hpp"
#include "node/runtime/frame/weight.hpp"
#include "node/runtime/version.hpp"

namespace substratee::node::runtime::system {

using primitives::AccountId;
using primitives::Balance;
using primitives::BlockHash;
using primitives::BlockNumber;

inline constexpr std::string_view kPalletName = "System";
inline constexpr std::uint8_t kIndex = registry::kSystemIndex;

/// pallet_balances::AccountData.
struct AccountData {
  static constexpr std::string_view kTypePath = "pallet_balances::types::AccountData";
  Balance free = 0;
  Balance reserved = 0;
  Balance frozen = 0;
  Balance flags = static_cast<Balance>(1) << 127;  ///< "new logic", as pallet_balances marks it
  SUBSTRATEE_FIELDS(AccountData, free, reserved, frozen, flags)
  friend bool operator==(const AccountData&, const AccountData&) = default;
};
/// An entry is never removed, so that a spent nonce stays spent.
struct AccountInfo {
  static constexpr std::string_view kTypePath = "frame_system::AccountInfo";
  std::uint32_t nonce = 0;
  std::uint32_t consumers = 0;
  std::uint32_t providers = 0;    ///< 1 while there is a balance
  std::uint32_t sufficients = 0;  ///< 1 for an account that has sent something
  AccountData data;
  SUBSTRATEE_FIELDS(AccountInfo, nonce, consumers, providers, sufficients, data)
  friend bool operator==(const AccountInfo&, const AccountInfo&) = default;
};

/// Vec<EventRecord>, encoded: assembled from encoded records.
struct EventRecords {
  Bytes encoded{0};
};

inline constexpr StorageMap<AccountId, AccountInfo> kAccount{kPalletName,
                                                             "Account",
                                                             Hasher::kBlake2_128Concat,
                                                             "Nonce and balance of every account that ever had one.",
                                                             Modifier::kDefault,
                                                             Meaning::kAccount};
inline constexpr StorageValue<std::uint32_t> kExtrinsicCount{kPalletName, "ExtrinsicCount",
                                                             "Extrinsics of the newest block.", Modifier::kOptional};
inline constexpr StorageMap<BlockNumber, BlockHash> kBlockHash{kPalletName, "BlockHash", Hasher::kTwox64Concat,
                                                               "Hashes of genesis and of the newest blocks, by number.",
                                                               Modifier::kDefault};
inline constexpr StorageValue<BlockNumber> kNumber{kPalletName, "Number", "Number of the newest block."};
inline constexpr StorageValue<BlockHash> kParentHash{kPalletName, "ParentHash", "Hash of the newest block's parent."};
inline constexpr StorageValue<std::vector<primitives::DigestItem>> kDigest{
    kPalletName, "Digest", "Digest of the newest block's header, without the seal."};
inline constexpr StorageValue<EventRecords> kEvents{kPalletName, "Events", "What happened in the newest block."};
inline constexpr StorageValue<std::uint32_t> kEventCount{kPalletName, "EventCount", "Number of Events."};

struct Remark {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "remark";
  static constexpr std::string_view kDocs = "Stands on the chain and does nothing.";
  Bytes remark;
  SUBSTRATEE_FIELDS(Remark, remark)
};
struct RemarkWithEvent {
  static constexpr std::uint8_t kScaleIndex = 7;
  static constexpr std::string_view kName = "remark_with_event";
  static constexpr std::string_view kDocs = "Stands on the chain and tells its hash.";
  Bytes remark;
  SUBSTRATEE_FIELDS(RemarkWithEvent, remark)
};

enum class DispatchClass : std::uint8_t { kNormal, kOperational, kMandatory };
constexpr DispatchClass scale_last(DispatchClass) { return DispatchClass::kMandatory; }
enum class Pays : std::uint8_t { kYes, kNo };
constexpr Pays scale_last(Pays) { return Pays::kNo; }
[[nodiscard]] constexpr std::string_view type_path(DispatchClass) { return "frame_support::dispatch::DispatchClass"; }
[[nodiscard]] constexpr std::string_view type_path(Pays) { return "frame_support::dispatch::Pays"; }
struct DispatchInfo {
  static constexpr std::string_view kTypePath = "frame_system::DispatchEventInfo";
  Weight weight;
  DispatchClass dispatch_class{};
  Pays pays_fee = Pays::kNo;
  SUBSTRATEE_FIELDS(DispatchInfo, weight, dispatch_class, pays_fee)
};

struct ExtrinsicSuccess {
  static constexpr std::uint8_t kScaleIndex = 0;
  static constexpr std::string_view kName = "ExtrinsicSuccess";
  static constexpr std::string_view kDocs = "An extrinsic succeeded.";
  DispatchInfo dispatch_info;
  SUBSTRATEE_FIELDS(ExtrinsicSuccess, dispatch_info)
};
struct ExtrinsicFailed {
  static constexpr std::uint8_t kScaleIndex = 1;
  static constexpr std::string_view kName = "ExtrinsicFailed";
  static constexpr std::string_view kDocs = "An extrinsic failed. Nonce, fee and tip are spent; its call left nothing.";
  DispatchError dispatch_error;
  DispatchInfo dispatch_info;
  SUBSTRATEE_FIELDS(ExtrinsicFailed, dispatch_error, dispatch_info)
};
struct NewAccount {
  static constexpr std::uint8_t kScaleIndex = 3;
  static constexpr std::string_view kName = "NewAccount";
  static constexpr std::string_view kDocs = "An account has its first entry.";
  AccountId account;
  SUBSTRATEE_FIELDS(NewAccount, account)
};
struct Remarked {
  static constexpr std::uint8_t kScaleIndex = 5;
  static constexpr std::string_view kName = "Remarked";
  static constexpr std::string_view kDocs = "A remark stands on the chain.";
  AccountId sender;
  Hash256 hash;
  SUBSTRATEE_FIELDS(Remarked, sender, hash)
};
/// One value for each class of extrinsics (frame_support::dispatch::PerDispatchClass).
template <class T>
struct PerDispatchClass {
  static constexpr std::string_view kTypePath = "frame_support::dispatch::PerDispatchClass";
  using TypeParameter = T;
  T normal{};
  T operational{};
  T mandatory{};
  SUBSTRATEE_FIELDS(PerDispatchClass, normal, operational, mandatory)
};
struct WeightsPerClass {
  static constexpr std::string_view kTypePath = "frame_system::limits::WeightsPerClass";
  Weight base_extrinsic;
  std::optional<Weight> max_extrinsic;
  std::optional<Weight> max_total;
  std::optional<Weight> reserved;
  SUBSTRATEE_FIELDS(WeightsPerClass, base_extrinsic, max_extrinsic, max_total, reserved)
};
struct BlockWeights {
  static constexpr std::string_view kTypePath = "frame_system::limits::BlockWeights";
  Weight base_block;
  Weight max_block;
  PerDispatchClass<WeightsPerClass> per_class;
  SUBSTRATEE_FIELDS(BlockWeights, base_block, max_block, per_class)
};
struct BlockLength {
  static constexpr std::string_view kTypePath = "frame_system::limits::BlockLength";
  PerDispatchClass<std::uint32_t> max;
  SUBSTRATEE_FIELDS(BlockLength, max)
};
struct DbWeight {
  static constexpr std::string_view kTypePath = "sp_weights::RuntimeDbWeight";
  std::uint64_t read = 0;
  std::uint64_t write = 0;
  SUBSTRATEE_FIELDS(DbWeight, read, write)
};

struct Pallet {
  static constexpr std::string_view kName = kPalletName;
  static constexpr std::string_view kCrate = "frame_system";
  static constexpr std::uint8_t kIndex = system::kIndex;
  static constexpr std::string_view kDocs = "Accounts, block numbers and hashes, events.";
  using Call = std::variant<Remark, RemarkWithEvent>;
  using Event = std::variant<ExtrinsicSuccess, ExtrinsicFailed, NewAccount, Remarked>;
  static constexpr auto storage() {
    return std::tuple{kAccount, kExtrinsicCount, kBlockHash, kNumber, kParentHash, kDigest, kEvents, kEventCount};
  }
  [[nodiscard]] static std::tuple<Constant<BlockWeights>, Constant<BlockLength>, Constant<BlockNumber>,
                                  Constant<DbWeight>, Constant<RuntimeVersion>, Constant<std::uint16_t>>
  constants();
  [[nodiscard]] static DispatchResult<> dispatch(Context& context, const Origin& origin, const Call& call);
  [[nodiscard]] static RefTime weight_of(const Call& call);
};
using Call = Pallet::Call;
using Event = Pallet::Event;

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

namespace substratee::scale {
template <>
struct Codec<node::runtime::system::EventRecords> {
  static void write(Encoder& out, const node::runtime::system::EventRecords& records) { out.raw(records.encoded); }
};
}  // namespace substratee::scale
