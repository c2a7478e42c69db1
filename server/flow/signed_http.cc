#include "server/flow/signed_http.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/flow/nonce.h"

namespace oauth1d::flow {
namespace {

void AddUnlessSet(std::vector<egress::HeaderField>& headers, absl::string_view name, absl::string_view value) {
  for (const egress::HeaderField& header : headers) {
    if (absl::EqualsIgnoreCase(header.name, name)) return;
  }
  headers.push_back({std::string(name), std::string(value)});
}

}  // namespace

absl::StatusOr<egress::HttpRequest> SignedHttpRequest(const providers::Provider& provider,
                                                      const providers::Consumer& consumer,
                                                      const UnsignedRequest& request, Environment& environment) {
  oauth1::SigningInput input{.http_method = request.method, .url = request.url};
  if (request.body_is_form) input.form = request.body;
  input.method = provider.signature_method;
  input.placement = provider.placement;
  input.realm = provider.realm;
  input.consumer_key = consumer.key;
  input.consumer_secret = consumer.secret;
  input.token = request.token;
  input.callback = request.callback;
  input.verifier = request.verifier;
  input.timestamp = absl::StrCat(absl::ToUnixSeconds(environment.Now()));
  ASSIGN_OR_RETURN(input.nonce, NewNonce(environment));
  ASSIGN_OR_RETURN(oauth1::SigningOutput signature, oauth1::SignRequest(input));

  egress::HttpRequest http;
  http.origin = request.url.origin();
  http.rules = provider.network_rules;
  http.method = request.method;
  http.target = request.url.Target();
  http.headers.push_back({"Authorization", std::move(signature.authorization)});
  http.headers.insert(http.headers.end(), request.headers.begin(), request.headers.end());
  AddUnlessSet(http.headers, "Accept", "*/*");
  AddUnlessSet(http.headers, "Accept-Encoding", "identity");
  AddUnlessSet(http.headers, "User-Agent", "oauth1d/" OAUTH1D_VERSION);
  http.body = request.body;
  return http;
}

std::vector<absl::string_view> Challenges(const egress::HttpResponse& answer) {
  std::vector<absl::string_view> challenges;
  for (const egress::HeaderField& header : answer.headers) {
    if (absl::EqualsIgnoreCase(header.name, "www-authenticate")) challenges.push_back(header.value);
  }
  return challenges;
}

}  // namespace oauth1d::flow
