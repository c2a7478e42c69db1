// From the results of the stories to the messages of the contract.
#ifndef OAUTH1D_SERVER_RPC_RESPONSE_WRITER_H_
#define OAUTH1D_SERVER_RPC_RESPONSE_WRITER_H_

#include "oauth1d/v1/oauth1d.pb.h"
#include "server/flow/authorizer.h"
#include "server/flow/explainer.h"
#include "server/flow/signed_caller.h"
#include "server/flow/streamed_caller.h"
#include "server/providers/owner.h"

namespace oauth1d::rpc {

v1::StartAuthorizationResponse WriteStarted(const flow::StartedAuthorization& started);
v1::CompleteAuthorizationResponse WriteCompleted(const flow::CompletedAuthorization& completed,
                                                 const std::string& provider);
v1::SignedRequestResponse WriteAnswer(flow::SignedAnswer answer);
// Status and headers of an answer whose body follows.
void WriteHead(egress::HttpResponse head, v1::HttpAnswer& out);
void WriteEnd(flow::StreamedEnd end, v1::StreamEnd& out);
v1::ExplainSignatureResponse WriteExplained(const flow::ExplainedSignature& explained);
void WriteToken(const records::v1::Result& result, v1::ImportAccessTokenResponse& response);
void WriteToken(const records::v1::Result& result, v1::RefreshAccessTokenResponse& response);
// What the owner may use and see, in the configuration's order.
v1::ListProvidersResponse WriteProviders(const providers::Owner& owner);

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_RESPONSE_WRITER_H_
