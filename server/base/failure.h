// What went wrong, inside an absl::Status: the one error language of the service. A failure has a reason (the
// contract's ErrorReason), says whether the provider can have seen the request, and may carry details. The
// room rpc turns it into a gRPC status; nobody else needs to know how.
#ifndef OAUTH1D_SERVER_BASE_FAILURE_H_
#define OAUTH1D_SERVER_BASE_FAILURE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oauth1d {

// The numbers of oauth1d.v1.ErrorReason; the room rpc asserts that they agree.
enum class Reason {
  kUnspecified = 0,
  kInvalidRequest = 1,
  kTokenInvalid = 2,
  kCallerUnknown = 3,
  kCallerNotAllowed = 4,
  kBindingMismatch = 5,
  kTokenMismatch = 6,
  kDestinationDenied = 7,
  kProviderNotFound = 8,
  kFlowNotFound = 9,
  kUserDenied = 10,
  kProviderRejected = 11,
  kConsumerRejected = 12,
  kCallbackNotConfirmed = 13,
  kBadTokenResponse = 14,
  kAlreadyCompleted = 15,
  kResponseTooLarge = 16,
  kTokenExpired = 17,
  kOutcomeUnknown = 18,
  kProviderUnreachable = 19,
  kProviderBusy = 20,
  kStoreUnavailable = 21,
  kExchangeInProgress = 22,
  kKeyNotLoaded = 23,
  kAuditUnavailable = 24,
  kOverloaded = 25,
  kStoreFull = 26,
  kQuotaExceeded = 27,
  kDeadline = 28,
  kRecordInvalid = 29,
  kInternal = 30,
};

// Whether the provider can have seen the request.
enum class Sent { kNo, kMaybe, kYes };

// One field of a request and what is wrong with it.
struct FieldViolation {
  std::string field;        // its path, e.g. call.headers[2].name
  std::string description;  // never the value where it may be a secret
};

// The gRPC code that a reason has on the wire (kDeadline: DEADLINE_EXCEEDED).
absl::StatusCode CodeOf(Reason reason);

// An error with this reason and its code. `message` is for people: no secret, no unescaped provider text.
absl::Status Fail(Reason reason, absl::string_view message);
// INVALID_REQUEST for one field.
absl::Status FailField(absl::string_view field, absl::string_view description);

// kUnspecified where the status has none.
Reason ReasonOf(const absl::Status& status);

// Details. Each With returns the status with the detail set; an OK status stays as it is.
absl::Status WithSent(absl::Status status, Sent sent);
Sent SentOf(const absl::Status& status);                            // kNo where nothing was said
absl::Status WithHttpStatus(absl::Status status, int http_status);  // 0: nothing is set
int HttpStatusOf(const absl::Status& status);                       // 0 where there is none
// `problem` in printable ASCII (see EscapeForPeople).
absl::Status WithOAuthProblem(absl::Status status, absl::string_view problem);
std::string OAuthProblemOf(const absl::Status& status);
// oauth_problem_advice, in printable ASCII.
absl::Status WithOAuthAdvice(absl::Status status, absl::string_view advice);
std::string OAuthAdviceOf(const absl::Status& status);
absl::Status WithRetryAfter(absl::Status status, absl::Duration delay);
std::optional<absl::Duration> RetryAfterOf(const absl::Status& status);
absl::Status WithAppState(absl::Status status, absl::string_view app_state);
std::optional<std::string> AppStateOf(const absl::Status& status);
// A sealed token that was renewed before the call failed: the caller must not lose it. Empty: nothing is set.
absl::Status WithRenewedToken(absl::Status status, absl::string_view access_token);
std::string RenewedTokenOf(const absl::Status& status);

// Collects what is wrong with a request, so that the caller hears of everything at once.
class FieldViolations {
 public:
  // More than this nobody reads, and a hostile request must not cost a message of its own size.
  static constexpr size_t kMost = 16;

  // True once kMost are there: more are not kept, so a loop may stop.
  bool full() const { return violations_.size() >= kMost; }
  void Add(absl::string_view field, absl::string_view description);
  // Adds the violations of a status made by FailField or by another collection, below `prefix`.
  void Add(absl::string_view prefix, const absl::Status& status);
  // OK where nothing was added.
  absl::Status ToStatus() const;

 private:
  std::vector<FieldViolation> violations_;
};
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);

// Printable ASCII of text from outside: other bytes, quotes and backslashes as \xNN, cut at `most` bytes.
std::string EscapeForPeople(absl::string_view text, size_t most = 256);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_FAILURE_H_
