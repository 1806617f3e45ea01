#pragma once

/// For tests: the genuine quotes in tests/vectors/attestation with their collateral.

#include "core/attestation/collateral_file.hpp"
#include "core/attestation/dcap/authenticate.hpp"
#include "tests/support/vectors.hpp"

#include <filesystem>

namespace substratee::attestation::dcap {

inline const TrustAnchors kIntelOnly{.intel_roots = {kIntelRoot}, .simulation_roots = {}};

struct Vector {
  std::string name;  ///< "tdx/azure-v4-00806F050000"
  boost::json::object expect;
  Bytes quote;

  [[nodiscard]] bool has(std::string_view member) const { return expect.contains(member); }
  [[nodiscard]] std::string text(std::string_view member) const { return test::text(expect, member); }
  [[nodiscard]] std::int64_t number(std::string_view member) const { return expect.at(member).as_int64(); }
  [[nodiscard]] Kind kind() const { return text("kind") == "tdx" ? Kind::kTdx : Kind::kSgxDcap; }
};

[[nodiscard]] inline Vector load_vector(const std::string& name) {
  return {name, test::load_json("attestation/" + name + "/expect.json").as_object(),
          test::load_bytes("attestation/" + name + "/quote.bin")};
}

[[nodiscard]] inline std::vector<Vector> all_vectors() {
  std::vector<Vector> out;
  for (const auto* folder : {"sgx-dcap", "tdx"}) {
    const auto path = std::string(SUBSTRATEE_VECTORS) + "/attestation/" + folder;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
      out.push_back(load_vector(std::string(folder) + "/" + entry.path().filename().string()));
    }
  }
  std::ranges::sort(out, {}, &Vector::name);
  return out;
}

/// One set of collateral of a vector.
struct VectorSet {
  std::string folder;
  boost::json::object facts;
  CollateralSet collateral;
  UnixSeconds now{};
};

[[nodiscard]] inline std::vector<VectorSet> sets_of(const Vector& vector) {
  std::vector<VectorSet> out;
  if (!vector.has("collateral")) return out;
  for (const auto& [name, facts] : vector.expect.at("collateral").as_object()) {
    const auto folder = "attestation/" + vector.name + (name == "." ? "" : "/" + std::string(name));
    auto collateral = parse_collateral_file(test::load_bytes(folder + "/collateral.json"));
    if (!collateral) throw std::runtime_error(folder + ": " + std::string(to_string(collateral.error())));
    out.push_back({folder, facts.as_object(), *std::move(collateral),
                   static_cast<UnixSeconds>(facts.at("verify_time").as_int64())});
  }
  return out;
}

}  // namespace substratee::attestation::dcap
