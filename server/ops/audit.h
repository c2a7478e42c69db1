// The audit log: one line of JSON for each decision, to stderr or to a file of its own.
#ifndef OAUTH1D_SERVER_OPS_AUDIT_H_
#define OAUTH1D_SERVER_OPS_AUDIT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oauth1d::ops {

struct AuditOptions {
  std::string file;               // absolute; empty: stderr
  bool refuse_when_full = false;  // tells of each line whether it was written
};

// What a line holds, besides time, level and event. Nothing else is ever written.
struct AuditLine {
  absl::string_view method;
  absl::string_view decision;  // allow or deny
  absl::string_view reason;    // of a denial
  std::string peer;            // of a denial
  std::string identity;
  std::string owner;
  std::string provider;
  std::string http_method;
  std::string state_id;
  std::string token_id;
  std::string trace_id;
};

// Writes from a thread of its own, through a bounded queue. Thread-safe.
class AuditLog {
 public:
  // Told, from the writing thread or from the caller's, whether the line was written as a whole.
  using Written = std::function<void(bool)>;

  // Errors: kUnavailable: the file cannot be opened for appending (0600 if it is made).
  static absl::StatusOr<std::unique_ptr<AuditLog>> Open(AuditOptions options);
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;
  // Writes what is queued, for a second at most.
  ~AuditLog();

  // Never blocks. Without `written`: a line that has no room, or cannot be written, is dropped and counted; once lines
  // can be written again, a line of event audit_dropped with `count` goes first. With it: `written(false)` then.
  void Write(const AuditLine& line, Written written = nullptr);

  // Opens the file anew: for whoever rotates it by renaming. Keeps the old one, and says why, if that fails.
  absl::Status Reopen();

  // Lines that were dropped so far.
  uint64_t dropped() const;

 private:
  struct State;
  explicit AuditLog(std::shared_ptr<State> state);
  const std::shared_ptr<State> state_;
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_AUDIT_H_
