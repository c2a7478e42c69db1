#include "server/oauth1/token_response.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/oauth1/bad_token_response.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/json_fields.h"
#include "server/oauth1/xml_fields.h"

namespace oauth1d::oauth1 {
namespace {

constexpr size_t kMaxCredential = 4096;

// Takes the value of the one parameter of this name out of the list.
absl::StatusOr<std::string> TakeOnly(Parameters& parameters, absl::string_view name) {
  std::optional<std::string> found;
  for (auto it = parameters.begin(); it != parameters.end();) {
    if (it->name != name) {
      ++it;
      continue;
    }
    if (found.has_value()) return BadTokenResponse(absl::StrCat("has ", name, " more than once"));
    found = std::move(it->value);
    it = parameters.erase(it);
  }
  if (!found.has_value()) return BadTokenResponse(absl::StrCat("has no ", name));
  if (found->empty() || found->size() > kMaxCredential) {
    return BadTokenResponse(absl::StrCat("has an ", name, " that is empty or longer than ", kMaxCredential, " bytes"));
  }
  if (HasControlCharacters(*found) || !IsUtf8(*found))
    return BadTokenResponse(absl::StrCat("has an ", name, " that is no text"));
  return *std::move(found);
}

// The value of the one parameter of this name; nothing if it stands not once.
std::optional<std::string> Only(const Parameters& parameters, absl::string_view name) {
  std::optional<std::string> found;
  for (const Parameter& parameter : parameters) {
    if (parameter.name != name) continue;
    if (found.has_value()) return std::nullopt;
    found = parameter.value;
  }
  return found;
}

}  // namespace

absl::StatusOr<Parameters> ParseFields(absl::string_view body, TokenResponseSyntax syntax) {
  switch (syntax) {
    case TokenResponseSyntax::kForm:
      return ParseForm(absl::StripAsciiWhitespace(body));
    case TokenResponseSyntax::kJson:
      return ParseJsonFields(body);
    case TokenResponseSyntax::kXml:
      return ParseXmlFields(body);
  }
  return absl::InternalError("no such syntax");
}

absl::StatusOr<TokenResponse> ParseTokenResponse(absl::string_view body, const TokenResponseFormat& format) {
  TokenResponse response;
  ASSIGN_OR_RETURN(response.others, ParseFields(body, format.syntax));
  ASSIGN_OR_RETURN(response.credentials.token, TakeOnly(response.others, format.token_field));
  ASSIGN_OR_RETURN(std::string secret, TakeOnly(response.others, format.secret_field));
  response.credentials.secret = Secret::Take(secret);
  return response;
}

std::optional<std::string> SessionHandle(const Parameters& others) { return Only(others, "oauth_session_handle"); }

bool CallbackConfirmed(const Parameters& others) { return Only(others, "oauth_callback_confirmed") == "true"; }

std::optional<int64_t> ExpiresIn(const Parameters& others) {
  int64_t seconds = 0;
  const std::optional<std::string> text = Only(others, "oauth_expires_in");
  constexpr int64_t kHundredYears = int64_t{100} * 366 * 86400;
  if (!text.has_value() || !absl::SimpleAtoi(*text, &seconds) || seconds <= 0 || seconds > kHundredYears) {
    return std::nullopt;
  }
  return seconds;
}

}  // namespace oauth1d::oauth1
