#include "server/rpc/oauth1_service.h"

#include <utility>

#include "absl/hash/hash.h"
#include "server/rpc/coroutine_reactor.h"
#include "server/rpc/request_reader.h"
#include "server/rpc/response_writer.h"
#include "server/rpc/stream_reactor.h"
#include "server/rpc/stream_story.h"
#include "server/rpc/text_fields.h"
#include "server/rpc/visit.h"

namespace oauth1d::rpc {
namespace {

using providers::Rpc;
using VisitPointer = std::shared_ptr<Visit>;

Task<v1::StartAuthorizationResponse> Start(Lane& lane, VisitPointer visit, v1::StartAuthorizationRequest request) {
  CO_ASSIGN_OR_RETURN(flow::StartRequest start, ReadStart(request));
  CO_ASSIGN_OR_RETURN(const flow::StartedAuthorization started,
                      co_await lane.authorizer.Start(std::move(start), visit->call()));
  co_return WriteStarted(started);
}

Task<v1::CompleteAuthorizationResponse> Complete(Lane& lane, VisitPointer visit,
                                                 v1::CompleteAuthorizationRequest request) {
  CO_ASSIGN_OR_RETURN(flow::CompleteRequest complete, ReadComplete(request));
  CO_ASSIGN_OR_RETURN(const flow::CompletedAuthorization completed,
                      co_await lane.authorizer.Complete(std::move(complete), visit->call()));
  co_return WriteCompleted(completed, request.provider());
}

Task<v1::SignedRequestResponse> Send(Lane& lane, VisitPointer visit, v1::SignedRequestRequest request) {
  const absl::Duration timeout = TimeoutOf(request);
  CO_ASSIGN_OR_RETURN(flow::SignedCall call, ReadSignedRequest(std::move(request)));
  visit->call().deadline = visit->call().deadline.OrAfter(lane.environment, timeout);
  CO_ASSIGN_OR_RETURN(flow::SignedAnswer answer, co_await lane.signed_caller.Send(std::move(call), visit->call()));
  co_return WriteAnswer(std::move(answer));
}

Task<v1::ExplainSignatureResponse> Explain(Lane& lane, VisitPointer visit, v1::ExplainSignatureRequest request) {
  CO_ASSIGN_OR_RETURN(flow::ExplainRequest explain, ReadExplain(std::move(request)));
  CO_ASSIGN_OR_RETURN(const flow::ExplainedSignature explained,
                      co_await lane.explainer.Explain(std::move(explain), visit->call()));
  co_return WriteExplained(explained);
}

Task<v1::ImportAccessTokenResponse> Import(Lane& lane, VisitPointer visit, v1::ImportAccessTokenRequest request) {
  CO_ASSIGN_OR_RETURN(flow::ImportRequest import, ReadImport(std::move(request)));
  CO_ASSIGN_OR_RETURN(const records::v1::Result result, co_await lane.keeper.Import(std::move(import), visit->call()));
  v1::ImportAccessTokenResponse response;
  WriteToken(result, response);
  co_return response;
}

Task<v1::RefreshAccessTokenResponse> Refresh(Lane& lane, VisitPointer visit, v1::RefreshAccessTokenRequest request) {
  CO_RETURN_IF_ERROR(CheckAccessToken(request.access_token()));
  CO_ASSIGN_OR_RETURN(const records::v1::Result result,
                      co_await lane.keeper.Refresh(request.access_token(), visit->call()));
  v1::RefreshAccessTokenResponse response;
  WriteToken(result, response);
  co_return response;
}

Task<v1::RewrapAccessTokenResponse> Rewrap(Lane& lane, VisitPointer visit, v1::RewrapAccessTokenRequest request) {
  CO_RETURN_IF_ERROR(CheckAccessToken(request.access_token()));
  v1::RewrapAccessTokenResponse response;
  CO_ASSIGN_OR_RETURN(*response.mutable_access_token(),
                      co_await lane.keeper.Rewrap(request.access_token(), visit->call()));
  co_return response;
}

Task<v1::RevokeAccessTokenResponse> Revoke(Lane& lane, VisitPointer visit, v1::RevokeAccessTokenRequest request) {
  CO_RETURN_IF_ERROR(CheckAccessToken(request.access_token()));
  CO_ASSIGN_OR_RETURN(const bool revoked, co_await lane.keeper.Revoke(request.access_token(), visit->call()));
  v1::RevokeAccessTokenResponse response;
  response.set_provider_revoked(revoked);
  co_return response;
}

Task<v1::ListProvidersResponse> List(Lane& lane, VisitPointer visit, v1::ListProvidersRequest) {
  CO_RETURN_IF_ERROR(co_await lane.EnterAlone(visit->call()));
  co_return WriteProviders(*visit->call().owner);
}

// Nothing of a story runs for a caller that is not admitted, or for bytes that are no such message.
template <typename Request, typename Story>
std::invoke_result_t<Story, Lane&, VisitPointer, Request> Admit(Lane& lane, VisitPointer visit, Request request,
                                                                absl::Status parsed, Story story) {
  CO_RETURN_IF_ERROR(visit->admitted());
  CO_RETURN_IF_ERROR(parsed);
  co_return co_await story(lane, visit, std::move(request));
}

}  // namespace

template <typename Request, typename Story>
grpc::ServerUnaryReactor* OAuth1Service::Handle(providers::Rpc rpc, Lane& lane, Context* context, const Bytes* request,
                                                Bytes* response, Story story) {
  const auto visit =
      std::make_shared<Visit>(rpc, *context, lane, *ground_.load(), connections_, calls_, request->Length());
  Request message;
  const absl::Status parsed = ParseRequest(*request, message);
  auto* const reactor = new CoroutineReactor(lane.loop, lane.environment, *context, visit->connection(), *response);
  reactor->Run(
      visit,
      [&lane, visit, message = std::move(message), parsed, story]() mutable {
        return Admit(lane, visit, std::move(message), parsed, story);
      },
      [visit, response](auto result) {
        if (!result.ok()) return visit->Finish(result.status());
        bool own_buffer = false;
        const grpc::Status written =
            grpc::SerializationTraits<std::decay_t<decltype(*result)>>::Serialize(*result, response, &own_buffer);
        return visit->Finish(written.ok() ? absl::OkStatus() : absl::InternalError("the response does not serialize"));
      });
  return reactor;
}

Lane& OAuth1Service::LaneOf(const std::string& key) {
  return key.empty() ? NextLane() : *lanes_[absl::Hash<std::string>()(key) % lanes_.size()];
}

grpc::ServerUnaryReactor* OAuth1Service::StartAuthorization(Context* context, const Bytes* request, Bytes* response) {
  return Handle<v1::StartAuthorizationRequest>(Rpc::kStartAuthorization, NextLane(), context, request, response, Start);
}

grpc::ServerUnaryReactor* OAuth1Service::CompleteAuthorization(Context* context, const Bytes* request,
                                                               Bytes* response) {
  Lane& lane = LaneOf(FlowKeyOf(*request));
  return Handle<v1::CompleteAuthorizationRequest>(Rpc::kCompleteAuthorization, lane, context, request, response,
                                                  Complete);
}

grpc::ServerUnaryReactor* OAuth1Service::SignedRequest(Context* context, const Bytes* request, Bytes* response) {
  return Handle<v1::SignedRequestRequest>(Rpc::kSignedRequest, NextLane(), context, request, response, Send);
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* OAuth1Service::StreamSignedRequest(Context* context) {
  Lane& lane = NextLane();
  const auto visit = std::make_shared<Visit>(Rpc::kStreamSignedRequest, *context, lane, *ground_.load(), connections_,
                                             calls_, 0, kLongestStream);
  auto* const reactor = new StreamReactor(lane.loop, lane.environment, *context, visit->connection());
  reactor->Run([&lane, visit, reactor] { return StreamRequest(lane, visit, reactor); },
               [visit](const absl::Status& status) { return visit->Finish(status); });
  return reactor;
}

grpc::ServerUnaryReactor* OAuth1Service::ExplainSignature(Context* context, const Bytes* request, Bytes* response) {
  return Handle<v1::ExplainSignatureRequest>(Rpc::kExplainSignature, NextLane(), context, request, response, Explain);
}

grpc::ServerUnaryReactor* OAuth1Service::ImportAccessToken(Context* context, const Bytes* request, Bytes* response) {
  return Handle<v1::ImportAccessTokenRequest>(Rpc::kImportAccessToken, NextLane(), context, request, response, Import);
}

grpc::ServerUnaryReactor* OAuth1Service::RefreshAccessToken(Context* context, const Bytes* request, Bytes* response) {
  return Handle<v1::RefreshAccessTokenRequest>(Rpc::kRefreshAccessToken, NextLane(), context, request, response,
                                               Refresh);
}

grpc::ServerUnaryReactor* OAuth1Service::RewrapAccessToken(Context* context, const Bytes* request, Bytes* response) {
  return Handle<v1::RewrapAccessTokenRequest>(Rpc::kRewrapAccessToken, NextLane(), context, request, response, Rewrap);
}

grpc::ServerUnaryReactor* OAuth1Service::RevokeAccessToken(Context* context, const Bytes* request, Bytes* response) {
  return Handle<v1::RevokeAccessTokenRequest>(Rpc::kRevokeAccessToken, NextLane(), context, request, response, Revoke);
}

grpc::ServerUnaryReactor* OAuth1Service::ListProviders(Context* context, const Bytes* request, Bytes* response) {
  return Handle<v1::ListProvidersRequest>(Rpc::kListProviders, NextLane(), context, request, response, List);
}

}  // namespace oauth1d::rpc
