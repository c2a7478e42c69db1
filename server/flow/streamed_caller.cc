#include "server/flow/streamed_caller.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/flow/caller_input.h"
#include "server/flow/gate.h"
#include "server/flow/renewed_credentials.h"
#include "server/flow/signed_caller.h"

namespace oauth1d::flow {
namespace {

// As much of a refusal as is looked at for its oauth_problem.
constexpr size_t kLookedAt = 4096;

// Passes an answer on, and keeps what tells how the OAuth part of the request fared.
class Observer : public egress::AnswerSink {
 public:
  explicit Observer(egress::AnswerSink* next) : next_(next) {}

  Task<> Begin(egress::HttpResponse head) override {
    seen_ = head;
    head.headers = VisibleHeaders(std::move(head.headers));
    co_return co_await next_->Begin(std::move(head));
  }

  Task<> Take(std::string piece) override {
    const bool refusal = seen_.status >= 400 && seen_.status < 500;
    if (refusal && seen_.body.size() <= kLookedAt) seen_.body.append(piece, 0, kLookedAt + 1 - seen_.body.size());
    co_return co_await next_->Take(std::move(piece));
  }

  // The head, and the beginning of a refusal's body: beyond kLookedAt it is no form with a problem in it.
  egress::HttpResponse& seen() { return seen_; }

 private:
  egress::AnswerSink* const next_;
  egress::HttpResponse seen_;
};

// Why a body cannot be signed before it is whole; empty: it can.
absl::string_view WhyWhole(const StreamedCall& request, const providers::Provider& provider) {
  if (const auto* raw = std::get_if<RawBody>(&request.call.content)) {
    if (IsFormType(raw->content_type)) return "a form is signed with its fields";
  }
  if (const auto* multipart = std::get_if<MultipartBody>(&request.call.content)) {
    if (provider.sign_multipart_fields && multipart->parts.back().filename.empty()) {
      return "this provider signs text fields";
    }
  }
  return provider.body_hash == oauth1::BodyHash::kNone ? "" : "this provider needs a body hash";
}

// The first chunk, which was read to see whether there is any, and those after it.
class Resumed : public egress::BodySource {
 public:
  Resumed(std::optional<std::string> first, egress::BodySource* rest) : first_(std::move(first)), rest_(rest) {}

  Task<std::optional<std::string>> Next() override {
    if (first_.has_value()) co_return std::exchange(first_, std::nullopt);
    co_return co_await rest_->Next();
  }

 private:
  std::optional<std::string> first_;
  egress::BodySource* const rest_;
};

Task<std::string> Gather(egress::BodySource* chunks, absl::string_view why, Backends backends, Call call) {
  std::string whole;
  for (;;) {
    if (call.deadline.Passed(backends.environment))
      co_return Fail(Reason::kDeadline, "the deadline passed before the body was whole");
    CO_ASSIGN_OR_RETURN(const std::optional<std::string> piece, co_await chunks->Next());
    if (!piece.has_value()) co_return whole;
    if (piece->size() > kMaxBody - whole.size()) {
      co_return FailField("chunk", absl::StrCat(why, ", so the body is held whole: at most 3.5 MiB"));
    }
    whole += *piece;
    CO_ASSIGN_OR_RETURN(callers::Share held, backends.quotas.HoldBytes(piece->size()));
    call.facts->with_body.push_back(std::move(held));
  }
}

absl::Status CheckLength(const StreamedCall& request, size_t length) {
  if (request.content_length.value_or(length) == length) return absl::OkStatus();
  return FailField("content_length", "is not the length of what the chunks brought");
}

void SetData(std::string data, StreamedCall& request) {
  if (auto* multipart = std::get_if<MultipartBody>(&request.call.content)) {
    multipart->parts.back().data = std::move(data);
  } else if (auto* raw = std::get_if<RawBody>(&request.call.content)) {
    raw->bytes = std::move(data);
  } else {
    request.call.content = RawBody{std::move(data), ""};
  }
}

// What stands behind the data of the last part, cut off from the end of a multipart body whose last part is empty.
std::string CutOffEnd(std::string& multipart_body) {
  const size_t end = multipart_body.rfind("\r\n--");
  std::string cut = multipart_body.substr(end);
  multipart_body.resize(end);
  return cut;
}

}  // namespace

Task<StreamedEnd> StreamedCaller::Send(StreamedCall request, egress::BodySource* chunks, egress::AnswerSink* answer,
                                       Call call) {
  call.facts->provider = request.call.provider;
  // Everything is checked before the first chunk is asked for.
  CO_ASSIGN_OR_RETURN(PreparedRequest prepared, PrepareRequest(request.call, call, backends_.environment));
  CO_RETURN_IF_ERROR(co_await Enter(backends_, call, prepared.grant));
  CO_ASSIGN_OR_RETURN(std::optional<std::string> first, co_await chunks->Next());
  if (!request.chunks_follow && first.has_value()) {
    co_return FailField("chunk", "must not follow: the head has the whole body");
  }
  // Without any the request is whole as it is: a GET, or an empty body.
  if (!first.has_value()) {
    CO_RETURN_IF_ERROR(CheckLength(request, 0));
    request.chunks_follow = false;
  }
  Resumed resumed(std::move(first), chunks);
  const absl::string_view why = WhyWhole(request, *prepared.credentials.client.provider);
  if (request.chunks_follow && !why.empty()) {
    CO_ASSIGN_OR_RETURN(std::string data, co_await Gather(&resumed, why, backends_, call));
    CO_RETURN_IF_ERROR(CheckLength(request, data.size()));
    SetData(std::move(data), request);
    request.chunks_follow = false;
    CO_ASSIGN_OR_RETURN(prepared, PrepareRequest(request.call, call, backends_.environment));
  }
  bool renewed = false;
  CO_ASSIGN_OR_RETURN(prepared.credentials,
                      co_await RenewIfDue(backends_, keeper_, std::move(prepared.credentials), call, &renewed));
  prepared.request.token = prepared.credentials.token;

  std::string body_end;
  std::optional<uint64_t> content_length;
  if (request.chunks_follow) {
    if (std::holds_alternative<MultipartBody>(request.call.content)) body_end = CutOffEnd(prepared.request.body);
    prepared.request.body_kind = oauth1::BodyKind::kOther;
    content_length = request.content_length;
    if (content_length.has_value()) *content_length += prepared.request.body.size() + body_end.size();
  }
  const Credentials credentials = prepared.credentials;
  const std::string method = prepared.request.method;
  const std::string host = prepared.request.url.origin().host;
  const auto told = [&](absl::Status status) {
    return renewed ? WithRenewedToken(std::move(status), credentials.replacement) : status;
  };
  StreamedBody body;
  if (request.chunks_follow) body.source = &resumed;
  body.end = std::move(body_end);
  body.content_length = content_length;
  Observer observer(answer);
  const absl::Status sent =
      co_await upstream_.Stream(credentials.client, std::move(prepared.request), std::move(body), &observer, call);
  if (!sent.ok()) co_return told(NoSignedAnswer(sent, method));
  CountRefusedSignature(backends_, *credentials.client.provider, observer.seen());
  // For the next request: this one cannot be sent again.
  LearnTheTime(backends_, *credentials.client.provider, host, observer.seen());
  const SignedAnswer understood = Understand(std::move(observer.seen()), credentials);
  StreamedEnd end;
  end.problem = understood.problem;
  end.token_rejected = understood.token_rejected;
  end.replacement_access_token = understood.replacement_access_token;
  co_return end;
}

}  // namespace oauth1d::flow
