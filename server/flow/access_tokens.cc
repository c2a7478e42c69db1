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
constexpr size_t kTokenIdSize = 16;

sealing::Lock TokenLock() { return sealing::Lock{sealing::Kind::kAccessToken, "access_token", {}}; }

// After a key or an application was stolen, the operator refuses what was sealed before, or single tokens.
absl::Status CheckRefusals(const records::v1::AccessToken& token, const providers::HouseRules& rules) {
  const bool too_old = absl::FromUnixSeconds(token.sealed_time().seconds()) < rules.refuse_sealed_before;
  if (!too_old && !rules.refused_token_ids.contains(token.token_id())) return absl::OkStatus();
  return Fail(Reason::kTokenExpired, "the service's configuration refuses this token; log in again");
}

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

absl::StatusOr<OpenedAccessToken> OpenAccessToken(const Call& call, absl::string_view access_token,
                                                  absl::string_view provider, Environment& environment) {
  const sealing::Keyring& keyring = *call.keyring;
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
  const bool right_provider = provider.empty() || opened.token.provider() == provider;
  if (!parsed || !call.owner->Opens(opened.token.owner()) || !right_provider) return Invalid();
  call.facts->token_id = absl::BytesToHexString(opened.token.token_id());
  RETURN_IF_ERROR(CheckRefusals(opened.token, *call.rules));
  ASSIGN_OR_RETURN(const std::string key_id, sealing::KeyIdOf(sealing::Kind::kAccessToken, envelope));
  if (key_id != keyring.active().id) {
    ASSIGN_OR_RETURN(opened.replacement, SealAccessToken(keyring, opened.token, environment));
  }
  return opened;
}

absl::StatusOr<providers::Client> ClientOf(const records::v1::AccessToken& token, const providers::Grant& grant) {
  absl::StatusOr<providers::Client> client = providers::FindClient(
      grant.provider, token.consumer(), ParametersOf(token.provider_parameters()), token.consumer_key());
  if (client.ok()) return client;
  return Fail(Reason::kTokenExpired,
              "the consumer that this token belongs to is no longer configured as it was; log in again");
}

absl::StatusOr<records::v1::Result> MakeResult(const Call& call, absl::string_view owner,
                                               const providers::Client& client,
                                               const google::protobuf::RepeatedPtrField<records::v1::NameValue>& values,
                                               oauth1::TokenResponse response, const records::v1::AccessToken& old,
                                               Environment& environment) {
  const providers::Provider& provider = *client.provider;
  const absl::Time now = environment.Now();
  records::v1::AccessToken token = old;
  token.clear_expire_time();
  token.set_owner(std::string(owner));
  token.set_provider(provider.name);
  *token.mutable_provider_parameters() = values;
  token.set_consumer(client.consumer->name);
  token.set_consumer_key(client.consumer->key);
  token.set_token(response.credentials.token);
  token.set_token_secret(std::string(response.credentials.secret.Reveal()));
  const std::string handle = oauth1::SessionHandle(response.others).value_or("");
  if (!handle.empty()) token.set_session_handle(handle);
  ASSIGN_OR_RETURN(*token.mutable_token_id(), environment.RandomBytes(kTokenIdSize));
  call.facts->made_token_id = absl::BytesToHexString(token.token_id());
  token.mutable_sealed_time()->set_seconds(absl::ToUnixSeconds(now));
  const std::optional<int64_t> told = oauth1::ExpiresIn(response.others);
  const int64_t lifetime = told.value_or(absl::ToInt64Seconds(provider.renewal.lifetime));
  if (lifetime > 0) token.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(now) + lifetime);

  records::v1::Result result;
  ASSIGN_OR_RETURN(*result.mutable_access_token(), SealAccessToken(*call.keyring, token, environment));
  // The handle renews the token: it is as secret as the token's own secret.
  std::erase_if(response.others, [](const oauth1::Parameter& other) { return other.name == "oauth_session_handle"; });
  SetParameters(response.others, *result.mutable_parameters());
  if (token.has_expire_time()) *result.mutable_expire_time() = token.expire_time();
  if (provider.reveal_provider_token) {
    result.set_provider_token(token.token());
    result.set_provider_token_secret(token.token_secret());
  }
  return result;
}

oauth1::Parameters ParametersOf(const google::protobuf::RepeatedPtrField<records::v1::NameValue>& values) {
  oauth1::Parameters parameters;
  for (const records::v1::NameValue& value : values) parameters.push_back({value.name(), value.value()});
  return parameters;
}

void SetParameters(const oauth1::Parameters& parameters,
                   google::protobuf::RepeatedPtrField<records::v1::NameValue>& values) {
  values.Clear();
  for (const oauth1::Parameter& parameter : parameters) {
    records::v1::NameValue* const added = values.Add();
    added->set_name(parameter.name);
    added->set_value(parameter.value);
  }
}

}  // namespace oauth1d::flow
