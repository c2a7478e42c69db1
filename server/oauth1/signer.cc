#include "server/oauth1/signer.h"

#include "server/base/status_macros.h"
#include "server/oauth1/authorization_header.h"
#include "server/oauth1/signature_base.h"

namespace oauth1d::oauth1 {
namespace {

// RFC 5849 section 3.1, without the signature.
Parameters ProtocolParameters(const SigningInput& input) {
  Parameters parameters;
  if (input.callback.has_value()) parameters.push_back({"oauth_callback", *input.callback});
  parameters.push_back({"oauth_consumer_key", input.consumer_key});
  parameters.push_back({"oauth_nonce", input.nonce});
  parameters.push_back({"oauth_signature_method", std::string(SignatureMethodName(input.method))});
  parameters.push_back({"oauth_timestamp", input.timestamp});
  if (input.token.has_value()) parameters.push_back({"oauth_token", input.token->token});
  if (input.verifier.has_value()) parameters.push_back({"oauth_verifier", *input.verifier});
  if (input.send_version) parameters.push_back({"oauth_version", "1.0"});
  return parameters;
}

}  // namespace

absl::StatusOr<Placement> ParsePlacement(absl::string_view name) {
  if (name == "header") return Placement::kHeader;
  return absl::InvalidArgumentError("is no placement of this version; there is header");
}

absl::StatusOr<SigningOutput> SignRequest(const SigningInput& input) {
  SigningOutput output;
  Parameters protocol = ProtocolParameters(input);
  output.base_string = SignatureBaseString(input.http_method, input.url, input.form, protocol);
  ASSIGN_OR_RETURN(output.signature, ComputeSignature(input.method, output.base_string, input.consumer_secret,
                                                      input.token.has_value() ? input.token->secret : Secret()));
  protocol.push_back({"oauth_signature", output.signature});
  output.authorization = AuthorizationHeader(input.realm, protocol);
  return output;
}

}  // namespace oauth1d::oauth1
