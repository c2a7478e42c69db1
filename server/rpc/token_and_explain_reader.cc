#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "server/base/secret.h"
#include "server/base/status_macros.h"
#include "server/flow/access_tokens.h"
#include "server/rpc/request_reader.h"

namespace oauth1d::rpc {
namespace {

constexpr size_t kMaxCredential = 4096;
constexpr size_t kMaxNonce = 64;
constexpr size_t kMaxTimestamp = 12;
constexpr size_t kMaxBaseString = size_t{64} * 1024;

bool IsDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isdigit(c); });
}

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isprint(c); });
}

}  // namespace

absl::StatusOr<flow::ExplainRequest> ReadExplain(v1::ExplainSignatureRequest request) {
  FieldViolations violations;
  flow::ExplainRequest read;
  CheckText(request.timestamp(), "timestamp", kMaxTimestamp, false, violations);
  if (!IsDigits(request.timestamp())) violations.Add("timestamp", "must be seconds since 1970, in digits");
  CheckText(request.nonce(), "nonce", kMaxNonce, false, violations);
  if (!IsPrintable(request.nonce())) violations.Add("nonce", "must be printable ASCII");
  CheckText(request.provider_base_string(), "provider_base_string", kMaxBaseString, false, violations);
  if (!request.has_request()) violations.Add("request", "is required");
  read.timestamp = request.timestamp();
  read.nonce = request.nonce();
  read.provider_base_string = request.provider_base_string();
  if (request.has_request()) {
    absl::StatusOr<flow::SignedCall> call = ReadSignedRequest(std::move(*request.mutable_request()));
    if (call.ok()) {
      read.call = *std::move(call);
    } else {
      violations.Add("request", call.status());
    }
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return read;
}

absl::StatusOr<flow::ImportRequest> ReadImport(v1::ImportAccessTokenRequest request) {
  FieldViolations violations;
  flow::ImportRequest read;
  CheckText(request.provider(), "provider", kMaxName, true, violations);
  CheckText(request.consumer(), "consumer", kMaxName, false, violations);
  read.provider = request.provider();
  read.consumer = request.consumer();
  read.provider_parameters = ReadParameters(request.provider_parameters(), "provider_parameters", violations);
  switch (request.source_case()) {
    case v1::ImportAccessTokenRequest::kProviderToken: {
      v1::ProviderToken& token = *request.mutable_provider_token();
      CheckText(token.token(), "provider_token.token", kMaxCredential, true, violations);
      CheckText(token.token_secret(), "provider_token.token_secret", kMaxCredential, false, violations);
      read.source =
          oauth1::TokenCredentials{std::move(*token.mutable_token()), Secret::Take(*token.mutable_token_secret())};
      break;
    }
    case v1::ImportAccessTokenRequest::kPasswordLogin: {
      v1::PasswordLogin& login = *request.mutable_password_login();
      CheckText(login.username(), "password_login.username", kMaxCredential, true, violations);
      CheckText(login.password(), "password_login.password", kMaxCredential, true, violations);
      read.source = flow::PasswordLogin{std::move(*login.mutable_username()), Secret::Take(*login.mutable_password())};
      break;
    }
    case v1::ImportAccessTokenRequest::SOURCE_NOT_SET:
      violations.Add("source", "is required: provider_token or password_login");
      break;
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return read;
}

absl::Status CheckAccessToken(absl::string_view access_token) {
  FieldViolations violations;
  CheckText(access_token, "access_token", flow::kMaxAccessToken, true, violations);
  return violations.ToStatus();
}

}  // namespace oauth1d::rpc
