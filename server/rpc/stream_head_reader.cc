#include <utility>

#include "server/base/status_macros.h"
#include "server/rpc/request_reader.h"

namespace oauth1d::rpc {
namespace {

// Whether the head leaves open what the chunks bring: the whole body, or the data of the last part.
bool LeavesBodyOpen(const v1::HttpCall& call) {
  if (call.content_case() == v1::HttpCall::CONTENT_NOT_SET) return true;
  if (!call.has_multipart() || call.multipart().parts().empty()) return false;
  return call.multipart().parts(call.multipart().parts_size() - 1).data().empty();
}

}  // namespace

absl::StatusOr<flow::StreamedCall> ReadStreamHead(v1::SignedRequestRequest head) {
  FieldViolations violations;
  flow::StreamedCall read;
  read.chunks_follow = LeavesBodyOpen(head.call());
  if (head.has_timeout()) violations.Add("head.timeout", "is not for streams; the deadline of the call counts");
  if (head.call().has_content_length()) {
    read.content_length = head.call().content_length();
    head.mutable_call()->clear_content_length();
    if (!read.chunks_follow) violations.Add("head.call.content_length", "is given, but the head has the whole body");
  }
  absl::StatusOr<flow::SignedCall> signed_call = ReadSignedRequest(std::move(head));
  if (signed_call.ok()) {
    read.call = *std::move(signed_call);
  } else {
    violations.Add("head", signed_call.status());
  }
  RETURN_IF_ERROR(violations.ToStatus());
  return read;
}

}  // namespace oauth1d::rpc
