#include "tests/records/scripted_provider.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::records {
namespace {

// Providers let clocks differ by this much (E*TRADE says so).
constexpr int64_t kTolerance = 300;

std::string Name(Where where) {
  switch (where) {
    case Where::kNowhere:
      return "nowhere";
    case Where::kHeader:
      return "in the header";
    case Where::kBody:
      return "in the body";
    case Where::kQuery:
      return "in the query";
    case Where::kSeveral:
      break;
  }
  return "in several places";
}

std::string Differs(absl::string_view what, absl::string_view wanted, absl::string_view got) {
  return absl::StrCat(what, " should be ", wanted, ", is ", got);
}

Pairs Sorted(Pairs pairs) {
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

}  // namespace

Task<egress::HttpResponse> ScriptedProvider::Send(egress::HttpRequest request, Deadline) {
  last_ = Receive(request);
  egress::HttpResponse response;
  response.status = 500;
  if (steps_.empty()) {
    Complain(absl::StrCat("nobody expected ", last_.method, " ", last_.uri));
    co_return response;
  }
  const Step step = std::move(steps_.front());
  steps_.pop_front();
  const size_t before = complaints_.size();
  CheckShape(step, last_);
  CheckRealm(step, last_);
  CheckProtocol(step, last_);
  CheckBody(step, last_);
  CheckReplay(step, last_);
  CheckSignature(step, last_);
  if (complaints_.size() > before) {
    response.status = 401;
    co_return response;
  }
  response.status = step.answer.status;
  response.body = step.answer.body;
  for (const auto& [name, value] : step.answer.headers) response.headers.push_back({name, value});
  response.headers.push_back(
      {"Date", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", clock_.Now() + ahead_, absl::UTCTimeZone())});
  co_return response;
}

Task<> ScriptedProvider::Stream(egress::HttpRequest, egress::BodySource*, std::string, std::optional<uint64_t>,
                                egress::AnswerSink*, Deadline) {
  co_return absl::UnimplementedError("scripts have no streams");
}

void ScriptedProvider::CheckShape(const Step& step, const ReceivedRequest& request) {
  const Wanted& wanted = step.wanted;
  if (request.method != wanted.method) Complain(step, Differs("the method", wanted.method, request.method));
  if (request.uri != wanted.uri) Complain(step, Differs("the URL", wanted.uri, request.uri));
  if (request.query != wanted.query) Complain(step, Differs("the query", ToText(wanted.query), ToText(request.query)));
  if (request.where != wanted.where)
    Complain(step, absl::StrCat("the protocol parameters stand ", Name(request.where)));
  for (const auto& [name, value] : wanted.headers) {
    const auto found = std::find_if(request.headers.begin(), request.headers.end(),
                                    [&](const auto& header) { return absl::EqualsIgnoreCase(header.first, name); });
    const std::string got = found == request.headers.end() ? "not there" : found->second;
    if (got != value) Complain(step, Differs(absl::StrCat("the header ", name), value, got));
  }
}

void ScriptedProvider::CheckRealm(const Step& step, const ReceivedRequest& request) {
  const std::string& wanted = step.wanted.realm;
  if (request.has_realm != !wanted.empty() || request.realm != wanted) {
    Complain(step, Differs("the realm", wanted, request.has_realm ? request.realm : "not there"));
  }
  if (request.has_realm && !request.realm_is_first) Complain(step, "the realm does not stand first");
}

void ScriptedProvider::CheckProtocol(const Step& step, const ReceivedRequest& request) {
  Pairs wanted = step.protocol;
  wanted.emplace_back("oauth_consumer_key", kConsumerKey);
  wanted.emplace_back("oauth_signature_method", step.wanted.signature_method);
  wanted.emplace_back("oauth_signature", kAny);
  wanted.insert(wanted.end(), step.wanted.among.begin(), step.wanted.among.end());
  if (script_.has_version) wanted.emplace_back("oauth_version", "1.0");
  if (!script_.bare_plaintext) {
    wanted.emplace_back("oauth_timestamp", kAny);
    wanted.emplace_back("oauth_nonce", kAny);
  }
  if (script_.empty_token && Count(wanted, "oauth_token") == 0) wanted.emplace_back("oauth_token", "");
  if (!step.wanted.body_hash.empty()) {
    wanted.emplace_back("oauth_body_hash", HashOf(step.wanted.body_hash, request.body));
  }
  Pairs got = request.protocol;
  for (auto& [name, value] : got) {
    if (ValueOf(wanted, name) == kAny && !value.empty()) value = kAny;
  }
  if (Sorted(got) != Sorted(wanted)) {
    Complain(step, Differs("the protocol parameters", ToText(Sorted(wanted)), ToText(Sorted(got))));
  }
}

void ScriptedProvider::CheckBody(const Step& step, const ReceivedRequest& request) {
  if (request.form != step.wanted.form) {
    Complain(step, Differs("the form", ToText(step.wanted.form), ToText(request.form)));
  }
  if (request.multipart != step.multipart_text) {
    Complain(step, Differs("the multipart text", ToText(step.multipart_text), ToText(request.multipart)));
  }
  const bool opaque = request.content_type != "application/x-www-form-urlencoded" && step.multipart_text.empty();
  if (opaque && request.body != step.body) Complain(step, Differs("the body", step.body, request.body));
}

void ScriptedProvider::CheckReplay(const Step& step, const ReceivedRequest& request) {
  if (script_.bare_plaintext) return;
  const std::string nonce = ValueOf(request.protocol, "oauth_nonce");
  const bool plain = std::all_of(nonce.begin(), nonce.end(), [](unsigned char c) { return absl::ascii_isalnum(c); });
  if (nonce.size() < script_.shortest_nonce || !plain)
    Complain(step, "the nonce is too short, or no letters and digits");
  if (!nonces_.insert(nonce).second) Complain(step, "the nonce came before");
  int64_t timestamp = 0;
  if (!absl::SimpleAtoi(ValueOf(request.protocol, "oauth_timestamp"), &timestamp)) Complain(step, "no timestamp");
  const int64_t off = std::abs(timestamp - absl::ToUnixSeconds(clock_.Now() + ahead_));
  if (step.refuses_clock != (off > kTolerance)) {
    Complain(step, absl::StrCat("the timestamp is ", off, " seconds off"));
  }
  if (!script_.monotonic) return;
  int64_t& last = last_timestamps_[ValueOf(request.protocol, "oauth_token")];
  if (timestamp < last) Complain(step, "the timestamp went back");
  last = std::max(last, timestamp);
}

void ScriptedProvider::CheckSignature(const Step& step, const ReceivedRequest& request) {
  Pairs parameters = request.query;
  parameters.insert(parameters.end(), request.form.begin(), request.form.end());
  if (step.wanted.signs_multipart_text) {
    parameters.insert(parameters.end(), request.multipart.begin(), request.multipart.end());
  }
  for (const auto& pair : request.protocol) {
    if (pair.first != "oauth_signature") parameters.push_back(pair);
  }
  const std::string uri = step.wanted.signed_uri.empty() ? request.uri : step.wanted.signed_uri;
  const std::string base = BaseString(request.method, uri, parameters);
  const Keys keys{kConsumerSecret, step.token_secret, public_key_pem_};
  if (!SignatureHolds(step.wanted.signature_method, base, ValueOf(request.protocol, "oauth_signature"), keys)) {
    Complain(step, absl::StrCat("the signature does not hold over ", base));
  }
}

}  // namespace oauth1d::records
