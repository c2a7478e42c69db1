#include "server/flow/signed_caller.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/flow/access_tokens.h"
#include "server/flow/caller_input.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/url_reference.h"

namespace oauth1d::flow {
namespace {

constexpr char kFormType[] = "application/x-www-form-urlencoded";
constexpr size_t kMaxUrl = 8 * 1024;
constexpr size_t kBoundarySize = 32;
constexpr int64_t kMostFormFields = 10'000;

// Whose request it is: the consumer, and the token where there is one.
struct Credentials {
  const providers::Consumer* consumer = nullptr;
  std::optional<oauth1::TokenCredentials> token;
  std::string replacement;
};

bool IsSafe(absl::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

absl::StatusOr<Credentials> FindCredentials(const SignedCall& request, const providers::Grant& grant, const Call& call,
                                            Environment& environment) {
  Credentials credentials;
  if (const auto* sealed = std::get_if<SealedToken>(&request.credentials)) {
    if (!request.consumer.empty()) return FailField("consumer", "is known from the access_token; leave it empty");
    ASSIGN_OR_RETURN(OpenedAccessToken opened, OpenAccessToken(*call.keyring, sealed->access_token, call.owner->name,
                                                               request.provider, environment));
    credentials.consumer = grant.provider->FindConsumer(opened.token.consumer());
    if (credentials.consumer == nullptr) {
      return Fail(Reason::kTokenExpired, "the consumer that this token belongs to is no longer configured");
    }
    credentials.token = oauth1::TokenCredentials{opened.token.token(), Secret(opened.token.token_secret())};
    credentials.replacement = std::move(opened.replacement);
    return credentials;
  }
  ASSIGN_OR_RETURN(credentials.consumer, FindConsumer(*grant.provider, request.consumer));
  if (const auto* own = std::get_if<oauth1::TokenCredentials>(&request.credentials)) {
    credentials.token = *own;
  } else if (!grant.application) {
    return Fail(Reason::kCallerNotAllowed,
                "requests without a user are not configured: set application for this owner");
  }
  return credentials;
}

absl::Status CheckRequest(const SignedCall& request) {
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

absl::StatusOr<oauth1::Url> FindUrl(const SignedCall& request, const providers::Provider& provider) {
  absl::StatusOr<oauth1::Url> url = oauth1::ResolveInside(provider.api_bases, request.url);
  if (absl::IsInvalidArgument(url.status())) return FailField("call.url", url.status().message());
  RETURN_IF_ERROR(url.status());
  FieldViolations violations;
  CheckNoProtocolParameters(oauth1::ParseForm(url->query()), "call.url query", violations);
  RETURN_IF_ERROR(violations.ToStatus());
  url = url->WithEncodedQuery(oauth1::EncodeForm(request.query));
  if (url->Target().size() > kMaxUrl) return FailField("call.query", "makes the URL longer than 8 KiB");
  return url;
}

// A media type without its parameters.
absl::string_view MediaType(absl::string_view content_type) {
  return absl::StripAsciiWhitespace(content_type.substr(0, content_type.find(';')));
}

absl::Status SetContent(const SignedCall& request, Environment& environment, UnsignedRequest& http) {
  std::string type;
  if (const auto* raw = std::get_if<RawBody>(&request.content)) {
    http.body = raw->bytes;
    type = raw->content_type;
    http.body_is_form = absl::EqualsIgnoreCase(MediaType(type), kFormType);
    if (http.body_is_form) {
      // A form is parsed and sorted on the loop that serves everybody.
      if (std::count(http.body.begin(), http.body.end(), '&') >= kMostFormFields) {
        return FailField("call.body", absl::StrCat("is a form of more than ", kMostFormFields, " fields"));
      }
      FieldViolations violations;
      CheckNoProtocolParameters(oauth1::ParseForm(http.body), "call.body", violations);
      RETURN_IF_ERROR(violations.ToStatus());
    }
  } else if (const auto* form = std::get_if<FormBody>(&request.content)) {
    http.body = oauth1::EncodeForm(form->fields);
    http.body_is_form = true;
    type = kFormType;
  } else if (const auto* multipart = std::get_if<MultipartBody>(&request.content)) {
    ASSIGN_OR_RETURN(const std::string random, RandomText(environment, kBoundarySize));
    const std::string boundary = absl::StrCat("oauth1d-", random);
    http.body = oauth1::EncodeMultipart(multipart->parts, boundary);
    type = oauth1::MultipartContentType(boundary);
  }
  if (http.body.size() > kMaxBody) return FailField("call", "has a body of more than 3.5 MiB when encoded");
  if (!type.empty()) http.headers.push_back({"Content-Type", type});
  return absl::OkStatus();
}

// What the HTTP client could not finish, in the words of a signed request.
absl::Status NoAnswer(const absl::Status& status, absl::string_view method) {
  if (!absl::IsUnavailable(status)) return status;
  const Sent sent = SentOf(status);
  absl::Status told =
      sent == Sent::kNo || IsSafe(method)
          ? Fail(Reason::kProviderUnreachable, status.message())
          : Fail(Reason::kOutcomeUnknown, absl::StrCat("the request may have taken effect: ", status.message()));
  return WithHttpStatus(WithSent(std::move(told), sent), HttpStatusOf(status));
}

SignedAnswer Understand(egress::HttpResponse response, const Credentials& credentials) {
  SignedAnswer answer;
  if (response.status >= 400 && response.status < 500) {
    answer.problem = oauth1::FindProblem(Challenges(response), response.body);
    answer.token_rejected =
        credentials.token.has_value() && answer.problem.has_value() && oauth1::MeansTokenRejected(answer.problem->name);
  }
  answer.replacement_access_token = credentials.replacement;
  answer.answer = std::move(response);
  answer.answer.headers = VisibleHeaders(std::move(answer.answer.headers));
  return answer;
}

}  // namespace

Task<SignedAnswer> SignedCaller::Send(SignedCall request, Call call) {
  call.facts->provider = request.provider;
  CO_ASSIGN_OR_RETURN(const providers::Grant* grant, FindGrant(*call.owner, request.provider));
  const std::shared_ptr<const providers::Provider> provider = grant->provider;
  CO_RETURN_IF_ERROR(CheckRequest(request));
  CO_ASSIGN_OR_RETURN(const Credentials credentials, FindCredentials(request, *grant, call, backends_.environment));
  CO_ASSIGN_OR_RETURN(oauth1::Url url, FindUrl(request, *provider));
  UnsignedRequest unsigned_request(request.method, std::move(url));
  unsigned_request.headers = std::move(request.headers);
  unsigned_request.token = credentials.token;
  CO_RETURN_IF_ERROR(SetContent(request, backends_.environment, unsigned_request));
  for (int tries = 1;; ++tries) {
    CO_ASSIGN_OR_RETURN(egress::HttpRequest http,
                        SignedHttpRequest(*provider, *credentials.consumer, unsigned_request, backends_.environment));
    http.max_answer_body = kMaxBody;
    http.may_use_stale_connection = IsSafe(request.method) || request.method == "PUT" || request.method == "DELETE";
    ++call.facts->attempts;
    const absl::Duration before = backends_.environment.Uptime();
    absl::StatusOr<egress::HttpResponse> answer = co_await backends_.http.Send(std::move(http), call.deadline);
    call.facts->upstream_time += backends_.environment.Uptime() - before;
    if (answer.ok()) {
      call.facts->http_status = answer->status;
      co_return Understand(*std::move(answer), credentials);
    }
    const bool never_left = absl::IsUnavailable(answer.status()) && SentOf(answer.status()) == Sent::kNo;
    if (!never_left || tries == 2) co_return NoAnswer(answer.status(), request.method);
  }
}

}  // namespace oauth1d::flow
