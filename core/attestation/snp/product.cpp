#include "core/attestation/snp/product.hpp"

namespace substratee::attestation::snp {
namespace {

bool is_within(std::uint8_t model, std::uint8_t first, std::uint8_t last) noexcept {
  return model >= first && model <= last;
}

}  // namespace

std::string_view to_string(Product product) noexcept {
  switch (product) {
    case Product::kMilan: return "Milan";
    case Product::kGenoa: return "Genoa";
    case Product::kTurin: return "Turin";
  }
  return "unknown";
}

std::optional<Product> product_of_cpu(std::uint8_t family, std::uint8_t model) noexcept {
  constexpr std::uint8_t kZen3And4 = 0x19;
  constexpr std::uint8_t kZen5 = 0x1a;
  if (family == kZen3And4 && is_within(model, 0x00, 0x0f)) return Product::kMilan;
  if (family == kZen3And4 && (is_within(model, 0x10, 0x1f) || is_within(model, 0xa0, 0xaf))) return Product::kGenoa;
  if (family == kZen5 && is_within(model, 0x00, 0x11)) return Product::kTurin;
  return std::nullopt;
}

std::optional<Product> product_from_name(std::string_view name) noexcept {
  for (const auto product : kProducts) {
    const auto line = to_string(product);
    if (!name.starts_with(line)) continue;
    const auto stepping = name.substr(line.size());
    if (stepping.empty() || (stepping.size() == 3 && stepping[0] == '-')) return product;
  }
  return std::nullopt;
}

}  // namespace substratee::attestation::snp
