#include "enclave/platform/tsm/report.hpp"

#include "core/base/hex.hpp"

#include <cerrno>
#include <charconv>

namespace substratee::enclave::platform::tsm {
namespace {

constexpr std::size_t kMaxTextSize = 64;

template <class T>
using Result = std::expected<T, Failure>;

std::unexpected<Failure> fail(Error error, std::string_view file, int number = 0) {
  return std::unexpected(Failure{error, file, number});
}

Error error_of(int number) {
  switch (number) {
    case ENXIO: return Error::kNoProvider;
    case ENOTTY: return Error::kProviderGone;
    case EACCES:
    case EPERM:
    case EROFS: return Error::kForbidden;
    case EFBIG: return Error::kTooLarge;
    default: return Error::kFailed;
  }
}

/// Whether the same question may be answered next time.
bool is_passing(const Failure& failure) {
  return failure.error == Error::kFailed || failure.error == Error::kDisturbed || failure.error == Error::kEmpty;
}

/// The folder of one request; gone with this object.
class Request {
 public:
  static Result<Request> open(Files& files, Random& random, const std::string& root) {
    const auto path = root + "/substratee-" + to_hex(random.draw<8>());
    const auto made = files.make_directory(path);
    // Without configfs-tsm there is no such folder at all.
    if (!made && made.error() == ENOENT) return fail(Error::kNoProvider, {}, ENOENT);
    if (!made) return fail(error_of(made.error()), {}, made.error());
    return Request(files, path);
  }
  Request(Request&& other) noexcept : files_(other.files_), path_(std::exchange(other.path_, {})) {}
  Request& operator=(Request&&) = delete;
  ~Request() {
    if (!path_.empty()) static_cast<void>(files_->remove_directory(path_));
  }

  Result<Bytes> read(std::string_view file, std::size_t max) const {
    auto bytes = files_->read(path_ + "/" + std::string(file), max);
    if (!bytes) return fail(error_of(bytes.error()), file, bytes.error());
    return *std::move(bytes);
  }
  Result<std::string> text(std::string_view file) const {
    const auto bytes = SUBSTRATEE_TRY(read(file, kMaxTextSize));
    std::string out(as_text(bytes));
    while (out.ends_with('\n')) out.pop_back();
    return out;
  }
  Result<std::uint64_t> number(std::string_view file) const {
    const auto digits = SUBSTRATEE_TRY(text(file));
    std::uint64_t out = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (error != std::errc{} || end != digits.data() + digits.size()) return fail(Error::kFailed, file);
    return out;
  }
  Result<void> write(std::string_view file, ByteView bytes) {
    const auto written = files_->write(path_ + "/" + std::string(file), bytes);
    if (!written) return fail(error_of(written.error()), file, written.error());
    ++writes_;
    return {};
  }
  [[nodiscard]] std::uint64_t writes() const noexcept { return writes_; }

 private:
  Request(Files& files, std::string path) : files_(&files), path_(std::move(path)) {}
  Files* files_;
  std::string path_;
  std::uint64_t writes_ = 0;
};

bool is_absent(const Failure& failure) { return failure.number == ENOENT; }

/// A guest below VMPL 0 (behind an SVSM or a paravisor) may ask for its own level only.
Result<void> choose_privilege_level(Request& request) {
  const auto floor = request.number("privlevel_floor");
  if (!floor && is_absent(floor.error())) return {};
  if (!floor) return std::unexpected(floor.error());
  if (*floor == 0) return {};
  return request.write("privlevel", as_bytes(std::to_string(*floor)));
}

Result<Bytes> read_aux(const Request& request) {
  auto aux = request.read("auxblob", kMaxBlobSize);
  if (!aux && is_absent(aux.error())) return Bytes{};
  return aux;
}

Result<Report> ask_once(Files& files, Random& random, const std::string& root, const attestation::ReportData& data) {
  auto request = SUBSTRATEE_TRY(Request::open(files, random, root));
  Report report;
  report.provider = SUBSTRATEE_TRY(request.text("provider"));
  const auto before = SUBSTRATEE_TRY(request.number("generation"));
  SUBSTRATEE_TRY(choose_privilege_level(request));
  SUBSTRATEE_TRY(request.write("inblob", data.bytes));
  report.outblob = SUBSTRATEE_TRY(request.read("outblob", kMaxBlobSize));
  report.auxblob = SUBSTRATEE_TRY(read_aux(request));
  const auto after = SUBSTRATEE_TRY(request.number("generation"));
  if (after != before + request.writes()) return fail(Error::kDisturbed, "generation");
  if (report.outblob.empty()) return fail(Error::kEmpty, "outblob");
  return report;
}

}  // namespace

std::string_view to_string(Error error) noexcept {
  switch (error) {
    case Error::kNoProvider:
      return "no TEE has registered with the kernel; load its driver (tdx_guest or sev_guest) and mount configfs";
    case Error::kProviderGone: return "the TEE's driver was unloaded; load it again";
    case Error::kForbidden: return "this user may not ask for reports; run as the user that owns the tsm folder";
    case Error::kTooLarge: return "the report is larger than the kernel, or this program, takes";
    case Error::kEmpty: return "the host gave an empty report; is its quoting service (QGS) running?";
    case Error::kDisturbed: return "the request was not taken as it was written; is another program using its folder?";
    case Error::kFailed: return "the report could not be had; see the kernel's log";
  }
  return "unknown error";
}

std::string Failure::to_string() const {
  std::string out = "configfs-tsm: " + std::string(tsm::to_string(error));
  if (file.empty() && number == 0) return out;
  out += " (";
  out += file.empty() ? std::string_view("mkdir") : file;
  if (number != 0) out += ": " + describe_errno(number);
  return out + ")";
}

std::expected<Report, Failure> request_report(Files& files, Random& random, const std::string& root,
                                              const attestation::ReportData& report_data) {
  auto report = ask_once(files, random, root, report_data);
  for (int attempt = 1; attempt < kAttempts && !report && is_passing(report.error()); ++attempt) {
    report = ask_once(files, random, root, report_data);
  }
  return report;
}

}  // namespace substratee::enclave::platform::tsm
