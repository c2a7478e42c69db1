// The provider's answers to the two token calls (RFC 5849 sections 2.1 and 2.3).
#ifndef OAUTH1D_SERVER_OAUTH1_TOKEN_RESPONSE_H_
#define OAUTH1D_SERVER_OAUTH1_TOKEN_RESPONSE_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/signer.h"

namespace oauth1d::oauth1 {

// What a token call answered: the credentials, and everything else that came with them, in order.
struct TokenResponse {
  TokenCredentials credentials;
  Parameters others;
};

enum class TokenResponseSyntax { kForm, kJson, kXml };

// How a provider writes its token responses.
struct TokenResponseFormat {
  TokenResponseSyntax syntax = TokenResponseSyntax::kForm;
  std::string token_field = "oauth_token";
  std::string secret_field = "oauth_token_secret";
};

// Reads a body in this format, whatever its content type says (providers mislabel it). Token and secret must each be
// there exactly once, 1 to 4096 bytes of UTF-8 without control characters.
// Errors: kFailedPrecondition with reason BAD_TOKEN_RESPONSE. The message never holds a part of the body.
absl::StatusOr<TokenResponse> ParseTokenResponse(absl::string_view body, const TokenResponseFormat& format);

// The fields of a body in this syntax, in order: JSON's texts, numbers and booleans of one object; XML's elements of
// text alone, at any depth. Errors: as above, where it is no such text.
absl::StatusOr<Parameters> ParseFields(absl::string_view body, TokenResponseSyntax syntax);

// oauth_session_handle, where it stands once.
std::optional<std::string> SessionHandle(const Parameters& others);

// True if the parameters say oauth_callback_confirmed=true, once.
bool CallbackConfirmed(const Parameters& others);

// oauth_expires_in in seconds, where it stands once and is a number (Yahoo, Xero).
std::optional<int64_t> ExpiresIn(const Parameters& others);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_TOKEN_RESPONSE_H_
