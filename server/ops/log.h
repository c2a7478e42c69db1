// The log: JSON lines on stderr. Only fields that stand in this header are ever logged: no secret, no header, no
// body, no URL (the name of a host that cannot be reached is none), and a state only as a keyed hash.
#ifndef OAUTH1D_SERVER_OPS_LOG_H_
#define OAUTH1D_SERVER_OPS_LOG_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/ops/span.h"

namespace oauth1d::ops {

enum class Level { kInfo, kWarning, kError };

// One finished RPC.
struct RpcLine {
  absl::string_view method;
  absl::string_view code;
  absl::string_view reason;  // empty: OK
  absl::string_view sent;    // no, maybe, yes
  std::string owner;
  std::string provider;
  int attempts = 0;
  absl::Duration duration;
  absl::Duration upstream;
  int http_status = 0;
  std::string state_id;
  std::string trace_id;
  std::string span_id;
  std::string parent_span_id;
};

// Begins to write. Lines go through a bounded queue and a thread of its own: a slow stderr drops the oldest lines
// and never stops an RPC; a line of event log_dropped tells of it later. Call once, before any other.
void StartLog();
// Writes what is queued, for a second at most, and stops. Nothing is logged after it; what others still write to stderr
// must be over. False: the thread that writes to it stands still; the process can only be left by _exit then.
bool StopLog();

// Thread-safe.
void LogRpc(const RpcLine& line);
// `event` is a name of ours; `text` for people; `trace_id` where it belongs to an RPC.
void LogEvent(Level level, absl::string_view event, absl::string_view text = "", absl::string_view trace_id = "");
// The same about one provider, by its name in the configuration.
void LogProvider(Level level, absl::string_view event, absl::string_view provider, absl::string_view text);
// What an exporter would be told.
void LogSpan(const Span& span);
// The line that scripts wait for: {"event":"listening","address":"127.0.0.1:50051"}.
void LogListening(absl::string_view address);
// The same of the port for Prometheus: {"event":"metrics_listening","address":"127.0.0.1:9464"}.
void LogMetricsListening(absl::string_view address);

// Lines that were dropped so far.
uint64_t LogLinesDropped();

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_LOG_H_
