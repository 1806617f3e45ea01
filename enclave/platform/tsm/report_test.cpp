#include "enclave/platform/tsm/report.hpp"

#include "enclave/platform/tsm/fake_kernel_testing.hpp"
#include "tests/support/random.hpp"

namespace substratee::enclave::platform::tsm {
namespace {

struct TsmReport : testing::Test {
  TsmReport() {
    kernel.driver = [](ByteView inblob) -> FileResult<Bytes> { return concat(as_bytes("report of "), inblob); };
    random.fill(question.bytes);
  }
  ~TsmReport() override { EXPECT_EQ(kernel.open_requests(), 0) << "a request's folder was left behind"; }

  auto ask() { return request_report(kernel, random, FakeKernel::kRoot, question); }
  /// The failure of a request that must fail.
  Failure failure() {
    const auto report = ask();
    EXPECT_FALSE(report);
    return report ? Failure{} : report.error();
  }
  Bytes answer() const { return concat(as_bytes("report of "), question.bytes); }

  FakeKernel kernel;
  test::SeededRandom random;
  attestation::ReportData question;
};

TEST_F(TsmReport, answers_our_question) {
  const auto report = ask();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->provider, "tdx_guest");
  EXPECT_EQ(report->outblob, answer());
  EXPECT_TRUE(report->auxblob.empty());
  EXPECT_EQ(kernel.requests, 1);
}

TEST_F(TsmReport, brings_the_auxiliary_blob_where_there_is_one) {
  kernel.provider = "sev_guest";
  kernel.auxblob = Bytes{1, 2, 3};
  const auto report = ask();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->auxblob, (Bytes{1, 2, 3}));
  kernel.auxblob = Bytes{};
  EXPECT_TRUE(ask()->auxblob.empty());
}

TEST_F(TsmReport, each_request_has_a_folder_of_its_own) {
  ASSERT_TRUE(ask());
  ASSERT_TRUE(ask());
  EXPECT_EQ(kernel.requests, 2);
  kernel.errors["mkdir"] = {EEXIST};
  ASSERT_TRUE(ask()) << "another name is tried";
}

TEST_F(TsmReport, asks_at_the_privilege_level_that_it_has) {
  kernel.privilege_floor = 0;
  ASSERT_TRUE(ask());
  EXPECT_EQ(kernel.last_privilege, std::nullopt);
  kernel.privilege_floor = 2;
  ASSERT_TRUE(ask());
  EXPECT_EQ(kernel.last_privilege, 2);
}

// The kernel hides what the driver says at close(): only the generation tells, and outblob of a folder without inblob.
TEST_F(TsmReport, a_write_that_is_lost_at_close_is_repeated) {
  kernel.lost_writes = 1;
  const auto report = ask();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->outblob, answer());
  EXPECT_EQ(kernel.requests, 2);
}

TEST_F(TsmReport, writes_that_are_always_lost_end_in_an_error) {
  kernel.lost_writes = 100;
  const auto lost = failure();
  EXPECT_EQ(lost.error, Error::kFailed);
  EXPECT_EQ(lost.number, EINVAL);
  EXPECT_EQ(kernel.requests, kAttempts);
}

TEST_F(TsmReport, a_report_on_a_foreign_question_is_never_taken) {
  kernel.foreign_writes = 1;
  const auto report = ask();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->outblob, answer());
  kernel.foreign_writes = 100;
  EXPECT_EQ(failure().error, Error::kDisturbed);
}

TEST_F(TsmReport, an_empty_report_is_an_error) {
  int calls = 0;
  kernel.driver = [&](ByteView) -> FileResult<Bytes> { return ++calls, Bytes{}; };
  EXPECT_EQ(failure().error, Error::kEmpty);
  EXPECT_EQ(calls, kAttempts);
}

TEST_F(TsmReport, passing_errors_are_tried_again) {
  for (const int number : {EBUSY, EINTR, ETIMEDOUT, EIO, EAGAIN, EINVAL}) {
    kernel.errors["outblob"] = {number, number, number};
    EXPECT_TRUE(ask()) << number;
    kernel.errors["outblob"] = {number, number, number, number};
    EXPECT_EQ(failure().number, number);
    kernel.errors["inblob"] = {number};
    EXPECT_TRUE(ask()) << number;
    kernel.errors["auxblob"] = {number};
    EXPECT_TRUE(ask()) << number;
  }
}

TEST_F(TsmReport, lasting_errors_are_said_at_once) {
  const std::pair<int, Error> cases[] = {{ENXIO, Error::kNoProvider},
                                         {ENOTTY, Error::kProviderGone},
                                         {EACCES, Error::kForbidden},
                                         {EPERM, Error::kForbidden},
                                         {EFBIG, Error::kTooLarge}};
  for (const auto& [number, error] : cases) {
    kernel.requests = 0;
    kernel.errors["outblob"] = {number};
    const auto failed = failure();
    EXPECT_EQ(failed.error, error);
    EXPECT_EQ(failed.file, "outblob");
    EXPECT_EQ(kernel.requests, 1);
  }
}

TEST_F(TsmReport, a_late_driver_and_a_lost_one_are_told_apart) {
  kernel.provider.clear();
  EXPECT_EQ(failure().error, Error::kNoProvider);
  kernel.provider = "tdx_guest";
  kernel.driver = [&](ByteView) -> FileResult<Bytes> { return std::unexpected(ENOTTY); };
  EXPECT_EQ(failure().error, Error::kProviderGone);
  EXPECT_EQ(request_report(kernel, random, "/nowhere", question).error().error, Error::kNoProvider);
}

TEST_F(TsmReport, a_report_over_the_limit_is_refused) {
  kernel.driver = [](ByteView) -> FileResult<Bytes> { return Bytes(kMaxBlobSize); };
  EXPECT_TRUE(ask());
  kernel.driver = [](ByteView) -> FileResult<Bytes> { return Bytes(kMaxBlobSize + 1); };
  EXPECT_EQ(failure().error, Error::kTooLarge);
}

TEST_F(TsmReport, a_generation_that_is_no_number_is_an_error) {
  class Strange final : public Files {
   public:
    explicit Strange(Files& kernel) : kernel_(kernel) {}
    FileResult<Bytes> read(const std::string& path, std::size_t max) override {
      if (path.ends_with("/generation")) return to_bytes(as_bytes("-1\n"));
      return kernel_.read(path, max);
    }
    FileResult<void> write(const std::string& path, ByteView bytes) override { return kernel_.write(path, bytes); }
    FileResult<void> make_directory(const std::string& path) override { return kernel_.make_directory(path); }
    FileResult<void> remove_directory(const std::string& path) override { return kernel_.remove_directory(path); }

   private:
    Files& kernel_;
  } strange(kernel);
  EXPECT_EQ(request_report(strange, random, FakeKernel::kRoot, question).error().file, "generation");
}

TEST_F(TsmReport, failures_name_the_file_the_reason_and_the_next_step) {
  kernel.errors["outblob"] = {EFBIG};
  EXPECT_EQ(
      failure().to_string(),
      "configfs-tsm: the report is larger than the kernel, or this program, takes (outblob: too large (errno 27))");
  for (int error = 0; error <= static_cast<int>(Error::kFailed); ++error) {
    EXPECT_GT(to_string(static_cast<Error>(error)).size(), 20);
  }
}

}  // namespace
}  // namespace substratee::enclave::platform::tsm
