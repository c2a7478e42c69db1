#include "server/flow/prepared_request.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/flow/caller_input.h"
#include "server/flow/gate.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/url_reference.h"

namespace oauth1d::flow {
namespace {

constexpr size_t kMaxUrl = 8 * 1024;
constexpr size_t kBoundarySize = 32;
constexpr int64_t kMostFormFields = 10'000;

absl::Status CheckShape(const SignedCall& request) {
  constexpr std::array<absl::string_view, 7> kMethods = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"};
  FieldViolations violations;
  if (std::find(kMethods.begin(), kMethods.end(), request.method) == kMethods.end()) {
    violations.Add("call.method", "must be GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS, in upper case");
  }
  if (request.url.size() > kMaxUrl) violations.Add("call.url", "is longer than 8 KiB");
  CheckNoProtocolParameters(request.query, "call.query", violations);
  CheckHeaders(request.headers, "call.headers", violations);
  if (const auto* form = std::get_if<FormBody>(&request.content)) {
    CheckNoProtocolParameters(form->fields, "call.form.fields", violations);
  }
  if (const auto* raw = std::get_if<RawBody>(&request.content)) {
    if (oauth1::HasControlCharacters(raw->content_type)) {
      violations.Add("call.content_type", "has a control character");
    }
    // Some would read such a body as a form, and others, like us, would not.
    if (!IsFormType(raw->content_type) &&
        absl::StartsWithIgnoreCase(absl::StripLeadingAsciiWhitespace(raw->content_type), oauth1::kFormType)) {
      violations.Add("call.content_type", "is neither a form's nor another type: nothing but parameters may follow it");
    }
  }
  if (const auto* multipart = std::get_if<MultipartBody>(&request.content)) {
    if (multipart->parts.empty()) violations.Add("call.multipart.parts", "is empty");
    for (size_t i = 0; i < multipart->parts.size(); ++i) {
      const absl::Status part = oauth1::CheckPart(multipart->parts[i]);
      if (!part.ok()) violations.Add(absl::StrCat("call.multipart.parts[", i, "]"), part.message());
    }
  }
  return violations.ToStatus();
}

// The url inside the API bases, without the parameters of the field `query`.
absl::StatusOr<oauth1::Url> FindUrl(const SignedCall& request, const providers::Endpoints& endpoints) {
  if (endpoints.api_bases.empty()) {
    return FailField("provider", "has no API: its record only makes tokens");
  }
  absl::StatusOr<oauth1::Url> url = oauth1::ResolveInside(endpoints.api_bases, request.url);
  if (absl::IsInvalidArgument(url.status())) return FailField("call.url", url.status().message());
  RETURN_IF_ERROR(url.status());
  FieldViolations violations;
  CheckNoProtocolParameters(oauth1::ParseForm(url->query()), "call.url query", violations);
  RETURN_IF_ERROR(violations.ToStatus());
  return url;
}

// A media type without its parameters.
absl::string_view MediaType(absl::string_view content_type) {
  return absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';')));
}

// RFC 5849 section 3.4.1.3.1 leaves multipart bodies out; some upload APIs sign their text fields all the same.
oauth1::Parameters TextFields(const MultipartBody& multipart) {
  oauth1::Parameters fields;
  for (const oauth1::Part& part : multipart.parts) {
    if (part.filename.empty()) fields.push_back({part.name, part.data});
  }
  return fields;
}

absl::Status SetContent(SignedCall& request, const providers::Provider& provider, Environment& environment,
                        UnsignedRequest& http) {
  if (auto* raw = std::get_if<RawBody>(&request.content)) {
    RETURN_IF_ERROR(SetRawBody(std::move(raw->bytes), raw->content_type, http));
  } else if (const auto* form = std::get_if<FormBody>(&request.content)) {
    RETURN_IF_ERROR(SetRawBody(oauth1::EncodeForm(form->fields), oauth1::kFormType, http));
  } else if (const auto* multipart = std::get_if<MultipartBody>(&request.content)) {
    ASSIGN_OR_RETURN(const std::string random, RandomText(environment, kBoundarySize));
    const std::string boundary = absl::StrCat("oauth1d-", random);
    RETURN_IF_ERROR(
        SetRawBody(oauth1::EncodeMultipart(multipart->parts, boundary), oauth1::MultipartContentType(boundary), http));
    if (provider.sign_multipart_fields) http.multipart_fields = TextFields(*multipart);
  }
  if (http.body.size() > kMaxBody) return FailField("call", "has a body of more than 3.5 MiB when encoded");
  return absl::OkStatus();
}

// The path as forgiving servers read it: decoded, without matrix parameters, in one case, no slash at its end.
std::string PagePath(const oauth1::Url& url) {
  std::string path = oauth1::PercentDecode(oauth1::PercentDecode(url.path()));
  path = absl::AsciiStrToLower(absl::string_view(path).substr(0, path.find(';')));
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return absl::StrReplaceAll(path, {{"//", "/"}});
}

// The service makes these calls itself, under policies of their own: who could make them by hand would get a provider's
// token unsealed.
bool IsTokenEndpoint(const oauth1::Url& url, const oauth1::Parameters& parameters, const oauth1::Url& endpoint) {
  if (url.origin() != endpoint.origin() || PagePath(url) != PagePath(endpoint)) return false;
  // MediaWiki tells its pages apart by the query.
  const oauth1::Parameters wanted = oauth1::ParseForm(endpoint.query());
  return std::all_of(wanted.begin(), wanted.end(), [&](const oauth1::Parameter& parameter) {
    return std::any_of(parameters.begin(), parameters.end(), [&](const oauth1::Parameter& other) {
      return other.name == parameter.name && absl::EqualsIgnoreCase(other.value, parameter.value);
    });
  });
}

absl::Status CheckNoTokenEndpoint(const oauth1::Url& url, const oauth1::Parameters& parameters,
                                  const providers::Endpoints& endpoints) {
  for (const std::optional<oauth1::Url>* endpoint :
       {&endpoints.request_token_url, &endpoints.access_token_url, &endpoints.renewal_url, &endpoints.revocation_url}) {
    if (endpoint->has_value() && IsTokenEndpoint(url, parameters, **endpoint)) {
      return Fail(Reason::kDestinationDenied,
                  "call.url is one of the provider's token endpoints, which only the service itself calls");
    }
  }
  return absl::OkStatus();
}

// `url` with the whole query.
absl::Status CheckPolicy(const SignedCall& request, const oauth1::Url& url, const Call& call,
                         const providers::Grant& grant, const providers::Endpoints& endpoints) {
  oauth1::Parameters parameters = oauth1::ParseForm(url.query());
  const oauth1::Parameters* form = nullptr;
  oauth1::Parameters raw_form;
  if (const auto* fields = std::get_if<FormBody>(&request.content)) form = &fields->fields;
  if (const auto* raw = std::get_if<RawBody>(&request.content); raw != nullptr && IsFormType(raw->content_type)) {
    raw_form = oauth1::ParseForm(raw->bytes);
    form = &raw_form;
  }
  if (form != nullptr) parameters.insert(parameters.end(), form->begin(), form->end());
  if (const auto* multipart = std::get_if<MultipartBody>(&request.content)) {
    for (const oauth1::Part& part : multipart->parts) parameters.push_back({part.name, part.data});
  }
  RETURN_IF_ERROR(CheckNoTokenEndpoint(url, parameters, endpoints));
  return CheckRequest(call, grant, AskedRequest{request.method, url.path(), request.headers, parameters});
}

}  // namespace

bool IsFormType(absl::string_view content_type) {
  return absl::EqualsIgnoreCase(MediaType(content_type), oauth1::kFormType);
}

absl::Status SetRawBody(std::string body, absl::string_view content_type, UnsignedRequest& request) {
  request.body = std::move(body);
  if (!content_type.empty()) request.headers.push_back({"Content-Type", std::string(content_type)});
  if (!IsFormType(content_type)) {
    const bool nothing = request.body.empty() && content_type.empty();
    request.body_kind = nothing ? oauth1::BodyKind::kEmpty : oauth1::BodyKind::kOther;
    return absl::OkStatus();
  }
  request.body_kind = oauth1::BodyKind::kForm;
  // A form is parsed and sorted on the loop that serves everybody.
  if (std::count(request.body.begin(), request.body.end(), '&') >= kMostFormFields) {
    return FailField("call.body", absl::StrCat("is a form of more than ", kMostFormFields, " fields"));
  }
  FieldViolations violations;
  CheckNoProtocolParameters(oauth1::ParseForm(request.body), "call.body", violations);
  return violations.ToStatus();
}

absl::StatusOr<PreparedRequest> PrepareRequest(SignedCall call_in, const Call& call, Environment& environment) {
  ASSIGN_OR_RETURN(const providers::Grant* grant, FindGrant(call, call_in.provider));
  RETURN_IF_ERROR(CheckShape(call_in));
  ASSIGN_OR_RETURN(Credentials credentials, FindCredentials(call_in.credentials, call_in.consumer,
                                                            call_in.provider_parameters, *grant, call, environment));
  ASSIGN_OR_RETURN(oauth1::Url url, FindUrl(call_in, *credentials.client.endpoints));
  const size_t url_parameters = oauth1::ParseForm(url.query()).size();
  url = url.WithEncodedQuery(oauth1::EncodeForm(call_in.query));
  if (url.Target().size() > kMaxUrl) return FailField("call.query", "makes the URL longer than 8 KiB");
  const providers::Provider& provider = *credentials.client.provider;
  RETURN_IF_ERROR(CheckPolicy(call_in, url, call, *grant, *credentials.client.endpoints));
  PreparedRequest prepared{std::move(credentials), UnsignedRequest(provider.api, call_in.method, std::move(url)), grant,
                           url_parameters};
  prepared.request.headers = std::move(call_in.headers);
  prepared.request.hash_body = true;
  prepared.request.token = prepared.credentials.token;
  RETURN_IF_ERROR(SetContent(call_in, provider, environment, prepared.request));
  return prepared;
}

}  // namespace oauth1d::flow
