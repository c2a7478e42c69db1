#include "server/base/failure.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace oauth1d {
namespace {

constexpr char kReason[] = "oauth1d/reason";
constexpr char kSent[] = "oauth1d/sent";
constexpr char kHttpStatus[] = "oauth1d/http_status";
constexpr char kOAuthProblem[] = "oauth1d/oauth_problem";
constexpr char kOAuthAdvice[] = "oauth1d/oauth_problem_advice";
constexpr char kRenewedToken[] = "oauth1d/renewed_token";
constexpr char kRetryAfter[] = "oauth1d/retry_after_ms";
constexpr char kAppState[] = "oauth1d/app_state";
constexpr char kFields[] = "oauth1d/fields";

absl::Status With(absl::Status status, absl::string_view key, absl::string_view value) {
  status.SetPayload(key, absl::Cord(value));
  return status;
}

std::optional<std::string> DetailOf(const absl::Status& status, absl::string_view key) {
  const absl::optional<absl::Cord> payload = status.GetPayload(key);
  if (!payload.has_value()) return std::nullopt;
  return std::string(*payload);
}

int64_t NumberOf(const absl::Status& status, absl::string_view key) {
  int64_t number = 0;
  const std::optional<std::string> text = DetailOf(status, key);
  if (!text.has_value() || !absl::SimpleAtoi(*text, &number)) return 0;
  return number;
}

}  // namespace

absl::StatusCode CodeOf(Reason reason) {
  switch (reason) {
    case Reason::kInvalidRequest:
    case Reason::kTokenInvalid:
      return absl::StatusCode::kInvalidArgument;
    case Reason::kCallerUnknown:
      return absl::StatusCode::kUnauthenticated;
    case Reason::kCallerNotAllowed:
    case Reason::kBindingMismatch:
    case Reason::kTokenMismatch:
    case Reason::kDestinationDenied:
      return absl::StatusCode::kPermissionDenied;
    case Reason::kProviderNotFound:
    case Reason::kFlowNotFound:
      return absl::StatusCode::kNotFound;
    case Reason::kUserDenied:
    case Reason::kProviderRejected:
    case Reason::kConsumerRejected:
    case Reason::kCallbackNotConfirmed:
    case Reason::kBadTokenResponse:
    case Reason::kAlreadyCompleted:
    case Reason::kResponseTooLarge:
    case Reason::kTokenExpired:
      return absl::StatusCode::kFailedPrecondition;
    case Reason::kOutcomeUnknown:
      return absl::StatusCode::kUnknown;
    case Reason::kProviderUnreachable:
    case Reason::kProviderBusy:
    case Reason::kStoreUnavailable:
    case Reason::kExchangeInProgress:
    case Reason::kKeyNotLoaded:
    case Reason::kAuditUnavailable:
      return absl::StatusCode::kUnavailable;
    case Reason::kOverloaded:
    case Reason::kStoreFull:
    case Reason::kQuotaExceeded:
      return absl::StatusCode::kResourceExhausted;
    case Reason::kDeadline:
      return absl::StatusCode::kDeadlineExceeded;
    case Reason::kRecordInvalid:
      return absl::StatusCode::kDataLoss;
    case Reason::kUnspecified:
    case Reason::kInternal:
      return absl::StatusCode::kInternal;
  }
  return absl::StatusCode::kInternal;
}

absl::Status Fail(Reason reason, absl::string_view message) {
  return With(absl::Status(CodeOf(reason), message), kReason, absl::StrCat(static_cast<int>(reason)));
}

absl::Status FailField(absl::string_view field, absl::string_view description) {
  FieldViolations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

Reason ReasonOf(const absl::Status& status) { return static_cast<Reason>(NumberOf(status, kReason)); }

absl::Status WithSent(absl::Status status, Sent sent) {
  return With(std::move(status), kSent, absl::StrCat(static_cast<int>(sent)));
}

Sent SentOf(const absl::Status& status) { return static_cast<Sent>(NumberOf(status, kSent)); }

absl::Status WithHttpStatus(absl::Status status, int http_status) {
  return http_status == 0 ? status : With(std::move(status), kHttpStatus, absl::StrCat(http_status));
}

int HttpStatusOf(const absl::Status& status) { return static_cast<int>(NumberOf(status, kHttpStatus)); }

absl::Status WithOAuthProblem(absl::Status status, absl::string_view problem) {
  return problem.empty() ? status : With(std::move(status), kOAuthProblem, problem);
}

std::string OAuthProblemOf(const absl::Status& status) { return DetailOf(status, kOAuthProblem).value_or(""); }

absl::Status WithOAuthAdvice(absl::Status status, absl::string_view advice) {
  return advice.empty() ? status : With(std::move(status), kOAuthAdvice, advice);
}

std::string OAuthAdviceOf(const absl::Status& status) { return DetailOf(status, kOAuthAdvice).value_or(""); }

absl::Status WithRetryAfter(absl::Status status, absl::Duration delay) {
  return With(std::move(status), kRetryAfter, absl::StrCat(absl::ToInt64Milliseconds(delay)));
}

std::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  if (!DetailOf(status, kRetryAfter).has_value()) return std::nullopt;
  return absl::Milliseconds(NumberOf(status, kRetryAfter));
}

absl::Status WithAppState(absl::Status status, absl::string_view app_state) {
  return With(std::move(status), kAppState, app_state);
}

std::optional<std::string> AppStateOf(const absl::Status& status) { return DetailOf(status, kAppState); }

absl::Status WithRenewedToken(absl::Status status, absl::string_view access_token) {
  return access_token.empty() ? status : With(std::move(status), kRenewedToken, access_token);
}

std::string RenewedTokenOf(const absl::Status& status) { return DetailOf(status, kRenewedToken).value_or(""); }

void FieldViolations::Add(absl::string_view field, absl::string_view description) {
  if (full()) return;
  violations_.push_back({std::string(field), std::string(description)});
}

void FieldViolations::Add(absl::string_view prefix, const absl::Status& status) {
  for (const FieldViolation& violation : FieldViolationsOf(status)) {
    Add(absl::StrCat(prefix, violation.field.empty() || prefix.empty() ? "" : ".", violation.field),
        violation.description);
  }
}

absl::Status FieldViolations::ToStatus() const {
  if (violations_.empty()) return absl::OkStatus();
  const std::string message = absl::StrJoin(violations_, "; ", [](std::string* out, const FieldViolation& violation) {
    absl::StrAppend(out, violation.field, ": ", violation.description);
  });
  // NUL separates: neither paths nor descriptions hold one.
  const std::string payload =
      absl::StrJoin(violations_, absl::string_view("\0", 1), [](std::string* out, const FieldViolation& violation) {
        absl::StrAppend(out, violation.field, absl::string_view("\0", 1), violation.description);
      });
  return With(Fail(Reason::kInvalidRequest, message), kFields, payload);
}

std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status) {
  std::vector<FieldViolation> violations;
  const std::optional<std::string> payload = DetailOf(status, kFields);
  if (!payload.has_value()) return violations;
  const std::vector<std::string> parts = absl::StrSplit(*payload, absl::ByChar('\0'));
  for (size_t i = 0; i + 1 < parts.size(); i += 2) violations.push_back({parts[i], parts[i + 1]});
  return violations;
}

std::string EscapeForPeople(absl::string_view text, size_t most) {
  std::string escaped;
  for (const char c : text) {
    const bool plain = c >= 0x20 && c < 0x7f && c != '\\' && c != '"';
    const std::string piece = plain ? std::string(1, c) : absl::StrFormat("\\x%02x", static_cast<unsigned char>(c));
    if (escaped.size() + piece.size() > most) break;
    escaped += piece;
  }
  return escaped;
}

}  // namespace oauth1d
