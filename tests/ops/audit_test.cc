#include "server/ops/audit.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "server/ops/log.h"

namespace oauth1d::ops {
namespace {

using nlohmann::json;
using ::testing::SizeIs;

// A folder of its own, and in it a FIFO whose reader a test plays.
class AuditTest : public ::testing::Test {
 protected:
  AuditTest() {
    std::signal(SIGPIPE, SIG_IGN);
    std::string pattern = ::testing::TempDir() + "audit-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~AuditTest() override {
    if (reader_ >= 0) close(reader_);
    std::filesystem::remove_all(folder_);
  }

  std::string Path(absl::string_view name) const { return absl::StrCat(folder_, "/", name); }

  static std::unique_ptr<AuditLog> Open(const std::string& file, bool refuse = false) {
    absl::StatusOr<std::unique_ptr<AuditLog>> audit = AuditLog::Open({file, refuse});
    EXPECT_TRUE(audit.ok()) << audit.status();
    return *std::move(audit);
  }

  // An audit log whose reader is there, and reads nothing yet.
  std::unique_ptr<AuditLog> OpenPipe() {
    EXPECT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
    reader_ = open(Path("pipe").c_str(), O_RDONLY | O_NONBLOCK);
    return Open(Path("pipe"));
  }

  // The lines that come until `done` says that it is enough.
  template <typename Done>
  std::vector<json> ReadPipe(Done done) {
    std::string text;
    std::vector<json> lines;
    const absl::Time end = absl::Now() + absl::Seconds(30);
    while (!done(lines) && absl::Now() < end) {
      char bytes[65536];
      const ssize_t count = read(reader_, bytes, sizeof bytes);
      if (count > 0) text.append(bytes, count);
      if (count <= 0) absl::SleepFor(absl::Milliseconds(5));
      for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n')) {
        lines.push_back(Parse(text.substr(0, at)));
        text.erase(0, at + 1);
      }
    }
    return lines;
  }

  static json Parse(absl::string_view line) {
    json object = json::parse(line.begin(), line.end(), nullptr, false);
    EXPECT_TRUE(object.is_object()) << line;
    return object;
  }

  static std::vector<json> LinesOf(const std::string& path) {
    std::vector<json> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(Parse(line));
    return lines;
  }

  static AuditLine Line(int number = 0) {
    AuditLine line;
    line.method = "SignedRequest";
    line.decision = "allow";
    line.owner = absl::StrCat("owner-", number);
    return line;
  }

  // Fills the pipe, so that nothing more goes in; gives how many lines were given.
  static int Fill(AuditLog& audit) {
    int count = 0;
    while (audit.dropped() == 0) audit.Write(Line(count++));
    return count;
  }

  // Whether the line was told to be written, and how long that took.
  static std::pair<bool, absl::Duration> WriteAndWait(AuditLog& audit, int number = 0) {
    auto told = std::make_shared<std::promise<bool>>();
    std::future<bool> written = told->get_future();
    const absl::Time begin = absl::Now();
    audit.Write(Line(number), [told](bool is_written) { told->set_value(is_written); });
    const bool is_written = written.get();
    return {is_written, absl::Now() - begin};
  }

  std::string folder_;
  int reader_ = -1;
};

TEST_F(AuditTest, ALineHasTheDocumentedFieldsAndLeavesOutWhatIsEmpty) {
  {
    const auto audit = Open(Path("audit"));
    AuditLine line;
    line.method = "SignedRequest";
    line.decision = "deny";
    line.reason = "CALLER_NOT_ALLOWED";
    line.peer = "ipv4:10.0.0.7:40000";
    line.identity = "spiffe://example.org/\r\n{\"event\":\"forged\"}";
    line.owner = "shop";
    line.provider = "twitter";
    line.http_method = "GET";
    line.state_id = "0123456789abcdef";
    line.token_id = "fedcba";
    line.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    audit->Write(line);
    audit->Write(Line());
  }
  std::vector<json> lines = LinesOf(Path("audit"));
  ASSERT_THAT(lines, SizeIs(2));
  for (json& line : lines) {
    EXPECT_THAT(line["time"].get<std::string>(), SizeIs(24));
    line.erase("time");
  }
  EXPECT_EQ(lines[0], json::parse(R"({"level":"info","event":"audit","method":"SignedRequest","decision":"deny",
      "reason":"CALLER_NOT_ALLOWED","peer":"ipv4:10.0.0.7:40000","identity":"spiffe://example.org/\r\n{\"event\":\"forged\"}","owner":"shop",
      "provider":"twitter","http_method":"GET","state_id":"0123456789abcdef","token_id":"fedcba",
      "trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"})"));
  EXPECT_EQ(lines[1], json::parse(R"({"level":"info","event":"audit","method":"SignedRequest","decision":"allow",
                                      "owner":"owner-0"})"));
}

TEST_F(AuditTest, TheFileIsTheOwnersAloneAndIsAppendedTo) {
  umask(0);
  for (int run = 0; run < 2; ++run) Open(Path("audit"))->Write(Line(run));
  struct stat about {};
  ASSERT_EQ(stat(Path("audit").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  EXPECT_THAT(LinesOf(Path("audit")), SizeIs(2));
}

TEST_F(AuditTest, AFileThatCannotBeOpenedIsTold) {
  EXPECT_EQ(AuditLog::Open({Path("no/such/folder"), false}).status().code(), absl::StatusCode::kUnavailable);
  ASSERT_EQ(mkfifo(Path("nobody-reads").c_str(), 0600), 0);
  EXPECT_EQ(AuditLog::Open({Path("nobody-reads"), false}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(AuditTest, WhoeverWaitsIsToldThatALineStandsThere) {
  const auto audit = Open(Path("audit"), true);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(WriteAndWait(*audit, i).first);
    EXPECT_THAT(LinesOf(Path("audit")), SizeIs(i + 1));
  }
  EXPECT_EQ(audit->dropped(), 0U);
}

TEST_F(AuditTest, AFullDiskCostsLinesThatAreCountedAndNoTime) {
  const auto audit = Open("/dev/full");
  const absl::Time begin = absl::Now();
  for (int i = 0; i < 1000; ++i) audit->Write(Line(i));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  while (audit->dropped() < 1000 && absl::Now() - begin < absl::Seconds(30)) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(audit->dropped(), 1000U);
}

TEST_F(AuditTest, AFullDiskIsToldToWhoeverWaits) {
  const auto audit = Open("/dev/full", true);
  for (int i = 0; i < 10; ++i) {
    const auto [written, took] = WriteAndWait(*audit);
    EXPECT_FALSE(written);
    EXPECT_LT(took, absl::Seconds(5));
  }
  EXPECT_EQ(audit->dropped(), 0U);
}

TEST_F(AuditTest, AFileThatMayNotGrowEndsInWholeLinesOnceItMay) {
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{1000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto audit = Open(Path("audit"));
  for (int i = 0; i < 100; ++i) audit->Write(Line(i));
  EXPECT_FALSE(WriteAndWait(*audit).first) << "and all before it were tried";
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(WriteAndWait(*audit, 1000).first);
  const std::vector<json> lines = LinesOf(Path("audit"));
  uint64_t written = 0;
  uint64_t told = 0;
  for (const json& line : lines) {
    if (line["event"] == "audit_dropped") told += line["count"].get<uint64_t>();
    if (line["event"] == "audit") ++written;
  }
  EXPECT_EQ(told, audit->dropped());
  EXPECT_EQ(written + told, 101U) << "the refused one counts nowhere";
  EXPECT_EQ(lines.back()["owner"], "owner-1000");
  EXPECT_EQ(lines[lines.size() - 2]["event"], "audit_dropped");
}

TEST_F(AuditTest, AReaderThatStoppedCostsTheOldestLinesAndIsToldOfThem) {
  const auto audit = OpenPipe();
  const absl::Time begin = absl::Now();
  const int given = Fill(*audit) + 5000;
  for (int i = given - 5000; i < given; ++i) audit->Write(Line(i));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(20));
  const uint64_t dropped = audit->dropped();
  EXPECT_GE(dropped, 5000U);
  const std::vector<json> lines = ReadPipe([given](const std::vector<json>& so_far) {
    return !so_far.empty() && so_far.back().value("owner", "") == absl::StrCat("owner-", given - 1);
  });
  uint64_t told = 0;
  for (const json& line : lines) {
    if (line["event"] == "audit_dropped") told += line["count"].get<uint64_t>();
  }
  EXPECT_EQ(told, dropped);
  EXPECT_EQ(lines.size(), given - dropped + 1);
  EXPECT_EQ(lines.back()["owner"], absl::StrCat("owner-", given - 1));
}

TEST_F(AuditTest, WhoeverWaitsForAReaderThatStoppedIsToldSoon) {
  const auto audit = OpenPipe();
  bool written = true;
  int count = 0;
  while (written && count < 100'000) {
    absl::Duration took;
    std::tie(written, took) = WriteAndWait(*audit, count++);
    EXPECT_LT(took, absl::Seconds(10)) << "200 ms, on an idle machine";
  }
  EXPECT_FALSE(written);
  // Now it is known: nobody waits any more.
  std::atomic<int> told = 0;
  for (int i = 0; i < 1000; ++i) {
    audit->Write(Line(), [&told](bool is_written) { told += is_written ? 0 : 1; });
  }
  EXPECT_EQ(told, 1000);
  const std::vector<json> lines =
      ReadPipe([&](const std::vector<json>& so_far) { return so_far.size() >= static_cast<size_t>(count) - 1; });
  for (int i = 0; i + 1 < count; ++i) EXPECT_EQ(lines[i]["owner"], absl::StrCat("owner-", i));
  // It reads again, and lines are written again.
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (!(written = WriteAndWait(*audit, 77).first) && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_TRUE(written);
  EXPECT_EQ(audit->dropped(), 0U);
}

TEST_F(AuditTest, AReaderThatWentAwayCostsLinesAndNoMore) {
  const auto audit = OpenPipe();
  close(std::exchange(reader_, -1));
  EXPECT_FALSE(WriteAndWait(*audit).first);
  audit->Write(Line());
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (audit->dropped() == 0 && absl::Now() < end) absl::SleepFor(absl::Milliseconds(1));
  EXPECT_EQ(audit->dropped(), 1U);
}

TEST_F(AuditTest, TheEndDoesNotWaitForAReader) {
  auto audit = OpenPipe();
  Fill(*audit);
  std::atomic<int> told = 0;
  audit->Write(Line(), [&told](bool) { ++told; });
  const absl::Time begin = absl::Now();
  audit.reset();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10)) << "1 s, on an idle machine";
  EXPECT_EQ(told, 1) << "whoever waits is told, whatever happens";
}

TEST_F(AuditTest, ARotatedFileIsLeftAndANewOneBegun) {
  const auto audit = Open(Path("audit"));
  ASSERT_TRUE(WriteAndWait(*audit, 1).first);
  std::filesystem::rename(Path("audit"), Path("audit.1"));
  ASSERT_TRUE(WriteAndWait(*audit, 2).first);
  ASSERT_TRUE(audit->Reopen().ok());
  ASSERT_TRUE(WriteAndWait(*audit, 3).first);
  EXPECT_THAT(LinesOf(Path("audit.1")), SizeIs(2));
  ASSERT_THAT(LinesOf(Path("audit")), SizeIs(1));
  EXPECT_EQ(LinesOf(Path("audit"))[0]["owner"], "owner-3");
}

TEST_F(AuditTest, AFileThatCannotBeOpenedAnewKeepsTheOldOne) {
  std::filesystem::create_directory(Path("logs"));
  const auto audit = Open(Path("logs/audit"));
  std::filesystem::rename(Path("logs"), Path("moved"));
  EXPECT_EQ(audit->Reopen().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(WriteAndWait(*audit).first);
  EXPECT_THAT(LinesOf(Path("moved/audit")), SizeIs(1));
}

TEST_F(AuditTest, SharesStderrWithTheLogLineByLine) {
  ::testing::internal::CaptureStderr();
  StartLog();
  {
    const auto audit = Open("");
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&audit] {
        for (int i = 0; i < 500; ++i) {
          audit->Write(Line(i));
          LogEvent(Level::kInfo, "something", std::string(i, 'x'));
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_TRUE(audit->Reopen().ok()) << "there is nothing to open";
  }
  EXPECT_TRUE(StopLog());
  int audits = 0;
  int events = 0;
  for (const absl::string_view line :
       absl::StrSplit(::testing::internal::GetCapturedStderr(), '\n', absl::SkipEmpty())) {
    const json object = Parse(line);
    audits += object["event"] == "audit" ? 1 : 0;
    events += object["event"] == "something" ? 1 : 0;
  }
  EXPECT_EQ(audits, 2000);
  EXPECT_EQ(events, 2000);
}

TEST_F(AuditTest, TheLogTellsOnceThatTheAuditCannotBeWritten) {
  ::testing::internal::CaptureStderr();
  StartLog();
  {
    const auto audit = Open("/dev/full");
    for (int i = 0; i < 100; ++i) WriteAndWait(*audit);
  }
  StopLog();
  const std::string log = ::testing::internal::GetCapturedStderr();
  const json line = Parse(absl::StripSuffix(log, "\n"));
  EXPECT_EQ(line["event"], "audit_unavailable");
  EXPECT_EQ(line["level"], "warning");
  EXPECT_EQ(line["message"], "the audit log cannot be written: No space left on device");
}

}  // namespace
}  // namespace oauth1d::ops
