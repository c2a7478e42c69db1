#include "server/rpc/stream_story.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "oauth1d/v1/oauth1d.grpc.pb.h"
#include "server/base/failure.h"
#include "server/rpc/request_reader.h"
#include "server/rpc/response_writer.h"
#include "server/rpc/text_fields.h"

namespace oauth1d::rpc {
namespace {

// Without progress of the caller.
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr absl::Duration kLookForRoomEvery = absl::Milliseconds(50);

absl::Status InTime(const absl::Status& status) {
  if (!absl::IsDeadlineExceeded(status)) return status;
  return Fail(Reason::kDeadline, status.message());
}

// What others hold makes a stream slower, not shorter: its next message is not read before there is room for it.
Task<> WaitForRoom(Lane* lane) {
  const Deadline deadline = Deadline::After(lane->environment, kPatience);
  while (lane->quotas.IsFull()) {
    if (deadline.Passed(lane->environment)) co_return Fail(Reason::kOverloaded, "the service holds too many bytes");
    CO_RETURN_IF_ERROR(co_await Sleep(lane->environment, kLookForRoomEvery));
  }
  co_return absl::OkStatus();
}

// The next message of the caller; nothing where it ended its side.
Task<std::optional<v1::StreamSignedRequestRequest>> ReadMessage(Lane* lane, Visit* visit, StreamReactor* stream) {
  CO_RETURN_IF_ERROR(co_await WaitForRoom(lane));
  absl::StatusOr<std::optional<grpc::ByteBuffer>> bytes = co_await stream->Read(kPatience);
  if (!bytes.ok()) co_return InTime(bytes.status());
  if (!bytes->has_value()) co_return std::nullopt;
  visit->HoldMessage((*bytes)->Length());
  v1::StreamSignedRequestRequest message;
  CO_RETURN_IF_ERROR(ParseRequest(**bytes, message));
  co_return message;
}

Task<> WriteMessage(StreamReactor* stream, v1::StreamSignedRequestResponse message) {
  grpc::ByteBuffer bytes;
  bool own_buffer = false;
  const grpc::Status written =
      grpc::SerializationTraits<v1::StreamSignedRequestResponse>::Serialize(message, &bytes, &own_buffer);
  if (!written.ok()) co_return absl::InternalError("the response does not serialize");
  co_return InTime(co_await stream->Write(bytes, kPatience));
}

// The chunks of the request. A stream that ends without an `end` was cut off: its body is not sent as if it were whole.
class Chunks : public egress::BodySource {
 public:
  Chunks(Lane* lane, Visit* visit, StreamReactor* stream) : lane_(lane), visit_(visit), stream_(stream) {}

  Task<std::optional<std::string>> Next() override {
    // Empty chunks are no progress.
    const Deadline deadline = Deadline::After(lane_->environment, kPatience);
    for (;;) {
      if (deadline.Passed(lane_->environment))
        co_return Fail(Reason::kDeadline, "the caller sent nothing for too long");
      CO_ASSIGN_OR_RETURN(std::optional<v1::StreamSignedRequestRequest> message,
                          co_await ReadMessage(lane_, visit_, stream_));
      if (!message.has_value()) co_return FailField("end", "is missing: the stream was cut off");
      if (message->has_end()) co_return std::nullopt;
      if (!message->has_chunk()) co_return FailField("message", "must be a chunk or the end after the head");
      if (!message->chunk().empty()) co_return std::move(*message->mutable_chunk());
    }
  }

 private:
  Lane* const lane_;
  Visit* const visit_;
  StreamReactor* const stream_;
};

class Answer : public egress::AnswerSink {
 public:
  explicit Answer(StreamReactor* stream) : stream_(stream) {}

  Task<> Begin(egress::HttpResponse head) override {
    v1::StreamSignedRequestResponse message;
    WriteHead(std::move(head), *message.mutable_head());
    co_return co_await WriteMessage(stream_, std::move(message));
  }

  Task<> Take(std::string piece) override {
    v1::StreamSignedRequestResponse message;
    message.set_chunk(std::move(piece));
    co_return co_await WriteMessage(stream_, std::move(message));
  }

 private:
  StreamReactor* const stream_;
};

// The story's words for the fields of the head.
absl::Status InTheHead(const absl::Status& status) {
  FieldViolations violations;
  for (const FieldViolation& violation : FieldViolationsOf(status)) {
    const bool message = violation.field == "chunk" || violation.field == "end" || violation.field == "message";
    const absl::string_view prefix = message ? "" : violation.field == "content_length" ? "head.call." : "head.";
    violations.Add(absl::StrCat(prefix, violation.field), violation.description);
  }
  absl::Status told = violations.ToStatus();
  if (told.ok()) return status;
  status.ForEachPayload([&](absl::string_view kind, const absl::Cord& payload) {
    if (!told.GetPayload(kind).has_value()) told.SetPayload(kind, payload);
  });
  return told;
}

}  // namespace

Task<> StreamRequest(Lane& lane, std::shared_ptr<Visit> visit, StreamReactor* stream) {
  CO_RETURN_IF_ERROR(visit->admitted());
  CO_ASSIGN_OR_RETURN(std::optional<v1::StreamSignedRequestRequest> first,
                      co_await ReadMessage(&lane, visit.get(), stream));
  if (!first.has_value() || !first->has_head()) co_return FailField("head", "is required, as the first message");
  CO_ASSIGN_OR_RETURN(flow::StreamedCall call, ReadStreamHead(std::move(*first->mutable_head())));
  Chunks chunks(&lane, visit.get(), stream);
  Answer answer(stream);
  absl::StatusOr<flow::StreamedEnd> end =
      co_await lane.streamed_caller.Send(std::move(call), &chunks, &answer, visit->call());
  if (!end.ok()) co_return InTheHead(end.status());
  v1::StreamSignedRequestResponse message;
  WriteEnd(*std::move(end), *message.mutable_end());
  co_return co_await WriteMessage(stream, std::move(message));
}

}  // namespace oauth1d::rpc
