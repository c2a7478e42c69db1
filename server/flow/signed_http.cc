#include "server/flow/signed_http.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/flow/timestamps.h"
#include "server/oauth1/body_hash.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::flow {
namespace {

void AddUnlessSet(std::vector<egress::HeaderField>& headers, absl::string_view name, absl::string_view value) {
  for (const egress::HeaderField& header : headers) {
    if (absl::EqualsIgnoreCase(header.name, name)) return;
  }
  headers.push_back({std::string(name), std::string(value)});
}

oauth1::Placement PlacementOf(const UnsignedRequest& request) {
  return oauth1::PlacementFor(request.phase->placement, request.body_kind, request.method);
}

// Where a proxy hides the URL that we connect to: the first API base's path stands for the signing base's.
oauth1::Url SigningUrl(const providers::Endpoints& endpoints, const oauth1::Url& url) {
  if (!endpoints.signing_base.has_value()) return url;
  std::string path = url.path();
  if (!endpoints.api_bases.empty() && endpoints.api_bases[0].origin() == url.origin() &&
      absl::StartsWith(path, endpoints.api_bases[0].path())) {
    path = absl::StrCat(endpoints.signing_base->path(), path.substr(endpoints.api_bases[0].path().size()));
  }
  return oauth1::Url::FromParts(endpoints.signing_base->origin(), std::move(path), url.query(), url.has_query());
}

}  // namespace

absl::StatusOr<Stamp> RequestSigner::NewStamp(const providers::Client& client, const UnsignedRequest& request) {
  const providers::Provider& provider = *client.provider;
  Stamp stamp{.signing_url = SigningUrl(*client.endpoints, request.url)};
  stamp.realm = client.endpoints->realm;
  if (absl::StrContains(stamp.realm, '{')) {
    stamp.realm = absl::StrReplaceAll(stamp.realm, {{"{request_url}", stamp.signing_url.BaseStringUri()}});
  }
  const bool form = request.body_kind == oauth1::BodyKind::kForm || PlacementOf(request) == oauth1::Placement::kBody;
  if (request.hash_body && provider.body_hash != oauth1::BodyHash::kNone && !form) {
    stamp.body_hash = oauth1::ComputeBodyHash(provider.body_hash, request.body);
  }
  if (provider.bare_plaintext && request.phase->signature_method == oauth1::SignatureMethod::kPlaintext) return stamp;
  const absl::Time now = backends_.environment.Now() + backends_.clock_offsets.Of(request.url.origin().host);
  stamp.timestamp = absl::StrCat(absl::ToUnixSeconds(now));
  ASSIGN_OR_RETURN(stamp.nonce, nonces_.Next());
  return stamp;
}

Task<egress::HttpRequest> RequestSigner::Sign(providers::Client client, UnsignedRequest request, Call call) {
  // The last door: nothing is signed for a call that nobody has decided about.
  if (!call.facts->audited) co_return absl::InternalError("a request was about to be signed before it was decided on");
  CO_ASSIGN_OR_RETURN(Stamp stamp, NewStamp(client, request));
  if (client.provider->monotonic_timestamps && !stamp.timestamp.empty()) {
    const std::string token = request.token.has_value() ? request.token->token : "";
    const absl::Time now = backends_.environment.Now() + backends_.clock_offsets.Of(request.url.origin().host);
    CO_ASSIGN_OR_RETURN(const int64_t timestamp,
                        co_await NextTimestamp(backends_, client, token, absl::ToUnixSeconds(now),
                                               request.last_timestamp_was_wrong, call));
    stamp.timestamp = absl::StrCat(timestamp);
  }
  CO_ASSIGN_OR_RETURN(oauth1::SigningKey key, SigningKeyOf(client, request));
  const oauth1::SigningInput input = SigningInputOf(client, request, stamp);
  oauth1::SignedParts parts;
  if (oauth1::IsRsa(key.method())) {
    const oauth1::SignatureMethod method = key.method();
    std::string base(signer_.BaseOf(input, method).text());
    CO_ASSIGN_OR_RETURN(parts.signature, co_await backends_.rsa_thread.Sign(std::move(key), std::move(base)));
    signer_.Place(input, method, parts);
  } else {
    CO_RETURN_IF_ERROR(signer_.Sign(input, key, parts));
  }
  signer_.Wipe();
  co_return PlaceSignature(client, std::move(request), std::move(parts));
}

oauth1::SigningInput SigningInputOf(const providers::Client& client, const UnsignedRequest& request,
                                    const Stamp& stamp) {
  oauth1::SigningInput input(request.method, stamp.signing_url);
  input.body_kind = request.body_kind;
  if (request.body_kind == oauth1::BodyKind::kForm) input.form = request.body;
  if (!request.multipart_fields.empty()) input.multipart_fields = &request.multipart_fields;
  input.placement = PlacementOf(request);
  input.realm = stamp.realm;
  input.consumer_key = client.consumer->key;
  if (request.token.has_value()) {
    input.token = request.token->token;
  } else if (client.provider->empty_token) {
    input.token = "";
  }
  input.timestamp = stamp.timestamp;
  input.nonce = stamp.nonce;
  if (request.callback.has_value()) input.callback = *request.callback;
  if (request.verifier.has_value()) input.verifier = *request.verifier;
  if (request.session_handle.has_value()) input.session_handle = *request.session_handle;
  if (stamp.body_hash.has_value()) input.body_hash = *stamp.body_hash;
  if (!request.header_parameters.empty()) input.more = &request.header_parameters;
  input.send_version = client.provider->send_version;
  return input;
}

absl::StatusOr<oauth1::SigningKey> SigningKeyOf(const providers::Client& client, const UnsignedRequest& request) {
  return oauth1::SigningKey::Create(request.phase->signature_method, client.consumer->secret,
                                    request.token.has_value() ? request.token->secret : Secret(),
                                    client.consumer->rsa_key);
}

egress::HttpRequest PlaceSignature(const providers::Client& client, UnsignedRequest request,
                                   oauth1::SignedParts signature) {
  egress::HttpRequest http;
  http.origin = request.url.origin();
  http.rules = client.provider->network_rules;
  http.method = std::move(request.method);
  http.target = request.url.WithEncodedQuery(signature.query).Target();
  if (!signature.authorization.empty()) http.headers.push_back({"Authorization", std::move(signature.authorization)});
  for (egress::HeaderField& header : request.headers) http.headers.push_back(std::move(header));
  for (const oauth1::Parameter& header : client.endpoints->headers)
    AddUnlessSet(http.headers, header.name, header.value);
  AddUnlessSet(http.headers, "Accept", "*/*");
  AddUnlessSet(http.headers, "Accept-Encoding", "identity");
  AddUnlessSet(http.headers, "User-Agent", "oauth1d/" OAUTH1D_VERSION);
  http.body = std::move(request.body);
  if (!signature.body.empty()) {
    if (http.body.empty()) AddUnlessSet(http.headers, "Content-Type", oauth1::kFormType);
    absl::StrAppend(&http.body, http.body.empty() ? "" : "&", signature.body);
  }
  return http;
}

ClockLesson LearnTheTime(Backends backends, const providers::Provider& provider, const std::string& host,
                         const egress::HttpResponse& answer) {
  ClockLesson lesson;
  if (answer.status < 400 || answer.status >= 500) return lesson;
  const std::optional<oauth1::Problem> problem = oauth1::FindProblem(Challenges(answer), answer.body);
  if (!MeansTimestampRefused(provider, problem, answer)) return lesson;
  const std::optional<absl::Time> theirs = TimeOf(problem, answer);
  lesson.learned = theirs.has_value() && backends.clock_offsets.Learn(host, backends.environment.Now(), *theirs);
  if (lesson.learned) backends.metrics.ClockOffsetIs(provider.name, *theirs - backends.environment.Now());
  // Where timestamps must not go back, one may have been overtaken on its way by one of the next second.
  lesson.worth_another_try = lesson.learned || provider.monotonic_timestamps;
  return lesson;
}

std::vector<absl::string_view> Challenges(const egress::HttpResponse& answer) {
  std::vector<absl::string_view> challenges;
  for (const egress::HeaderField& header : answer.headers) {
    if (absl::EqualsIgnoreCase(header.name, "www-authenticate")) challenges.push_back(header.value);
  }
  return challenges;
}

}  // namespace oauth1d::flow
