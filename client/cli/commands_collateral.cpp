// What an operator asks of a source of collateral by hand.
#include "client/cli/commands.hpp"
#include "core/attestation/dcap/pck_chain.hpp"
#include "rpc/collateral/document.hpp"
#include "rpc/collateral/source.hpp"

#include <fmt/format.h>

#include <fstream>

namespace substratee::client::cli {
namespace {

using attestation::CollateralItem;
using attestation::CollateralKind;
using rpc::collateral::FailureCode;

Failure to_failure(const rpc::collateral::Failure& failure) {
  const auto code = [&] {
    switch (failure.code) {
      case FailureCode::kConfig: return Code::kUsage;
      case FailureCode::kUnreachable: return Code::kUnreachable;
      case FailureCode::kNotFound: return Code::kNotThere;
      default: return Code::kRefused;
    }
  }();
  return {code, failure.thing, failure.next_step};
}

template <class T>
Result<T> lift(rpc::collateral::Result<T> result) {
  if (!result) return std::unexpected(to_failure(result.error()));
  return *std::move(result);
}

std::vector<attestation::CollateralId> ids_of(const CollateralFetchCommand& command) {
  const auto& root = attestation::dcap::kIntelRoot;
  return {{root, CollateralKind::kIntelRootCrl, {}},
          {root, command.is_processor ? CollateralKind::kPckProcessorCrl : CollateralKind::kPckPlatformCrl, {}},
          {root, command.is_tdx ? CollateralKind::kTdxQeIdentity : CollateralKind::kSgxQeIdentity, {}},
          {root, command.is_tdx ? CollateralKind::kTdxTcbInfo : CollateralKind::kSgxTcbInfo, command.fmspc}};
}

}  // namespace

Result<Report> execute(const CollateralFetchCommand& command, Desk& desk) {
  const auto config = SUBSTRATEE_TRY(lift(rpc::collateral::read_config(command.config)));
  const auto source = SUBSTRATEE_TRY(lift(rpc::collateral::make_source(config)));
  std::vector<CollateralItem> items;
  Report report;
  boost::json::array names;
  for (const auto& id : ids_of(command)) {
    const auto name = rpc::collateral::name_of(id);
    desk.say('>', name);
    items.push_back(SUBSTRATEE_TRY(lift(source->fetch(id))));
    desk.say('<', fmt::format("{}, {} bytes", name, items.back().body.value.size()));
    names.emplace_back(name);
  }
  const auto document = SUBSTRATEE_TRY(lift(rpc::collateral::to_document(items))) + "\n";
  std::ofstream out(command.out, std::ios::binary | std::ios::trunc);
  out << document << std::flush;
  if (!out) return fail(Code::kUsage, command.out + " cannot be written", "give --out another path");
  report.machine = {{"items", std::move(names)}, {"out", command.out}};
  report.people = fmt::format("{} items in {}; nothing is verified yet: attestation verify --collateral {}\n",
                              items.size(), command.out, command.out);
  return report;
}

}  // namespace substratee::client::cli
