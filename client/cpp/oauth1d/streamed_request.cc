#include "oauth1d/streamed_request.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "oauth1d/failure.h"

namespace oauth1d {
namespace {

constexpr size_t kChunkBytes = size_t{64} * 1024;

}  // namespace

struct StreamedRequest::Call {
  Call(v1::OAuth1Service::Stub& stub, std::unique_ptr<grpc::ClientContext> own_context, Cancellation* cancellation)
      : context(std::move(own_context)), tie(cancellation, *context), stream(stub.StreamSignedRequest(context.get())) {}

  ~Call() {
    if (outcome.has_value()) return;
    context->TryCancel();
    Finish().IgnoreError();
  }

  // Reads what is left of an answer, which gRPC wants before it tells the status.
  absl::Status Finish() {
    if (!outcome.has_value()) {
      v1::StreamSignedRequestResponse rest;
      while (stream->Read(&rest)) {
      }
      outcome = StatusFromRpc(stream->Finish());
    }
    return *outcome;
  }

  // After what the contract does not allow.
  absl::Status Broken(absl::string_view message) {
    context->TryCancel();
    Finish().IgnoreError();
    outcome = absl::UnknownError(message);
    return *outcome;
  }

  // The next message; an error where the call ended before it.
  absl::StatusOr<v1::StreamSignedRequestResponse> Next() {
    if (outcome.has_value() && !outcome->ok()) return *outcome;
    v1::StreamSignedRequestResponse message;
    if (!outcome.has_value() && stream->Read(&message)) return message;
    absl::Status status = Finish();
    if (status.ok()) return Broken("the stream ended before the answer was whole");
    return status;
  }

  std::unique_ptr<grpc::ClientContext> context;
  Cancellation::Tie tie;
  std::unique_ptr<grpc::ClientReaderWriter<v1::StreamSignedRequestRequest, v1::StreamSignedRequestResponse>> stream;
  std::optional<absl::Status> outcome;
  bool head_was_read = false;
  std::optional<v1::StreamEnd> end;
};

StreamedRequest::StreamedRequest(v1::OAuth1Service::Stub& stub, std::unique_ptr<grpc::ClientContext> context,
                                 Cancellation* cancellation, const v1::SignedRequestRequest& head)
    : call_(std::make_unique<Call>(stub, std::move(context), cancellation)) {
  v1::StreamSignedRequestRequest message;
  *message.mutable_head() = head;
  call_->stream->Write(message);  // a failure shows when the answer is read
}

StreamedRequest::StreamedRequest(StreamedRequest&&) noexcept = default;
StreamedRequest::~StreamedRequest() = default;

bool StreamedRequest::Write(absl::string_view chunk) {
  v1::StreamSignedRequestRequest message;
  for (; !chunk.empty(); chunk.remove_prefix(std::min(chunk.size(), kChunkBytes))) {
    const absl::string_view piece = chunk.substr(0, kChunkBytes);
    message.set_chunk(piece.data(), piece.size());
    if (!call_->stream->Write(message)) return false;
  }
  return true;
}

bool StreamedRequest::WriteEnd() {
  v1::StreamSignedRequestRequest message;
  message.mutable_end();
  return call_->stream->Write(message, grpc::WriteOptions().set_last_message());
}

absl::StatusOr<v1::HttpAnswer> StreamedRequest::ReadHead() {
  absl::StatusOr<v1::StreamSignedRequestResponse> message = call_->Next();
  if (!message.ok()) return message.status();
  if (!message->has_head() || call_->head_was_read) return call_->Broken("the answer does not begin with its head");
  call_->head_was_read = true;
  return std::move(*message->mutable_head());
}

absl::StatusOr<bool> StreamedRequest::Read(std::string& chunk) {
  chunk.clear();
  if (call_->end.has_value()) return false;
  if (!call_->head_was_read) {
    const absl::StatusOr<v1::HttpAnswer> head = ReadHead();
    if (!head.ok()) return head.status();
  }
  absl::StatusOr<v1::StreamSignedRequestResponse> message = call_->Next();
  if (!message.ok()) return message.status();
  if (message->has_chunk()) {
    chunk = std::move(*message->mutable_chunk());
    return true;
  }
  if (!message->has_end()) return call_->Broken("the answer has a second head");
  absl::Status status = call_->Finish();
  if (!status.ok()) return status;
  call_->end = std::move(*message->mutable_end());
  return false;
}

const v1::StreamEnd& StreamedRequest::end() const {
  return call_->end.has_value() ? *call_->end : v1::StreamEnd::default_instance();
}

void StreamedRequest::Cancel() { call_->context->TryCancel(); }

}  // namespace oauth1d
