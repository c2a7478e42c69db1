#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/oauth1/encoding.h"
#include "server/rpc/request_reader.h"
#include "server/rpc/text_fields.h"

namespace oauth1d::rpc {
namespace {

constexpr size_t kMaxUrl = 2048;
constexpr size_t kMaxAppState = 2048;
constexpr size_t kMaxCallback = 16 * 1024;
constexpr size_t kMaxValue = 4096;
constexpr int kMostParameters = 200;
constexpr int kMostCookies = 32;

// Those of a login travel in URLs; what a form or a query of SignedRequest may hold is bounded by the whole of it.
void CheckValues(const oauth1::Parameters& parameters, absl::string_view field, FieldViolations& violations) {
  for (size_t i = 0; i < parameters.size(); ++i) {
    CheckText(parameters[i].value, absl::StrCat(field, "[", i, "].value"), kMaxValue, false, violations);
  }
}

void ReadCallbackValues(const v1::CallbackValues& values, oauth1::Callback& callback, FieldViolations& violations) {
  const auto read = [&](const std::string& value, const char* field, bool required) {
    CheckText(value, field, kMaxValue, required, violations);
    if (oauth1::HasControlCharacters(value)) violations.Add(field, "has a control character");
    return value;
  };
  callback.state = read(values.state(), "callback_values.state", false);
  callback.token = read(values.oauth_token(), "callback_values.oauth_token", false);
  callback.verifier = read(values.oauth_verifier(), "callback_values.oauth_verifier", false);
}

}  // namespace

void CheckText(absl::string_view text, absl::string_view field, size_t most, bool required,
               FieldViolations& violations) {
  if (required && text.empty()) violations.Add(field, "is required");
  if (text.size() > most) violations.Add(field, absl::StrCat("is longer than ", most, " bytes"));
}

oauth1::Parameters ReadParameters(const google::protobuf::RepeatedPtrField<v1::Parameter>& parameters,
                                  absl::string_view field, FieldViolations& violations) {
  oauth1::Parameters read;
  if (parameters.size() > kMostParameters) {
    violations.Add(field, absl::StrCat("has more than ", kMostParameters, " entries"));
    return read;
  }
  for (int i = 0; i < parameters.size(); ++i) {
    const v1::Parameter& parameter = parameters[i];
    CheckText(parameter.name(), absl::StrCat(field, "[", i, "].name"), kMaxValue, true, violations);
    read.push_back({parameter.name(), parameter.has_raw_value() ? parameter.raw_value() : parameter.value()});
  }
  return read;
}

absl::StatusOr<flow::StartRequest> ReadStart(const v1::StartAuthorizationRequest& request) {
  FieldViolations violations;
  flow::StartRequest read;
  CheckText(request.provider(), "provider", kMaxName, true, violations);
  CheckText(request.consumer(), "consumer", kMaxName, false, violations);
  CheckText(request.callback_url(), "callback_url", kMaxUrl, true, violations);
  CheckText(request.app_state(), "app_state", kMaxAppState, false, violations);
  read.provider_parameters = ReadParameters(request.provider_parameters(), "provider_parameters", violations);
  read.provider = request.provider();
  read.consumer = request.consumer();
  read.callback_url = request.callback_url();
  read.authorize_parameters = ReadParameters(request.authorize_parameters(), "authorize_parameters", violations);
  read.request_token_parameters =
      ReadParameters(request.request_token_parameters(), "request_token_parameters", violations);
  CheckValues(read.authorize_parameters, "authorize_parameters", violations);
  CheckValues(read.request_token_parameters, "request_token_parameters", violations);
  read.app_state = request.app_state();
  RETURN_IF_ERROR(violations.ToStatus());
  return read;
}

absl::StatusOr<flow::CompleteRequest> ReadComplete(const v1::CompleteAuthorizationRequest& request) {
  FieldViolations violations;
  flow::CompleteRequest read;
  CheckText(request.provider(), "provider", kMaxName, true, violations);
  read.provider = request.provider();
  read.callback_field = request.has_callback_values() ? "callback_values" : "callback_query";
  if (request.has_callback_query()) {
    CheckText(request.callback_query(), "callback_query", kMaxCallback, true, violations);
    absl::StatusOr<oauth1::Callback> callback = oauth1::ParseCallback(request.callback_query());
    if (!callback.ok()) violations.Add("callback_query", callback.status().message());
    if (callback.ok()) read.callback = *std::move(callback);
  } else if (request.has_callback_values()) {
    ReadCallbackValues(request.callback_values(), read.callback, violations);
  } else {
    violations.Add("callback", "is required: callback_query or callback_values");
  }
  if (request.binding_cookies().empty()) {
    violations.Add("binding_cookies", "is empty; pass every cookie whose name begins with __Host-oauth1- or oauth1-");
  }
  if (request.binding_cookies_size() > kMostCookies) {
    violations.Add("binding_cookies", absl::StrCat("has more than ", kMostCookies, " entries"));
  }
  for (int i = 0; i < std::min(request.binding_cookies_size(), kMostCookies); ++i) {
    const v1::BindingCookie& cookie = request.binding_cookies(i);
    const std::string field = absl::StrCat("binding_cookies[", i, "]");
    CheckText(cookie.name(), field + ".name", kMaxName, true, violations);
    CheckText(cookie.value(), field + ".value", kMaxValue, true, violations);
    read.binding_cookies.push_back({cookie.name(), cookie.value(), absl::ZeroDuration()});
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return read;
}

std::string FlowKeyOf(const grpc::ByteBuffer& request) {
  v1::CompleteAuthorizationRequest message;
  if (!ParseRequest(request, message).ok()) return "";
  const absl::StatusOr<flow::CompleteRequest> complete = ReadComplete(message);
  if (!complete.ok()) return "";
  return complete->callback.state.empty() ? complete->callback.token : complete->callback.state;
}

}  // namespace oauth1d::rpc
