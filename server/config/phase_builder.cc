#include "server/config/phase_builder.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/config/choice.h"
#include "server/config/header_builder.h"
#include "server/oauth1/signer.h"

namespace oauth1d::config {
namespace {

using oauth1::Placement;
using oauth1::SignatureMethod;
using providers::ParametersIn;

constexpr std::array<Choice<SignatureMethod>, 7> kMethods = {{{"HMAC-SHA1", SignatureMethod::kHmacSha1},
                                                              {"HMAC-SHA256", SignatureMethod::kHmacSha256},
                                                              {"HMAC-SHA512", SignatureMethod::kHmacSha512},
                                                              {"RSA-SHA1", SignatureMethod::kRsaSha1},
                                                              {"RSA-SHA256", SignatureMethod::kRsaSha256},
                                                              {"RSA-SHA512", SignatureMethod::kRsaSha512},
                                                              {"PLAINTEXT", SignatureMethod::kPlaintext}}};
constexpr std::array<Choice<Placement>, 3> kPlacements = {
    {{"header", Placement::kHeader}, {"body", Placement::kBody}, {"query", Placement::kQuery}}};
constexpr std::array<Choice<absl::string_view>, 2> kTokenMethods = {{{"POST", "POST"}, {"GET", "GET"}}};
constexpr std::array<Choice<ParametersIn>, 3> kParametersIn = {
    {{"body", ParametersIn::kBody}, {"query", ParametersIn::kQuery}, {"header", ParametersIn::kHeader}}};

// A phase says what the provider says unless it was told otherwise: then the mistake is the provider's, told there.
bool IsInherited(const Place& provider, absl::string_view field, absl::string_view written, absl::string_view whole) {
  return written == whole && provider.findings().HasFaultAt(provider.PathOf(field));
}

void BuildSigning(const v1::Provider& from, const v1::Phase& phase, const Place& place, const Place& at,
                  providers::Phase& to) {
  if (!IsInherited(place, "signature_method", phase.signature_method(), from.signature_method())) {
    ChooseInto(kMethods, phase.signature_method(), at.At("signature_method"), to.signature_method);
  }
  if (!IsInherited(place, "placement", phase.placement(), from.placement())) {
    ChooseInto(kPlacements, phase.placement(), at.At("placement"), to.placement);
  }
}

bool NamesRealm(const oauth1::Parameters& fixed, const google::protobuf::RepeatedPtrField<std::string>& callers) {
  const auto is_realm = [](absl::string_view name) { return absl::EqualsIgnoreCase(name, "realm"); };
  return std::any_of(fixed.begin(), fixed.end(), [&](const auto& parameter) { return is_realm(parameter.name); }) ||
         std::any_of(callers.begin(), callers.end(), is_realm);
}

providers::Phase BuildTokenPhase(const v1::Provider& from, const v1::Phase& phase, const Place& place,
                                 const Place& at) {
  providers::Phase to;
  BuildSigning(from, phase, place, at, to);
  if (!IsInherited(place, "token_method", phase.method(), from.token_method())) {
    to.method = std::string(Choose(kTokenMethods, phase.method(), at.At("method")).value_or("POST"));
  }
  to.parameters = BuildParameters(phase.parameters(), at, "parameters");
  ChooseInto(kParametersIn, phase.parameters_in(), at.At("parameters_in"), to.parameters_in);
  if (to.method == "GET" && to.parameters_in == ParametersIn::kBody) {
    at.Fault("parameters_in", "must be query or header: a GET has no body");
  }
  if (to.parameters_in == ParametersIn::kHeader && NamesRealm(to.parameters, from.request_token_parameters())) {
    at.Fault("parameters_in", "cannot be header with a parameter named realm: the header has a realm of its own");
  }
  return to;
}

providers::Phase BuildApiPhase(const v1::Provider& from, const Place& place) {
  const v1::Phase& phase = from.api();
  const Place at = place.At("api");
  providers::Phase to;
  BuildSigning(from, phase, place, at, to);
  if (!phase.method().empty()) at.Fault("method", "has no place here: callers say the method of each request");
  if (!phase.parameters().empty()) at.Fault("parameters", "has no place here: callers say the parameters");
  if (!phase.parameters_in().empty()) at.Fault("parameters_in", "has no place here: there are no parameters");
  return to;
}

// PLAINTEXT is the secrets themselves.
void WarnOfPlaintext(absl::string_view url, const providers::Phase& phase, const Place& place,
                     absl::string_view field) {
  if (phase.signature_method != SignatureMethod::kPlaintext || !absl::StartsWithIgnoreCase(url, "http://")) return;
  place.Warn(field, "is plain http, and PLAINTEXT sends the secrets themselves: whoever listens has them");
}

void WarnOfPlaintext(const providers::Provider& to, const Place& place) {
  const providers::EndpointTemplates& urls = to.templates;
  WarnOfPlaintext(urls.request_token_url, to.request_token, place, "request_token_url");
  WarnOfPlaintext(urls.access_token_url, to.access_token, place, "access_token_url");
  WarnOfPlaintext(urls.renewal_url, to.access_token, place, "renewal.url");
  WarnOfPlaintext(urls.revocation_url, to.api, place, "revocation.url");
  for (size_t i = 0; i < urls.api_bases.size(); ++i) {
    WarnOfPlaintext(urls.api_bases[i], to.api, place, absl::StrCat("api_base_urls[", i, "]"));
  }
}

}  // namespace

void BuildPhases(const v1::Provider& from, const Place& place, providers::Provider& to) {
  // What the provider says is judged once, though no phase may use it.
  Choose(kMethods, from.signature_method(), place.At("signature_method"));
  Choose(kPlacements, from.placement(), place.At("placement"));
  Choose(kTokenMethods, from.token_method(), place.At("token_method"));
  to.request_token = BuildTokenPhase(from, from.request_token(), place, place.At("request_token"));
  to.access_token = BuildTokenPhase(from, from.access_token(), place, place.At("access_token"));
  to.api = BuildApiPhase(from, place);
  WarnOfPlaintext(to, place);
}

std::vector<SigningPhase> SigningPhases(const providers::Provider& provider, const Place& place) {
  const providers::EndpointTemplates& urls = provider.templates;
  std::vector<SigningPhase> phases;
  const auto add = [&](bool used, absl::string_view name, const providers::Phase& phase) {
    const Findings& findings = place.findings();
    const bool at_fault = findings.HasFaultAt(place.PathOf("signature_method")) ||
                          findings.HasFaultAt(place.At(name).PathOf("signature_method"));
    if (used && !at_fault) phases.push_back({name, phase.signature_method});
  };
  add(!urls.request_token_url.empty(), "request_token", provider.request_token);
  add(!urls.access_token_url.empty() || !urls.renewal_url.empty(), "access_token", provider.access_token);
  add(!urls.api_bases.empty() || !urls.revocation_url.empty(), "api", provider.api);
  return phases;
}

}  // namespace oauth1d::config
