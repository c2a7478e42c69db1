#include "server/ops/log.h"

#include <spdlog/async.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <future>
#include <memory>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "server/ops/json_line.h"

namespace oauth1d::ops {
namespace {

constexpr size_t kQueueLines = 8192;
constexpr std::chrono::seconds kLongestStop(1);

std::shared_ptr<spdlog::logger>& Logger() {
  static auto* const logger = new std::shared_ptr<spdlog::logger>;
  return *logger;
}

absl::string_view LevelName(Level level) {
  switch (level) {
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "";
}

JsonLine NewLine(Level level, absl::string_view event) {
  JsonLine line;
  line.Add("time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()))
      .Add("level", LevelName(level))
      .Add("event", event);
  return line;
}

void Write(JsonLine line) {
  if (Logger() != nullptr) Logger()->info(std::move(line).Done());
}

}  // namespace

void StartLog() {
  spdlog::init_thread_pool(kQueueLines, 1);
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  Logger() = std::make_shared<spdlog::async_logger>("oauth1d", std::move(sink), spdlog::thread_pool(),
                                                    spdlog::async_overflow_policy::overrun_oldest);
  Logger()->set_pattern("%v");
  Logger()->flush_on(spdlog::level::info);
}

bool StopLog() {
  // It joins the thread that writes, which may stand in a write to a pipe that nobody reads.
  auto stopped = std::make_shared<std::promise<void>>();
  std::future<void> over = stopped->get_future();
  std::thread([stopped] {
    spdlog::shutdown();
    stopped->set_value();
  }).detach();
  if (over.wait_for(kLongestStop) != std::future_status::ready) return false;
  Logger().reset();
  return true;
}

void LogRpc(const RpcLine& rpc) {
  JsonLine line = NewLine(Level::kInfo, "rpc");
  line.Add("method", rpc.method)
      .Add("code", rpc.code)
      .Add("reason", rpc.reason)
      .Add("sent", rpc.sent)
      .Add("owner", rpc.owner)
      .Add("provider", rpc.provider)
      .Add("attempts", rpc.attempts)
      .AddMilliseconds("duration_ms", absl::ToDoubleMilliseconds(rpc.duration))
      .AddMilliseconds("upstream_ms", absl::ToDoubleMilliseconds(rpc.upstream))
      .Add("http_status", rpc.http_status)
      .Add("state_id", rpc.state_id)
      .Add("trace_id", rpc.trace_id);
  Write(std::move(line));
}

void LogEvent(Level level, absl::string_view event, absl::string_view text) {
  JsonLine line = NewLine(level, event);
  if (!text.empty()) line.Add("message", text);
  Write(std::move(line));
}

void LogListening(absl::string_view address) {
  JsonLine line = NewLine(Level::kInfo, "listening");
  line.Add("address", address);
  Write(std::move(line));
}

}  // namespace oauth1d::ops
