#include "server/rpc/traceparent.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "server/ops/log.h"

namespace oauth1d::rpc {
namespace {

constexpr size_t kTraceIdBytes = 16;
constexpr size_t kSpanIdBytes = 8;
// 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
constexpr size_t kTraceIdAt = 3;
constexpr size_t kSpanIdAt = 36;
constexpr size_t kFlagsAt = 53;
constexpr size_t kLength = 55;
constexpr int kSampled = 1;

bool IsHex(absl::string_view text) { return text.find_first_not_of("0123456789abcdef") == absl::string_view::npos; }

// All zeros is what the standard calls invalid.
bool IsId(absl::string_view text) { return IsHex(text) && text.find_first_not_of('0') != absl::string_view::npos; }

int LowBits(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

}  // namespace

std::optional<Traceparent> ParseTraceparent(absl::string_view text) {
  if (text.size() < kLength || text[2] != '-' || text[kSpanIdAt - 1] != '-' || text[kFlagsAt - 1] != '-') {
    return std::nullopt;
  }
  const absl::string_view version = text.substr(0, 2);
  if (!IsHex(version) || version == "ff") return std::nullopt;
  const bool longer = text.size() > kLength;
  if (longer && (version == "00" || text[kLength] != '-')) return std::nullopt;
  const absl::string_view trace_id = text.substr(kTraceIdAt, 2 * kTraceIdBytes);
  const absl::string_view parent = text.substr(kSpanIdAt, 2 * kSpanIdBytes);
  const absl::string_view flags = text.substr(kFlagsAt, 2);
  if (!IsId(trace_id) || !IsId(parent) || !IsHex(flags)) return std::nullopt;
  Traceparent traceparent;
  traceparent.trace_id = std::string(trace_id);
  traceparent.parent_span_id = std::string(parent);
  traceparent.sampled = (LowBits(flags[1]) & kSampled) != 0;
  return traceparent;
}

flow::Trace TraceOf(absl::string_view traceparent, Environment& environment) {
  flow::Trace trace;
  // One draw for both; a trace that cannot be told must not break a call.
  const absl::StatusOr<std::string> random = environment.RandomBytes(kSpanIdBytes + kTraceIdBytes);
  if (random.ok()) trace.span_id = absl::BytesToHexString(random->substr(0, kSpanIdBytes));
  if (std::optional<Traceparent> given = ParseTraceparent(traceparent)) {
    trace.trace_id = std::move(given->trace_id);
    trace.parent_span_id = std::move(given->parent_span_id);
    trace.sampled = given->sampled && random.ok();
  } else if (random.ok()) {
    trace.trace_id = absl::BytesToHexString(random->substr(kSpanIdBytes));
  }
  trace.tell = ops::LogSpan;
  return trace;
}

}  // namespace oauth1d::rpc
