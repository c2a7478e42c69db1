// From the messages of the contract to the types of the stories. Shape is checked here (there, not too long, one of
// each); meaning is checked by the stories. All violations of a request are told at once.
#ifndef OAUTH1D_SERVER_RPC_REQUEST_READER_H_
#define OAUTH1D_SERVER_RPC_REQUEST_READER_H_

#include <google/protobuf/repeated_ptr_field.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "oauth1d/v1/oauth1d.pb.h"
#include "server/base/failure.h"
#include "server/flow/authorizer.h"
#include "server/flow/explainer.h"
#include "server/flow/prepared_request.h"
#include "server/flow/streamed_caller.h"
#include "server/flow/token_keeper.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::rpc {

// Errors of all: kInvalidArgument with reason INVALID_REQUEST that names each field.
absl::StatusOr<flow::StartRequest> ReadStart(const v1::StartAuthorizationRequest& request);
absl::StatusOr<flow::CompleteRequest> ReadComplete(const v1::CompleteAuthorizationRequest& request);
absl::StatusOr<flow::SignedCall> ReadSignedRequest(v1::SignedRequestRequest request);

absl::StatusOr<flow::StreamedCall> ReadStreamHead(v1::SignedRequestRequest head);
absl::StatusOr<flow::ExplainRequest> ReadExplain(v1::ExplainSignatureRequest request);
absl::StatusOr<flow::ImportRequest> ReadImport(v1::ImportAccessTokenRequest request);
absl::Status CheckAccessToken(absl::string_view access_token);

// What tells one flow from another in the bytes of a CompleteAuthorization; empty where they do not tell it.
std::string FlowKeyOf(const grpc::ByteBuffer& request);

// The timeout of a SignedRequest; infinite where none is set. To be called after ReadSignedRequest accepted it.
absl::Duration TimeoutOf(const v1::SignedRequestRequest& request);

// The longest name of a provider, a consumer, a method or a cookie.
inline constexpr size_t kMaxName = 64;

// For the readers: adds a violation where text is longer than `most` bytes, or required and empty.
void CheckText(absl::string_view text, absl::string_view field, size_t most, bool required,
               FieldViolations& violations);
oauth1::Parameters ReadParameters(const google::protobuf::RepeatedPtrField<v1::Parameter>& parameters,
                                  absl::string_view field, FieldViolations& violations);

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_REQUEST_READER_H_
