#include "server/rpc/error_status.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "oauth1d/status/v1/status.pb.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d::rpc {
namespace {

constexpr size_t kMaxMetadataValue = 512;
constexpr size_t kMaxMessage = 1024;
// Trailing metadata is base64 and at most 8 KiB with everything; an app_state may take 2 KiB of that.
constexpr size_t kMaxViolations = 10;
constexpr size_t kMaxDescription = 160;
// A longer one would not fit; nothing is lost by leaving it out, the old token still gets it (RefreshAccessToken).
constexpr size_t kMaxRenewedToken = 3 * 1024;

static_assert(static_cast<int>(Reason::kInvalidRequest) == v1::ERROR_REASON_INVALID_REQUEST);
static_assert(static_cast<int>(Reason::kTokenInvalid) == v1::ERROR_REASON_TOKEN_INVALID);
static_assert(static_cast<int>(Reason::kDestinationDenied) == v1::ERROR_REASON_DESTINATION_DENIED);
static_assert(static_cast<int>(Reason::kUserDenied) == v1::ERROR_REASON_USER_DENIED);
static_assert(static_cast<int>(Reason::kTokenExpired) == v1::ERROR_REASON_TOKEN_EXPIRED);
static_assert(static_cast<int>(Reason::kExchangeInProgress) == v1::ERROR_REASON_EXCHANGE_IN_PROGRESS);
static_assert(static_cast<int>(Reason::kInternal) == v1::ERROR_REASON_INTERNAL);
static_assert(static_cast<int>(Reason::kInternal) == v1::ErrorReason_MAX);

// Cut between characters: half of one would break a client's UTF-8 check.
std::string CutText(absl::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return std::string(text.substr(0, most));
}

// Under Google's type URL, so that every tool reads it.
void AddDetail(absl::string_view google_type, const google::protobuf::Message& detail, status::v1::Status& out) {
  google::protobuf::Any* const any = out.add_details();
  any->set_type_url(absl::StrCat("type.googleapis.com/", google_type));
  any->set_value(detail.SerializeAsString());
}

void AddErrorInfo(const absl::Status& status, absl::string_view provider, status::v1::Status& out) {
  status::v1::ErrorInfo info;
  info.set_reason(ReasonName(status));
  info.set_domain("oauth1d");
  auto& metadata = *info.mutable_metadata();
  metadata["sent"] = std::string(SentName(SentOf(status)));
  if (!provider.empty()) metadata["provider"] = EscapeForPeople(provider, kMaxMetadataValue);
  if (HttpStatusOf(status) != 0) metadata["http_status"] = absl::StrCat(HttpStatusOf(status));
  const std::string problem = OAuthProblemOf(status);
  if (!problem.empty()) metadata["oauth_problem"] = problem.substr(0, kMaxMetadataValue);
  const std::string advice = OAuthAdviceOf(status);
  if (!advice.empty()) metadata["oauth_problem_advice"] = advice.substr(0, kMaxMetadataValue);
  AddDetail("google.rpc.ErrorInfo", info, out);
}

void AddBadRequest(const absl::Status& status, status::v1::Status& out) {
  const std::vector<FieldViolation> violations = FieldViolationsOf(status);
  if (violations.empty()) return;
  status::v1::BadRequest bad_request;
  for (const FieldViolation& violation : violations) {
    if (static_cast<size_t>(bad_request.field_violations_size()) == kMaxViolations) break;
    status::v1::BadRequest::FieldViolation* const added = bad_request.add_field_violations();
    added->set_field(violation.field);
    added->set_description(CutText(violation.description, kMaxDescription));
  }
  AddDetail("google.rpc.BadRequest", bad_request, out);
}

}  // namespace

Reason EffectiveReason(const absl::Status& status) {
  if (status.ok() || ReasonOf(status) != Reason::kUnspecified) return ReasonOf(status);
  if (absl::IsDeadlineExceeded(status) || absl::IsCancelled(status)) return Reason::kDeadline;
  return Reason::kInternal;
}

std::string ReasonName(const absl::Status& status) {
  if (status.ok()) return "";
  const std::string& name = v1::ErrorReason_Name(static_cast<v1::ErrorReason>(EffectiveReason(status)));
  return std::string(absl::StripPrefix(name, "ERROR_REASON_"));
}

absl::string_view SentName(Sent sent) {
  switch (sent) {
    case Sent::kNo:
      return "no";
    case Sent::kMaybe:
      return "maybe";
    case Sent::kYes:
      return "yes";
  }
  return "no";
}

grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view provider) {
  if (status.ok()) return grpc::Status::OK;
  const Reason reason = EffectiveReason(status);
  const absl::StatusCode code = absl::IsCancelled(status) ? absl::StatusCode::kCancelled : CodeOf(reason);
  // The text of a fault of ours is for the log: it may tell more than a caller should know.
  const std::string message = reason == Reason::kInternal ? "a fault of the service; its log tells more"
                                                          : CutText(status.message(), kMaxMessage);
  status::v1::Status details;
  details.set_code(static_cast<int>(code));
  details.set_message(message);
  AddErrorInfo(status, provider, details);
  AddBadRequest(status, details);
  if (const std::optional<absl::Duration> delay = RetryAfterOf(status)) {
    status::v1::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(*delay));
    retry.mutable_retry_delay()->set_nanos(
        static_cast<int32_t>(absl::ToInt64Nanoseconds(*delay - absl::Seconds(absl::ToInt64Seconds(*delay)))));
    AddDetail("google.rpc.RetryInfo", retry, details);
  }
  if (const std::optional<std::string> app_state = AppStateOf(status)) {
    v1::FlowFailure failure;
    failure.set_app_state(*app_state);
    AddDetail("oauth1d.v1.FlowFailure", failure, details);
  }
  const std::string renewed = RenewedTokenOf(status);
  if (!renewed.empty() && renewed.size() <= kMaxRenewedToken) {
    v1::RenewedToken token;
    token.set_access_token(renewed);
    AddDetail("oauth1d.v1.RenewedToken", token, details);
  }
  return {static_cast<grpc::StatusCode>(code), message, details.SerializeAsString()};
}

}  // namespace oauth1d::rpc
