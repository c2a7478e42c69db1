#include "server/flow/upstream.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/flow/breakers.h"
#include "server/oauth1/problem.h"

namespace oauth1d::flow {
namespace {

constexpr size_t kSpanIdBytes = 8;

absl::string_view NameOf(ops::UpstreamCall call) {
  switch (call) {
    case ops::UpstreamCall::kTemporaryCredentials:
      return "temporary_credentials";
    case ops::UpstreamCall::kTokenCredentials:
      return "token_credentials";
    case ops::UpstreamCall::kApi:
      return "api";
  }
  return "";
}

// A host that a caller's values made says nothing about the provider.
bool IsConfigured(const providers::Client& client) {
  return client.provider->endpoints != nullptr || client.consumer->endpoints != nullptr;
}

// Empty where nobody wants to know of it.
std::string NewSpanId(const Trace& trace, bool traced_on, Environment& environment) {
  if (trace.trace_id.empty() || (!trace.sampled && !traced_on)) return "";
  const absl::StatusOr<std::string> bytes = environment.RandomBytes(kSpanIdBytes);
  return bytes.ok() ? absl::BytesToHexString(*bytes) : "";
}

// W3C Trace Context level 1. A field of that name which the caller or the record gave stays as it is; a header field is
// never signed.
void AddTraceparent(const Trace& trace, const std::string& span_id, std::vector<egress::HeaderField>& headers) {
  const bool given = std::any_of(headers.begin(), headers.end(), [](const egress::HeaderField& header) {
    return absl::EqualsIgnoreCase(header.name, "traceparent");
  });
  if (given || span_id.empty()) return;
  headers.push_back({"traceparent", absl::StrCat("00-", trace.trace_id, "-", span_id, trace.sampled ? "-01" : "-00")});
}

// Notes the head of an answer on its way.
class Noticing : public egress::AnswerSink {
 public:
  Noticing(egress::AnswerSink* next, Breakers::Pass* pass) : next_(next), pass_(pass) {}

  Task<> Begin(egress::HttpResponse head) override {
    http_status_ = head.status;
    if (pass_ != nullptr) pass_->Ended(absl::OkStatus());  // the rest may take an hour
    co_return co_await next_->Begin(std::move(head));
  }
  Task<> Take(std::string piece) override { co_return co_await next_->Take(std::move(piece)); }

  int http_status() const { return http_status_; }

 private:
  egress::AnswerSink* const next_;
  Breakers::Pass* const pass_;
  int http_status_ = 0;
};

}  // namespace

struct Upstream::Outgoing {
  std::shared_ptr<const providers::Provider> provider;
  ops::UpstreamCall what;
  std::optional<Breakers::Pass> pass;  // none: a host that no breaker is for
  egress::HttpRequest http;
  std::string span_id;
  absl::Duration begin;
};

Task<Upstream::Outgoing> Upstream::Begin(providers::Client client, UnsignedRequest request, ops::UpstreamCall what,
                                         Call call) {
  Outgoing outgoing;
  outgoing.provider = client.provider;
  outgoing.what = what;
  if (IsConfigured(client)) {
    absl::StatusOr<Breakers::Pass> pass = backends_.breakers.Enter(client.provider->name, request.url.origin());
    if (!pass.ok()) co_return pass.status();
    outgoing.pass.emplace(*std::move(pass));
  }
  CO_ASSIGN_OR_RETURN(outgoing.http, co_await signer_.Sign(std::move(client), std::move(request), call));
  const Trace& trace = call.facts->trace;
  outgoing.span_id = NewSpanId(trace, outgoing.provider->trace_context, backends_.environment);
  if (outgoing.provider->trace_context) AddTraceparent(trace, outgoing.span_id, outgoing.http.headers);
  ++call.facts->attempts;
  outgoing.begin = backends_.environment.Uptime();
  co_return outgoing;
}

void Upstream::End(Outgoing& outgoing, const absl::Status& status, int http_status, const Call& call) {
  const absl::Duration took = backends_.environment.Uptime() - outgoing.begin;
  if (outgoing.pass.has_value()) outgoing.pass->Ended(status);
  call.facts->upstream_time += took;
  if (http_status != 0) call.facts->http_status = http_status;
  backends_.metrics.UpstreamEnded(outgoing.provider->name, outgoing.what, http_status, took);
  const Trace& trace = call.facts->trace;
  if (!trace.sampled || trace.tell == nullptr || outgoing.span_id.empty()) return;
  ops::Span span;
  span.name = "upstream";
  span.trace_id = trace.trace_id;
  span.span_id = outgoing.span_id;
  span.parent_span_id = trace.span_id;
  span.start = backends_.environment.Now() - took;
  span.duration = took;
  span.provider = outgoing.provider->name;
  span.call = NameOf(outgoing.what);
  span.http_status = http_status;
  trace.tell(span);
}

Task<egress::HttpResponse> Upstream::Send(providers::Client client, UnsignedRequest request, Bounds bounds,
                                          ops::UpstreamCall what, Call call) {
  CO_ASSIGN_OR_RETURN(Outgoing outgoing, co_await Begin(std::move(client), std::move(request), what, call));
  egress::HttpRequest http = std::move(outgoing.http);
  http.max_answer_body = bounds.max_answer_body;
  http.patience = bounds.patience;
  http.may_use_stale_connection = bounds.may_use_stale_connection;
  absl::StatusOr<egress::HttpResponse> answer = co_await backends_.http.Send(std::move(http), call.deadline);
  End(outgoing, answer.status(), answer.ok() ? answer->status : 0, call);
  if (answer.ok()) CountRefusedSignature(backends_, *outgoing.provider, *answer);
  co_return answer;
}

Task<> Upstream::Stream(providers::Client client, UnsignedRequest request, StreamedBody body,
                        egress::AnswerSink* answer, Call call) {
  CO_ASSIGN_OR_RETURN(Outgoing outgoing,
                      co_await Begin(std::move(client), std::move(request), ops::UpstreamCall::kApi, call));
  egress::HttpRequest http = std::move(outgoing.http);
  Noticing noticing(answer, outgoing.pass.has_value() ? &*outgoing.pass : nullptr);
  const absl::Status status = co_await backends_.http.Stream(std::move(http), body.source, std::move(body.end),
                                                             body.content_length, &noticing, call.deadline);
  End(outgoing, status, noticing.http_status(), call);
  co_return status;
}

void CountRefusedSignature(Backends backends, const providers::Provider& provider, const egress::HttpResponse& answer) {
  if (answer.status < 400 || answer.status >= 500) return;
  const std::optional<oauth1::Problem> problem = oauth1::FindProblem(Challenges(answer), answer.body);
  if (problem.has_value() && problem->name == "signature_invalid") backends.metrics.SignatureRefused(provider.name);
}

}  // namespace oauth1d::flow
