// Parses requests, and finds the field that is to blame when one does not parse.
#ifndef OAUTH1D_SERVER_RPC_TEXT_FIELDS_H_
#define OAUTH1D_SERVER_RPC_TEXT_FIELDS_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"

namespace oauth1d::rpc {

// Fills `request` from the bytes of a call.
// Errors: kInvalidArgument with reason INVALID_REQUEST: a `string` that is not UTF-8, named by its path; or bytes that
// are no such message at all. (gRPC's own parser would say INTERNAL, and name nothing.)
absl::Status ParseRequest(const grpc::ByteBuffer& bytes, google::protobuf::Message& request);

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_TEXT_FIELDS_H_
