#include "server/ops/log.h"

#include <memory>
#include <utility>

#include "server/ops/event_line.h"
#include "server/ops/line_writer.h"

namespace oauth1d::ops {
namespace {

constexpr absl::Duration kLongestStop = absl::Seconds(1);

std::shared_ptr<LineWriter>& Writer() {
  static auto* const writer = new std::shared_ptr<LineWriter>;
  return *writer;
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

JsonLine NewLine(Level level, absl::string_view event) { return BeginEventLine(LevelName(level), event); }

void Write(JsonLine line) {
  if (Writer() != nullptr) Writer()->Write(LineSource::kLog, std::move(line).Done());
}

}  // namespace

void StartLog() { Writer() = LineWriter::Stderr(); }

bool StopLog() {
  const std::shared_ptr<LineWriter> writer = std::move(Writer());
  if (writer == nullptr) return true;
  return writer.use_count() == 1 ? writer->Stop() : writer->Flush(kLongestStop);
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
      .Add("trace_id", rpc.trace_id)
      .Add("span_id", rpc.span_id)
      .Add("parent_span_id", rpc.parent_span_id);
  Write(std::move(line));
}

void LogEvent(Level level, absl::string_view event, absl::string_view text, absl::string_view trace_id) {
  JsonLine line = NewLine(level, event);
  if (!text.empty()) line.Add("message", text);
  if (!trace_id.empty()) line.Add("trace_id", trace_id);
  Write(std::move(line));
}

void LogProvider(Level level, absl::string_view event, absl::string_view provider, absl::string_view text) {
  JsonLine line = NewLine(level, event);
  line.Add("provider", provider).Add("message", text);
  Write(std::move(line));
}

void LogSpan(const Span& span) {
  JsonLine line = NewLine(Level::kInfo, "span");
  line.Add("name", span.name)
      .Add("trace_id", span.trace_id)
      .Add("span_id", span.span_id)
      .Add("parent_span_id", span.parent_span_id)
      .Add("start", absl::FormatTime("%Y-%m-%d%ET%H:%M:%E6SZ", span.start, absl::UTCTimeZone()))
      .AddMilliseconds("duration_ms", absl::ToDoubleMilliseconds(span.duration))
      .Add("provider", span.provider)
      .Add("call", span.call)
      .Add("http_status", span.http_status);
  Write(std::move(line));
}

void LogListening(absl::string_view address) {
  JsonLine line = NewLine(Level::kInfo, "listening");
  line.Add("address", address);
  Write(std::move(line));
}

void LogMetricsListening(absl::string_view address) {
  JsonLine line = NewLine(Level::kInfo, "metrics_listening");
  line.Add("address", address);
  Write(std::move(line));
}

uint64_t LogLinesDropped() { return Writer() != nullptr ? Writer()->dropped(LineSource::kLog) : 0; }

}  // namespace oauth1d::ops
