// Whatever a provider or a browser sends as a form: it is read back as it was, or refused with the reason promised.
#include "absl/strings/match.h"
#include "server/base/failure.h"
#include "server/oauth1/callback.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/token_response.h"
#include "tests/fuzz/fuzzed.h"

namespace oauth1d::oauth1 {
namespace {

void CheckForm(absl::string_view text) {
  const Parameters parameters = ParseForm(text);
  Promise(ParseForm(EncodeForm(parameters)) == parameters, "a form is read back as it was written");
  Promise(PercentDecode(PercentEncode(text)) == text, "encoding is undone by decoding");
  (void)CallbackConfirmed(parameters);
  (void)ExpiresIn(parameters);
}

void CheckCallback(absl::string_view text) {
  const absl::StatusOr<Callback> callback = ParseCallback(text);
  if (!callback.ok()) return Promise(absl::IsInvalidArgument(callback.status()), "a bad callback is invalid");
  for (const std::string* field :
       {&callback->state, &callback->token, &callback->verifier, &callback->denied, &callback->problem}) {
    Promise(field->size() <= 4096 && !HasControlCharacters(*field), "a field is text of at most 4096 bytes");
  }
}

void CheckTokenResponse(absl::string_view text, const TokenResponseFormat& format) {
  const absl::StatusOr<TokenResponse> response = ParseTokenResponse(text, format);
  if (!response.ok()) return Promise(ReasonOf(response.status()) == Reason::kBadTokenResponse, "a bad one says so");
  for (const absl::string_view credential :
       {absl::string_view(response->credentials.token), response->credentials.secret.Reveal()}) {
    Promise(!credential.empty() && credential.size() <= 4096, "a credential has 1 to 4096 bytes");
    Promise(IsUtf8(credential) && !HasControlCharacters(credential), "of text");
  }
  for (const Parameter& other : response->others) {
    Promise(other.name != "oauth_token" && other.name != "oauth_token_secret", "credentials are not among the others");
  }
}

}  // namespace
}  // namespace oauth1d::oauth1

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = oauth1d::AsText(data, size);
  oauth1d::oauth1::CheckForm(text);
  oauth1d::oauth1::CheckCallback(text);
  for (const auto syntax : {oauth1d::oauth1::TokenResponseSyntax::kForm, oauth1d::oauth1::TokenResponseSyntax::kJson,
                            oauth1d::oauth1::TokenResponseSyntax::kXml}) {
    oauth1d::oauth1::CheckTokenResponse(text, {syntax});
  }
  return 0;
}
