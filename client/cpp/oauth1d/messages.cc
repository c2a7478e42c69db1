#include "oauth1d/messages.h"

#include <string>

#include "absl/status/status.h"
#include "oauth1d/cookies.h"

namespace oauth1d {
namespace {

using Parameters = google::protobuf::RepeatedPtrField<v1::Parameter>;

// Values go as bytes: they may be no UTF-8.
void Add(const NameValues& pairs, Parameters& parameters) {
  for (const auto& [name, value] : pairs) {
    v1::Parameter& parameter = *parameters.Add();
    parameter.set_name(name);
    parameter.set_raw_value(value);
  }
}

}  // namespace

std::string ParameterValue(const Parameters& parameters, absl::string_view name) {
  for (const v1::Parameter& parameter : parameters) {
    if (parameter.name() == name) return parameter.has_raw_value() ? parameter.raw_value() : parameter.value();
  }
  return "";
}

v1::StartAuthorizationRequest StartMessage(absl::string_view provider, absl::string_view callback_url,
                                           const StartOptions& options) {
  v1::StartAuthorizationRequest request;
  request.set_provider(std::string(provider));
  request.set_consumer(options.consumer);
  request.set_callback_url(std::string(callback_url));
  Add(options.authorize_parameters, *request.mutable_authorize_parameters());
  Add(options.request_token_parameters, *request.mutable_request_token_parameters());
  Add(options.provider_parameters, *request.mutable_provider_parameters());
  request.set_app_state(options.app_state);
  return request;
}

v1::CompleteAuthorizationRequest CompleteMessage(absl::string_view provider, absl::string_view callback_query,
                                                 absl::string_view cookie_header) {
  v1::CompleteAuthorizationRequest request;
  request.set_provider(std::string(provider));
  request.set_callback_query(std::string(callback_query));
  for (v1::BindingCookie& cookie : BindingCookies(cookie_header)) *request.add_binding_cookies() = std::move(cookie);
  return request;
}

absl::StatusOr<v1::SignedRequestRequest> SignedMessage(absl::string_view provider, absl::string_view access_token,
                                                       absl::string_view method, absl::string_view url,
                                                       const RequestOptions& options) {
  if (options.body.has_value() && options.form.has_value()) {
    return absl::InvalidArgumentError("a request has a body or a form, not both");
  }
  v1::SignedRequestRequest request;
  request.set_provider(std::string(provider));
  request.set_access_token(std::string(access_token));
  v1::HttpCall& call = *request.mutable_call();
  call.set_method(std::string(method));
  call.set_url(std::string(url));
  Add(options.query, *call.mutable_query());
  for (const auto& [name, value] : options.headers) {
    v1::Header& header = *call.add_headers();
    header.set_name(name);
    header.set_value(value);
  }
  if (options.form.has_value()) Add(*options.form, *call.mutable_form()->mutable_fields());
  if (options.body.has_value()) call.set_body(*options.body);
  call.set_content_type(options.content_type);
  return request;
}

}  // namespace oauth1d
