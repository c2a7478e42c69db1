#include "server/ops/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace oauth1d::ops {
namespace {

using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::SizeIs;

// What stands on stderr while the log is on, line by line, each of them one JSON object.
template <typename Action>
std::vector<json> Logged(Action action) {
  ::testing::internal::CaptureStderr();
  StartLog();
  action();
  StopLog();
  std::vector<json> lines;
  for (const absl::string_view line :
       absl::StrSplit(::testing::internal::GetCapturedStderr(), '\n', absl::SkipEmpty())) {
    lines.push_back(json::parse(line.begin(), line.end(), nullptr, false));
    EXPECT_TRUE(lines.back().is_object()) << line;
  }
  return lines;
}

TEST(LogTest, WritesOneLineAnRpcWithTheDocumentedFields) {
  RpcLine rpc;
  rpc.method = "StartAuthorization";
  rpc.code = "UNAVAILABLE";
  rpc.reason = "PROVIDER_UNREACHABLE";
  rpc.sent = "no";
  rpc.owner = "default";
  rpc.provider = "twitter";
  rpc.attempts = 2;
  rpc.duration = absl::Microseconds(1500);
  rpc.upstream = absl::Milliseconds(1);
  rpc.http_status = 503;
  rpc.state_id = "0123456789abcdef";
  rpc.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  rpc.span_id = "00f067aa0ba902b7";
  rpc.parent_span_id = "b7ad6b7169203331";
  const std::vector<json> lines = Logged([&] { LogRpc(rpc); });
  ASSERT_THAT(lines, SizeIs(1));
  json line = lines[0];
  EXPECT_THAT(line["time"].get<std::string>(), ContainsRegex("^[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z$"));
  line.erase("time");
  EXPECT_EQ(line, json::parse(R"({"level":"info","event":"rpc","method":"StartAuthorization","code":"UNAVAILABLE",
                                 "reason":"PROVIDER_UNREACHABLE","sent":"no","owner":"default","provider":"twitter",
                                 "attempts":2,"duration_ms":1.5,"upstream_ms":1.0,"http_status":503,
                                 "state_id":"0123456789abcdef","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7",
                                 "parent_span_id":"b7ad6b7169203331"})"));
}

TEST(LogTest, WritesSpansAsAnExporterWouldTellThem) {
  Span span;
  span.name = "upstream";
  span.trace_id = "4bf92f3577b34da6a3ce929d0e0e4736";
  span.span_id = "00f067aa0ba902b7";
  span.parent_span_id = "b7ad6b7169203331";
  span.start = absl::FromUnixMicros(1'700'000'000'000'001);
  span.duration = absl::Microseconds(1500);
  span.provider = "twitter";
  span.call = "api";
  span.http_status = 200;
  const std::vector<json> lines = Logged([&] { LogSpan(span); });
  ASSERT_THAT(lines, SizeIs(1));
  json line = lines[0];
  line.erase("time");
  EXPECT_EQ(line, json::parse(R"({"level":"info","event":"span","name":"upstream",
                                 "trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7",
                                 "parent_span_id":"b7ad6b7169203331","start":"2023-11-14T22:13:20.000001Z",
                                 "duration_ms":1.5,"provider":"twitter","call":"api","http_status":200})"));
}

TEST(LogTest, TellsScriptsWhereItListens) {
  const std::vector<json> lines = Logged([] { LogListening("127.0.0.1:50051"); });
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(lines[0]["event"], "listening");
  EXPECT_EQ(lines[0]["address"], "127.0.0.1:50051");
}

TEST(LogTest, AForgedLineStaysText) {
  const std::vector<json> lines = Logged([] {
    RpcLine rpc;
    rpc.provider = "x\r\n{\"level\":\"error\",\"event\":\"forged\"}\n";
    LogRpc(rpc);
    LogEvent(Level::kError, "keyring", "\n{\"level\":\"info\",\"event\":\"forged\"}");
    LogEvent(Level::kWarning, "store_lost");
    LogEvent(Level::kWarning, "provider_failed", "busy", "4bf92f3577b34da6a3ce929d0e0e4736");
    LogProvider(Level::kWarning, "breaker_open", "x\"\n", "away");
  });
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_EQ(lines[0]["event"], "rpc");
  EXPECT_EQ(lines[1]["level"], "error");
  EXPECT_EQ(lines[1]["event"], "keyring");
  EXPECT_EQ(lines[2]["level"], "warning");
  EXPECT_FALSE(lines[2].contains("message"));
  EXPECT_FALSE(lines[2].contains("trace_id"));
  EXPECT_EQ(lines[3]["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(lines[4]["provider"], "x\"\n");
  EXPECT_EQ(lines[4]["message"], "away");
}

TEST(LogTest, AnEndlessDurationBreaksNoLine) {
  const std::vector<json> lines = Logged([] {
    RpcLine rpc;
    rpc.duration = absl::InfiniteDuration();
    LogRpc(rpc);
  });
  ASSERT_THAT(lines, SizeIs(1));
}

TEST(LogTest, KeepsTheOrderAndWritesEverythingBeforeItStops) {
  const std::vector<json> lines = Logged([] {
    for (int i = 0; i < 1000; ++i) LogEvent(Level::kInfo, absl::StrCat("event", i));
  });
  ASSERT_THAT(lines, SizeIs(1000));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(lines[i]["event"], absl::StrCat("event", i));
}

TEST(LogTest, IsSilentBeforeItStartsAndAfterItStopped) {
  ::testing::internal::CaptureStderr();
  LogEvent(Level::kError, "nobody listens");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

// Stands in for stderr, and is a pipe, or a socket as journald's, that nobody reads.
class StoppedReader {
 public:
  explicit StoppedReader(bool socket) : stderr_(dup(STDERR_FILENO)) {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(socket ? socketpair(AF_UNIX, SOCK_STREAM, 0, pipe_) : pipe(pipe_), 0);
    dup2(pipe_[1], STDERR_FILENO);
  }
  ~StoppedReader() {
    Restore();
    close(pipe_[0]);
  }

  void Restore() {
    if (stderr_ < 0) return;
    dup2(stderr_, STDERR_FILENO);
    close(std::exchange(stderr_, -1));
    close(pipe_[1]);
  }

  // What comes until `last` is in it.
  std::string ReadUntil(absl::string_view last) {
    std::string text;
    char bytes[65536];
    while (!absl::StrContains(text, last)) {
      const ssize_t count = read(pipe_[0], bytes, sizeof bytes);
      if (count <= 0) break;
      text.append(bytes, count);
    }
    return text;
  }

 private:
  int stderr_;
  int pipe_[2] = {-1, -1};
};

class StoppedReaderTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(PipeAndSocket, StoppedReaderTest, ::testing::Bool());

TEST_P(StoppedReaderTest, HoldsNothingUpAndItsLostLinesAreTold) {
  constexpr int kLines = 20'000;
  StoppedReader reader(GetParam());
  StartLog();
  const absl::Time begin = absl::Now();
  for (int i = 0; i < kLines; ++i) LogEvent(Level::kInfo, absl::StrCat("event", i, "."));
  const absl::Duration took = absl::Now() - begin;
  const std::string text = reader.ReadUntil(absl::StrCat("event", kLines - 1, ".\"}\n"));
  const bool stopped = StopLog();
  reader.Restore();
  EXPECT_TRUE(stopped);
  EXPECT_LT(took, absl::Seconds(20));
  int64_t lost = 0;
  int64_t written = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const json object = json::parse(line.begin(), line.end(), nullptr, false);
    ASSERT_TRUE(object.is_object()) << line;
    if (object["event"] == "log_dropped") {
      EXPECT_EQ(object["level"], "warning");
      lost += object["count"].get<int64_t>();
    } else {
      ++written;
    }
  }
  EXPECT_GT(lost, 0);
  EXPECT_EQ(lost + written, kLines);
}

TEST_P(StoppedReaderTest, IsNotWaitedForAtTheEnd) {
  StoppedReader reader(GetParam());
  StartLog();
  for (int i = 0; i < 10'000; ++i) LogEvent(Level::kInfo, absl::StrCat("event", i));
  const absl::Time begin = absl::Now();
  StopLog();
  reader.Restore();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10)) << "1 s, on an idle machine";
}

}  // namespace
}  // namespace oauth1d::ops
