#include "server/flow/explainer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/flow/gate.h"

namespace oauth1d::flow {
namespace {

constexpr char kMasked[] = "masked";

ParameterOrigin OriginOf(const oauth1::SignatureBase::NormalizedParameter& parameter, size_t url_parameters) {
  switch (parameter.source) {
    case oauth1::ParameterSource::kQuery:
      return parameter.place < url_parameters ? ParameterOrigin::kUrl : ParameterOrigin::kQuery;
    case oauth1::ParameterSource::kForm:
      return ParameterOrigin::kForm;
    case oauth1::ParameterSource::kProtocol:
      break;
  }
  return ParameterOrigin::kProtocol;
}

std::string UrlOf(const oauth1::Url& url, const std::string& query) { return url.WithEncodedQuery(query).ToString(); }

}  // namespace

Task<ExplainedSignature> Explainer::Explain(ExplainRequest request, Call call) {
  call.facts->provider = request.call.provider;
  CO_ASSIGN_OR_RETURN(PreparedRequest prepared, PrepareRequest(std::move(request.call), call, backends_.environment));
  CO_RETURN_IF_ERROR(co_await Enter(backends_, call, prepared.grant));
  const providers::Client& client = prepared.credentials.client;
  CO_ASSIGN_OR_RETURN(Stamp stamp, stamps_.NewStamp(client, prepared.request));
  if (!request.timestamp.empty()) stamp.timestamp = request.timestamp;
  if (!request.nonce.empty()) stamp.nonce = request.nonce;
  const oauth1::SigningInput input = SigningInputOf(client, prepared.request, stamp);

  ExplainedSignature explained;
  explained.method = prepared.request.phase->signature_method;
  explained.placement = input.placement;
  const oauth1::SignatureBase& base = signer_.BaseOf(input, explained.method);
  for (const auto& parameter : base.Parameters()) {
    explained.parameters.push_back(
        {std::string(parameter.name), std::string(parameter.value), OriginOf(parameter, prepared.url_parameters)});
  }
  if (explained.method != oauth1::SignatureMethod::kPlaintext) explained.base_string = std::string(base.text());

  oauth1::SignedParts parts;
  CO_ASSIGN_OR_RETURN(parts.signature, co_await SignatureToShow(client, prepared.request, explained.base_string));
  signer_.Place(input, explained.method, parts);
  signer_.Wipe();
  explained.authorization = std::move(parts.authorization);
  explained.url = UrlOf(prepared.request.url, parts.query);
  if (!request.provider_base_string.empty()) {
    explained.difference = oauth1::CompareBaseStrings(explained.base_string, request.provider_base_string);
    explained.identical = !explained.difference.has_value();
  }
  co_return explained;
}

Task<std::string> Explainer::SignatureToShow(providers::Client client, UnsignedRequest request,
                                             std::string base_string) {
  const bool secret = request.phase->signature_method == oauth1::SignatureMethod::kPlaintext;
  if (secret || !client.provider->explain_with_signature) co_return kMasked;
  CO_ASSIGN_OR_RETURN(oauth1::SigningKey key, SigningKeyOf(client, request));
  // An RSA signature is made on its own thread, an HMAC here.
  if (oauth1::IsRsa(key.method())) {
    co_return co_await backends_.rsa_thread.Sign(std::move(key), std::move(base_string));
  }
  std::string signature;
  CO_RETURN_IF_ERROR(key.Sign(base_string, signature));
  co_return signature;
}

}  // namespace oauth1d::flow
