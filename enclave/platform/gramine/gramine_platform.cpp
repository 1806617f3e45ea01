#include "enclave/platform/gramine/gramine_platform.hpp"

#include "core/crypto/kdf.hpp"
#include "enclave/platform/own_evidence.hpp"

namespace substratee::enclave::platform::gramine {
namespace {

constexpr std::size_t kMaxTypeSize = 32;
constexpr std::size_t kTargetInfoSize = 512;
constexpr std::size_t kKeySize = 16;
constexpr std::string_view kSealingLabel = "substratee/gramine/sealing/v1";

std::string_view trimmed(ByteView bytes) {
  auto text = as_text(bytes);
  while (!text.empty() && (text.back() == '\n' || text.back() == '\0')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kNotInSgx:
      return "Gramine has no attestation_type here: this is gramine-direct, which protects nothing; start the enclave "
             "with gramine-sgx";
    case Error::kTypeNone:
      return "the Gramine manifest asks for no attestation; set sgx.remote_attestation = \"dcap\" and sign it again";
    case Error::kTypeUnknown:
      return "Gramine offers another attestation than DCAP; set sgx.remote_attestation = \"dcap\" and sign it again";
    case Error::kNoTarget: return "Gramine does not say who this enclave is: my_target_info cannot be read";
    case Error::kNoQuote:
      return "Gramine gives no quote; is the quoting service (aesmd or QGS) of this machine running, and is the "
             "platform registered?";
    case Error::kForeignQuote: return "the quote that Gramine gave is not of this enclave; is something in between?";
    case Error::kNoSealingKey: return "Gramine gives no sealing key: keys/_sgx_mrenclave cannot be read";
  }
  return "unknown error";
}

std::expected<std::unique_ptr<GraminePlatform>, Error> GraminePlatform::open(Files& files, Random& random,
                                                                             std::string root) {
  std::unique_ptr<GraminePlatform> platform(new GraminePlatform(files, random, std::move(root)));
  SUBSTRATEE_TRY(platform->read_type());
  SUBSTRATEE_TRY(platform->read_measurement());
  SUBSTRATEE_TRY(platform->read_sealing_key());
  SUBSTRATEE_TRY(platform->take_first_quote());
  return platform;
}

std::expected<void, Error> GraminePlatform::read_type() const {
  const auto type = files_->read(root_ + "/attestation_type", kMaxTypeSize);
  if (!type) return std::unexpected(Error::kNotInSgx);
  if (trimmed(*type) == "none") return std::unexpected(Error::kTypeNone);
  if (trimmed(*type) != "dcap") return std::unexpected(Error::kTypeUnknown);
  return {};
}

// SGX's TARGETINFO begins with the MRENCLAVE; the CPU wrote it, not the host.
std::expected<void, Error> GraminePlatform::read_measurement() {
  const auto target = files_->read(root_ + "/my_target_info", kTargetInfoSize);
  if (!target || target->size() != kTargetInfoSize) return std::unexpected(Error::kNoTarget);
  measurement_ = *attestation::Measurement::from(ByteView(*target).first(attestation::Measurement::kSize));
  return {};
}

std::expected<void, Error> GraminePlatform::read_sealing_key() {
  auto bytes = files_->read(root_ + "/keys/_sgx_mrenclave", kKeySize);
  if (!bytes) return std::unexpected(Error::kNoSealingKey);
  const crypto::WipedBytes key(std::move(*bytes));
  if (key.view().size() != kKeySize) return std::unexpected(Error::kNoSealingKey);
  sealing_root_ = crypto::derive<32>(key.view(), as_bytes(kSealingLabel));
  return {};
}

std::expected<void, Error> GraminePlatform::take_first_quote() {
  attestation::ReportData question;
  random_->fill(MutableByteView(question.bytes).first(32));
  int ignored = 0;
  const auto body = SUBSTRATEE_TRY(quote(question, ignored));
  root_hash_ = read_own_evidence(kind(), body)->root;
  return {};
}

std::expected<Bytes, Error> GraminePlatform::quote(const attestation::ReportData& report_data, int& number) {
  if (const auto written = files_->write(root_ + "/user_report_data", report_data.bytes); !written) {
    number = written.error();
    return std::unexpected(Error::kNoQuote);
  }
  auto body = files_->read(root_ + "/quote", attestation::kMaxEvidenceBodySize);
  if (!body) {
    number = body.error();
    return std::unexpected(Error::kNoQuote);
  }
  const auto own = read_own_evidence(kind(), *body);
  if (!own || own->measurement != measurement_ || own->report_data != report_data) {
    return std::unexpected(Error::kForeignQuote);
  }
  return *std::move(body);
}

std::expected<attestation::Evidence, NoEvidence> GraminePlatform::attest(const attestation::Claims& claims) {
  auto buffer = attestation::encode_claims(claims);
  int number = 0;
  auto body = quote(attestation::report_data_for(buffer), number);
  if (!body) {
    std::string why(to_string(body.error()));
    if (number != 0) why += ": " + describe_errno(number);
    return std::unexpected(NoEvidence{std::move(why)});
  }
  return attestation::Evidence{kind(), {*std::move(body)}, {std::move(buffer)}};
}

std::optional<crypto::Secret<32>> GraminePlatform::sealing_key(const Hash256& genesis_hash) const {
  return crypto::derive<32>(sealing_root_.view(),
                            concat(as_bytes(kSealingLabel), measurement_.bytes, genesis_hash.bytes));
}

}  // namespace substratee::enclave::platform::gramine
