#include "server/rpc/response_writer.h"

#include <utility>

#include "server/base/failure.h"
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

void SetParameters(const records::v1::Result& result, google::protobuf::RepeatedPtrField<v1::Parameter>& out) {
  for (const records::v1::NameValue& parameter : result.parameters()) {
    SetParameter(parameter.name(), parameter.value(), *out.Add());
  }
}

void SetProblem(const oauth1::Problem& problem, v1::ProviderProblem& out) {
  out.set_problem(problem.name);
  out.set_advice(problem.advice);
}

// A configured realm may hold any bytes.
std::string TextOf(const std::string& text) {
  return oauth1::IsUtf8(text) ? text : EscapeForPeople(text, text.size() * 4);
}

v1::ParameterOrigin OriginOf(flow::ParameterOrigin origin) {
  switch (origin) {
    case flow::ParameterOrigin::kUrl:
      return v1::PARAMETER_ORIGIN_URL;
    case flow::ParameterOrigin::kQuery:
      return v1::PARAMETER_ORIGIN_QUERY;
    case flow::ParameterOrigin::kForm:
      return v1::PARAMETER_ORIGIN_FORM;
    case flow::ParameterOrigin::kProtocol:
      return v1::PARAMETER_ORIGIN_PROTOCOL;
  }
  return v1::PARAMETER_ORIGIN_UNSPECIFIED;
}

// What the provider can do and the owner may.
void AddCapabilities(const providers::Grant& grant, v1::Provider& out) {
  using providers::Capability;
  const auto& can = grant.provider->capabilities;
  const bool out_of_band = grant.AllowsCallback(flow::kOutOfBand);
  const bool by_redirect = grant.callback_urls.size() > (out_of_band ? 1U : 0U);
  if (can.contains(Capability::kThreeLegged) && by_redirect) out.add_capabilities(v1::CAPABILITY_THREE_LEGGED);
  if (can.contains(Capability::kTwoLegged) && grant.application) out.add_capabilities(v1::CAPABILITY_TWO_LEGGED);
  if (can.contains(Capability::kOutOfBand) && out_of_band) out.add_capabilities(v1::CAPABILITY_OUT_OF_BAND);
  if (can.contains(Capability::kXauth) && grant.password_login) out.add_capabilities(v1::CAPABILITY_XAUTH);
  if (can.contains(Capability::kImportOnly)) out.add_capabilities(v1::CAPABILITY_IMPORT_ONLY);
  if (can.contains(Capability::kTokenExchangeOnly)) out.add_capabilities(v1::CAPABILITY_TOKEN_EXCHANGE_ONLY);
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
  SetParameters(result, *response.mutable_parameters());
  response.set_app_state(completed.app_state);
  if (result.has_expire_time()) *response.mutable_expire_time() = result.expire_time();
  response.set_spent_cookie_name(completed.spent_cookie_name);
  if (!result.provider_token().empty()) {
    response.mutable_provider_token()->set_token(result.provider_token());
    response.mutable_provider_token()->set_token_secret(result.provider_token_secret());
  }
  return response;
}

void WriteHead(egress::HttpResponse head, v1::HttpAnswer& out) {
  out.set_status_code(head.status);
  for (egress::HeaderField& header : head.headers) {
    v1::Header& added = *out.add_headers();
    added.set_name(std::move(header.name));
    added.set_value(std::move(header.value));
  }
}

v1::SignedRequestResponse WriteAnswer(flow::SignedAnswer answer) {
  v1::SignedRequestResponse response;
  v1::HttpAnswer& http = *response.mutable_answer();
  http.set_body(std::move(answer.answer.body));
  WriteHead(std::move(answer.answer), http);
  if (answer.problem.has_value()) SetProblem(*answer.problem, *response.mutable_provider_problem());
  response.set_token_rejected(answer.token_rejected);
  response.set_replacement_access_token(std::move(answer.replacement_access_token));
  return response;
}

void WriteEnd(flow::StreamedEnd end, v1::StreamEnd& out) {
  if (end.problem.has_value()) SetProblem(*end.problem, *out.mutable_provider_problem());
  out.set_token_rejected(end.token_rejected);
  out.set_replacement_access_token(std::move(end.replacement_access_token));
}

v1::ExplainSignatureResponse WriteExplained(const flow::ExplainedSignature& explained) {
  v1::ExplainSignatureResponse response;
  response.set_signature_base_string(explained.base_string);
  for (const flow::ExplainedParameter& parameter : explained.parameters) {
    v1::NormalizedParameter& added = *response.add_parameters();
    added.set_name(parameter.name);
    added.set_value(parameter.value);
    added.set_origin(OriginOf(parameter.origin));
  }
  response.set_authorization_header(TextOf(explained.authorization));
  response.set_url(explained.url);
  response.set_signature_method(std::string(oauth1::SignatureMethodName(explained.method)));
  response.set_placement(std::string(oauth1::PlacementName(explained.placement)));
  response.set_identical(explained.identical);
  if (explained.difference.has_value()) {
    v1::BaseStringDifference& difference = *response.mutable_difference();
    difference.set_offset(static_cast<uint32_t>(explained.difference->offset));
    difference.set_description(explained.difference->description);
    difference.set_ours(explained.difference->ours);
    difference.set_theirs(explained.difference->theirs);
    difference.set_caret(explained.difference->caret);
  }
  return response;
}

void WriteToken(const records::v1::Result& result, v1::ImportAccessTokenResponse& response) {
  response.set_access_token(result.access_token());
  SetParameters(result, *response.mutable_parameters());
  if (result.has_expire_time()) *response.mutable_expire_time() = result.expire_time();
}

void WriteToken(const records::v1::Result& result, v1::RefreshAccessTokenResponse& response) {
  response.set_access_token(result.access_token());
  SetParameters(result, *response.mutable_parameters());
  if (result.has_expire_time()) *response.mutable_expire_time() = result.expire_time();
}

v1::ListProvidersResponse WriteProviders(const providers::Owner& owner) {
  v1::ListProvidersResponse response;
  for (const providers::Grant& grant : owner.grants) {
    if (!grant.AllowsRpc(providers::Rpc::kListProviders)) continue;
    const providers::Provider& provider = *grant.provider;
    v1::Provider& added = *response.add_providers();
    added.set_name(provider.name);
    added.set_title(provider.title);
    added.set_icon_hint(provider.icon_hint);
    added.set_sunset_date(provider.sunset_date);
    AddCapabilities(grant, added);
    for (const providers::Consumer& consumer : provider.consumers) added.add_consumers(consumer.name);
    for (const providers::TemplateParameter& open : provider.templates.parameters) {
      if (open.operator_only) continue;
      v1::ProviderParameter& parameter = *added.add_parameters();
      parameter.set_name(open.name);
      parameter.set_pattern(open.pattern);
      parameter.set_description(open.description);
    }
  }
  return response;
}

}  // namespace oauth1d::rpc
