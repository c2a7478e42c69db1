#include "server/rpc/response_writer.h"

#include <utility>

#include "server/flow/callback_urls.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::rpc {
namespace {

void SetTime(absl::Time time, google::protobuf::Timestamp& out) {
  out.set_seconds(absl::ToUnixSeconds(time));
  out.set_nanos(static_cast<int32_t>(absl::ToUnixNanos(time) - absl::ToUnixSeconds(time) * 1'000'000'000));
}

// A provider's bytes never break a client's UTF-8 check.
void SetParameter(const std::string& name, const std::string& value, v1::Parameter& out) {
  out.set_name(oauth1::IsUtf8(name) ? name : oauth1::PercentEncode(name));
  if (oauth1::IsUtf8(value)) {
    out.set_value(value);
  } else {
    out.set_raw_value(value);
  }
}

}  // namespace

v1::StartAuthorizationResponse WriteStarted(const flow::StartedAuthorization& started) {
  v1::StartAuthorizationResponse response;
  response.set_redirect_url(started.redirect_url);
  response.set_state(started.state);
  v1::BindingCookie& cookie = *response.mutable_binding_cookie();
  cookie.set_name(started.binding_cookie.name);
  cookie.set_value(started.binding_cookie.value);
  cookie.mutable_max_age()->set_seconds(absl::ToInt64Seconds(started.binding_cookie.max_age));
  SetTime(started.expire_time, *response.mutable_expire_time());
  return response;
}

v1::CompleteAuthorizationResponse WriteCompleted(const flow::CompletedAuthorization& completed,
                                                 const std::string& provider) {
  const records::v1::Result& result = completed.result;
  v1::CompleteAuthorizationResponse response;
  response.set_access_token(result.access_token());
  response.set_provider(provider);
  for (const records::v1::NameValue& parameter : result.parameters()) {
    SetParameter(parameter.name(), parameter.value(), *response.add_parameters());
  }
  response.set_app_state(completed.app_state);
  if (result.has_expire_time()) *response.mutable_expire_time() = result.expire_time();
  response.set_spent_cookie_name(completed.spent_cookie_name);
  if (!result.provider_token().empty()) {
    response.mutable_provider_token()->set_token(result.provider_token());
    response.mutable_provider_token()->set_token_secret(result.provider_token_secret());
  }
  return response;
}

v1::SignedRequestResponse WriteAnswer(flow::SignedAnswer answer) {
  v1::SignedRequestResponse response;
  v1::HttpAnswer& http = *response.mutable_answer();
  http.set_status_code(answer.answer.status);
  for (egress::HeaderField& header : answer.answer.headers) {
    v1::Header& added = *http.add_headers();
    added.set_name(std::move(header.name));
    added.set_value(std::move(header.value));
  }
  http.set_body(std::move(answer.answer.body));
  if (answer.problem.has_value()) {
    response.mutable_provider_problem()->set_problem(answer.problem->name);
    response.mutable_provider_problem()->set_advice(answer.problem->advice);
  }
  response.set_token_rejected(answer.token_rejected);
  response.set_replacement_access_token(std::move(answer.replacement_access_token));
  return response;
}

v1::ListProvidersResponse WriteProviders(const providers::Owner& owner) {
  v1::ListProvidersResponse response;
  for (const providers::Grant& grant : owner.grants) {
    const providers::Provider& provider = *grant.provider;
    v1::Provider& added = *response.add_providers();
    added.set_name(provider.name);
    added.set_title(provider.title);
    added.set_icon_hint(provider.icon_hint);
    added.set_sunset_date(provider.sunset_date);
    const bool out_of_band = grant.AllowsCallback(flow::kOutOfBand);
    const bool by_redirect = grant.callback_urls.size() > (out_of_band ? 1U : 0U);
    if (provider.three_legged() && by_redirect) added.add_capabilities(v1::CAPABILITY_THREE_LEGGED);
    if (grant.application) added.add_capabilities(v1::CAPABILITY_TWO_LEGGED);
    if (provider.three_legged() && out_of_band) added.add_capabilities(v1::CAPABILITY_OUT_OF_BAND);
    for (const providers::Consumer& consumer : provider.consumers) added.add_consumers(consumer.name);
  }
  return response;
}

}  // namespace oauth1d::rpc
