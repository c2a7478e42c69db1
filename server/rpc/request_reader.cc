#include "server/rpc/request_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/secret.h"
#include "server/base/status_macros.h"
#include "server/flow/access_tokens.h"

namespace oauth1d::rpc {
namespace {

constexpr size_t kMaxUrl = 8 * 1024;
constexpr size_t kMaxCredential = 4096;
constexpr size_t kMaxContentType = 256;
constexpr int kMostHeaders = 100;
constexpr int kMostParts = 200;

absl::Duration DurationOf(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

void ReadCredentials(v1::SignedRequestRequest& request, flow::SignedCall& read, FieldViolations& violations) {
  switch (request.credentials_case()) {
    case v1::SignedRequestRequest::kAccessToken:
      CheckText(request.access_token(), "access_token", flow::kMaxAccessToken, true, violations);
      read.credentials = flow::SealedToken{std::move(*request.mutable_access_token())};
      break;
    case v1::SignedRequestRequest::kProviderToken: {
      v1::ProviderToken& token = *request.mutable_provider_token();
      CheckText(token.token(), "provider_token.token", kMaxCredential, true, violations);
      CheckText(token.token_secret(), "provider_token.token_secret", kMaxCredential, true, violations);
      read.credentials =
          oauth1::TokenCredentials{std::move(*token.mutable_token()), Secret::Take(*token.mutable_token_secret())};
      break;
    }
    case v1::SignedRequestRequest::kApplication:
      read.credentials = flow::ApplicationCredentials{};
      break;
    case v1::SignedRequestRequest::CREDENTIALS_NOT_SET:
      violations.Add("credentials", "is required: access_token, provider_token or application");
      break;
  }
}

void ReadContent(v1::HttpCall& call, flow::SignedCall& read, FieldViolations& violations) {
  switch (call.content_case()) {
    case v1::HttpCall::kBody:
      read.content = flow::RawBody{std::move(*call.mutable_body()), call.content_type()};
      break;
    case v1::HttpCall::kForm:
      read.content = flow::FormBody{ReadParameters(call.form().fields(), "call.form.fields", violations)};
      break;
    case v1::HttpCall::kMultipart: {
      flow::MultipartBody multipart;
      if (call.multipart().parts_size() > kMostParts) {
        violations.Add("call.multipart.parts", absl::StrCat("has more than ", kMostParts, " entries"));
        break;
      }
      for (int i = 0; i < call.multipart().parts_size(); ++i) {
        v1::Part& part = *call.mutable_multipart()->mutable_parts(i);
        const std::string field = absl::StrCat("call.multipart.parts[", i, "]");
        CheckText(part.name(), field + ".name", kMaxCredential, false, violations);
        CheckText(part.filename(), field + ".filename", kMaxCredential, false, violations);
        CheckText(part.content_type(), field + ".content_type", kMaxContentType, false, violations);
        multipart.parts.push_back({part.name(), part.filename(), part.content_type(), std::move(*part.mutable_data())});
      }
      read.content = std::move(multipart);
      break;
    }
    case v1::HttpCall::CONTENT_NOT_SET:
      // A type without a body: some APIs answer in the type that the request names.
      if (!call.content_type().empty()) read.content = flow::RawBody{"", call.content_type()};
      break;
  }
  CheckText(call.content_type(), "call.content_type", kMaxContentType, false, violations);
  if ((call.has_form() || call.has_multipart()) && !call.content_type().empty()) {
    violations.Add("call.content_type", "must be empty with form and multipart, which have their own");
  }
}

}  // namespace

absl::StatusOr<flow::SignedCall> ReadSignedRequest(v1::SignedRequestRequest request) {
  FieldViolations violations;
  flow::SignedCall read;
  CheckText(request.provider(), "provider", kMaxName, true, violations);
  CheckText(request.consumer(), "consumer", kMaxName, false, violations);
  read.provider_parameters = ReadParameters(request.provider_parameters(), "provider_parameters", violations);
  ReadCredentials(request, read, violations);
  read.provider = request.provider();
  read.consumer = request.consumer();
  if (!request.has_call()) violations.Add("call", "is required");
  v1::HttpCall& call = *request.mutable_call();
  CheckText(call.method(), "call.method", kMaxName, true, violations);
  CheckText(call.url(), "call.url", kMaxUrl, true, violations);
  if (call.has_content_length()) violations.Add("call.content_length", "belongs to StreamSignedRequest alone");
  read.method = call.method();
  read.url = call.url();
  read.query = ReadParameters(call.query(), "call.query", violations);
  if (call.headers_size() > kMostHeaders) {
    violations.Add("call.headers", absl::StrCat("has more than ", kMostHeaders, " entries"));
    call.clear_headers();
  }
  for (const v1::Header& header : call.headers()) read.headers.push_back({header.name(), header.value()});
  ReadContent(call, read, violations);
  if (request.has_timeout() && DurationOf(request.timeout()) <= absl::ZeroDuration()) {
    violations.Add("timeout", "must be longer than nothing");
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return read;
}

absl::Duration TimeoutOf(const v1::SignedRequestRequest& request) {
  return request.has_timeout() ? DurationOf(request.timeout()) : absl::InfiniteDuration();
}

}  // namespace oauth1d::rpc
