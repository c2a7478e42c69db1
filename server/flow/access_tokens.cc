#include "server/flow/access_tokens.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/sealing/envelope.h"

namespace oauth1d::flow {
namespace {

constexpr absl::string_view kPrefix = "oa1_";

sealing::Lock TokenLock() { return sealing::Lock{sealing::Kind::kAccessToken, "access_token", {}}; }

absl::Status Invalid() {
  return Fail(Reason::kTokenInvalid,
              "access_token is not one that this service sealed for this owner and provider; pass it as it was given");
}

}  // namespace

absl::StatusOr<std::string> SealAccessToken(const sealing::Keyring& keyring, const records::v1::AccessToken& token,
                                            Environment& environment) {
  std::string plaintext = token.SerializeAsString();
  const absl::StatusOr<std::string> sealed = sealing::Seal(keyring, TokenLock(), plaintext, environment);
  WipeText(plaintext);
  RETURN_IF_ERROR(sealed.status());
  std::string access_token = absl::StrCat(kPrefix, absl::WebSafeBase64Escape(*sealed));
  if (access_token.size() > kMaxAccessToken) {
    return Fail(Reason::kBadTokenResponse, "the provider's token is too long to be kept");
  }
  return access_token;
}

absl::StatusOr<OpenedAccessToken> OpenAccessToken(const sealing::Keyring& keyring, absl::string_view access_token,
                                                  absl::string_view owner, absl::string_view provider,
                                                  Environment& environment) {
  std::string envelope;
  if (access_token.size() > kMaxAccessToken || !absl::ConsumePrefix(&access_token, kPrefix) ||
      !absl::WebSafeBase64Unescape(access_token, &envelope)) {
    return Invalid();
  }
  absl::StatusOr<std::string> plaintext = sealing::Open(keyring, TokenLock(), envelope);
  if (absl::IsDataLoss(plaintext.status())) return Invalid();
  RETURN_IF_ERROR(plaintext.status());
  OpenedAccessToken opened;
  const bool parsed = opened.token.ParseFromString(*plaintext);
  WipeText(*plaintext);
  if (!parsed || opened.token.owner() != owner || opened.token.provider() != provider) return Invalid();
  ASSIGN_OR_RETURN(const std::string key_id, sealing::KeyIdOf(sealing::Kind::kAccessToken, envelope));
  if (key_id != keyring.active().id) {
    ASSIGN_OR_RETURN(opened.replacement, SealAccessToken(keyring, opened.token, environment));
  }
  return opened;
}

}  // namespace oauth1d::flow
