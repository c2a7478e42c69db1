#include "oauth1d/failure.h"

#include <google/protobuf/any.pb.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "oauth1d/hidden_text.h"
#include "oauth1d/status/v1/status.pb.h"

namespace oauth1d {
namespace {

constexpr char kErrorInfo[] = "type.googleapis.com/google.rpc.ErrorInfo";
constexpr char kBadRequest[] = "type.googleapis.com/google.rpc.BadRequest";
constexpr char kRetryInfo[] = "type.googleapis.com/google.rpc.RetryInfo";
constexpr char kFlowFailure[] = "type.googleapis.com/oauth1d.v1.FlowFailure";
constexpr char kDomain[] = "oauth1d";
// A longer wait is none that anybody meant, and would overflow a protobuf Duration's range.
constexpr absl::Duration kLongestRetryAfter = absl::Hours(24);

// The detail of this type, where there is one that can be read.
template <typename Message>
std::optional<Message> Detail(const absl::Status& status, const char* type_url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(type_url);
  Message message;
  if (!payload.has_value() || !message.ParseFromString(std::string(*payload))) return std::nullopt;
  return message;
}

template <typename Message>
std::optional<Message> HiddenDetail(const absl::Status& status, const char* type_url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(type_url);
  Message message;
  if (!payload.has_value()) return std::nullopt;
  const std::optional<std::string> bytes = Revealed(*payload);
  if (!bytes.has_value() || !message.ParseFromString(*bytes)) return std::nullopt;
  return message;
}

Failure::Sent SentOf(const std::string& text) {
  if (text == "no") return Failure::Sent::kNo;
  return text == "yes" ? Failure::Sent::kYes : Failure::Sent::kMaybe;
}

void AddErrorInfo(const absl::Status& status, Failure& failure) {
  const std::optional<status::v1::ErrorInfo> info = Detail<status::v1::ErrorInfo>(status, kErrorInfo);
  if (!info.has_value() || info->domain() != kDomain) return;
  failure.reason_name = info->reason();
  if (!v1::ErrorReason_Parse(absl::StrCat("ERROR_REASON_", info->reason()), &failure.reason)) {
    failure.reason = v1::ERROR_REASON_UNSPECIFIED;
  }
  failure.metadata.insert(info->metadata().begin(), info->metadata().end());
  const auto metadata = [&](const char* name) {
    const auto found = failure.metadata.find(name);
    return found == failure.metadata.end() ? "" : found->second;
  };
  failure.sent = SentOf(metadata("sent"));
  if (!absl::SimpleAtoi(metadata("http_status"), &failure.http_status)) failure.http_status = 0;
  failure.oauth_problem = metadata("oauth_problem");
  failure.oauth_problem_advice = metadata("oauth_problem_advice");
  failure.provider = metadata("provider");
}

}  // namespace

Failure FailureOf(const absl::Status& status) {
  Failure failure;
  AddErrorInfo(status, failure);
  if (const auto bad_request = Detail<status::v1::BadRequest>(status, kBadRequest)) {
    for (const auto& violation : bad_request->field_violations()) {
      failure.field_violations.push_back({violation.field(), violation.description()});
    }
  }
  if (const auto retry = Detail<status::v1::RetryInfo>(status, kRetryInfo)) {
    const absl::Duration delay =
        absl::Seconds(retry->retry_delay().seconds()) + absl::Nanoseconds(retry->retry_delay().nanos());
    if (delay >= absl::ZeroDuration()) failure.retry_after = std::min(delay, kLongestRetryAfter);
  }
  if (const auto flow = HiddenDetail<v1::FlowFailure>(status, kFlowFailure)) failure.app_state = flow->app_state();
  if (const auto renewed = HiddenDetail<v1::RenewedToken>(status, kRenewedTokenType)) {
    failure.renewed_token = renewed->access_token();
  }
  return failure;
}

absl::Status StatusFromRpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  status::v1::Status details;
  if (!details.ParseFromString(status.error_details())) return result;
  for (const google::protobuf::Any& detail : details.details()) {
    const std::string& type = detail.type_url();
    if (type == kFlowFailure || type == kRenewedTokenType) {
      result.SetPayload(type, Hide(detail.value()));
    } else if (type == kErrorInfo || type == kBadRequest || type == kRetryInfo) {
      result.SetPayload(type, absl::Cord(detail.value()));
    }  // what a newer service may add could be a secret: left out
  }
  return result;
}

}  // namespace oauth1d
