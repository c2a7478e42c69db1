#include "oauth1d/streamed_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/client_cpp/fake_service.h"

namespace oauth1d {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;

constexpr size_t kMegabyte = size_t{1024} * 1024;

v1::StreamSignedRequestResponse Head(int status) {
  v1::StreamSignedRequestResponse message;
  message.mutable_head()->set_status_code(status);
  return message;
}

v1::StreamSignedRequestResponse Chunk(const std::string& bytes) {
  v1::StreamSignedRequestResponse message;
  message.set_chunk(bytes);
  return message;
}

v1::StreamSignedRequestResponse End(const std::string& replacement = "") {
  v1::StreamSignedRequestResponse message;
  message.mutable_end()->set_replacement_access_token(replacement);
  return message;
}

// Gives back every chunk, once the request is whole.
grpc::Status Echo(FakeService::Stream& stream) {
  v1::StreamSignedRequestRequest message;
  std::vector<std::string> chunks;
  while (stream.Read(&message) && !message.has_end()) {
    if (message.has_chunk()) chunks.push_back(message.chunk());
  }
  if (!message.has_end()) return SentFailure(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_REQUEST", "maybe");
  stream.Write(Head(200));
  for (const std::string& chunk : chunks) stream.Write(Chunk(chunk));
  stream.Write(End("oa1_new"));
  return grpc::Status::OK;
}

class StreamedRequestTest : public ::testing::Test {
 protected:
  StreamedRequest Stream(std::function<grpc::Status(FakeService::Stream&)> story, const CallOptions& options = {}) {
    service_.Play(std::move(story));
    v1::SignedRequestRequest head;
    head.mutable_call()->set_method("POST");
    return client_.Stream(head, options);
  }
  // Reads to the end.
  static absl::StatusOr<std::string> ReadAll(StreamedRequest& stream) {
    std::string whole;
    std::string chunk;
    for (;;) {
      const absl::StatusOr<bool> more = stream.Read(chunk);
      if (!more.ok()) return more.status();
      if (!*more) return whole;
      whole += chunk;
    }
  }

  FakeService service_;
  Client client_ = service_.Connect();
};

TEST_F(StreamedRequestTest, CarriesABodyOfAnySizeBothWays) {
  StreamedRequest stream = Stream(Echo);
  const std::string body(5 * kMegabyte, 'b');
  EXPECT_TRUE(stream.Write(body));
  EXPECT_TRUE(stream.Write(""));
  EXPECT_TRUE(stream.WriteEnd());
  const auto head = stream.ReadHead();
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_THAT(head->status_code(), Eq(200));
  const auto echoed = ReadAll(stream);
  ASSERT_TRUE(echoed.ok()) << echoed.status();
  EXPECT_TRUE(*echoed == body);
  EXPECT_THAT(stream.end().replacement_access_token(), Eq("oa1_new"));
  std::string after = "more";
  EXPECT_THAT(stream.Read(after).value(), Eq(false)) << "and stays at its end";
  EXPECT_THAT(service_.CallsOf("StreamSignedRequest").at(0).until_deadline, Le(absl::Hours(1) + absl::Minutes(1)));
}

TEST_F(StreamedRequestTest, IsReadWhileAnotherThreadWrites) {
  StreamedRequest stream = Stream([](FakeService::Stream& peer) {
    v1::StreamSignedRequestRequest message;
    peer.Write(Head(200));
    while (peer.Read(&message) && !message.has_end()) {
      if (message.has_chunk()) peer.Write(Chunk(message.chunk()));
    }
    peer.Write(End());
    return grpc::Status::OK;
  });
  constexpr size_t kBytes = 8 * kMegabyte;
  std::thread writer([&] {
    EXPECT_TRUE(stream.Write(std::string(kBytes, 'b')));
    EXPECT_TRUE(stream.WriteEnd());
  });
  const auto echoed = ReadAll(stream);
  writer.join();
  ASSERT_TRUE(echoed.ok()) << echoed.status();
  EXPECT_THAT(echoed->size(), Eq(kBytes));
}

TEST_F(StreamedRequestTest, ThatIsCutOffIsAnErrorThoughTheCallEndedWell) {
  for (const auto& messages :
       {std::vector<v1::StreamSignedRequestResponse>{}, {Head(200)}, {Head(200), Chunk("half")}}) {
    StreamedRequest stream = Stream([&](FakeService::Stream& peer) {
      for (const auto& message : messages) peer.Write(message);
      return grpc::Status::OK;
    });
    stream.WriteEnd();
    const auto read = ReadAll(stream);
    EXPECT_THAT(read.status().code(), Eq(absl::StatusCode::kUnknown));
    EXPECT_THAT(read.status().message(), HasSubstr("before the answer was whole"));
    std::string chunk;
    EXPECT_THAT(stream.Read(chunk).status(), Eq(read.status())) << "and stays one";
  }
}

TEST_F(StreamedRequestTest, ThatFailsAfterItsEndIsAnError) {
  StreamedRequest stream = Stream([](FakeService::Stream& peer) -> grpc::Status {
    peer.Write(Head(200));
    peer.Write(End());
    return SentFailure(grpc::StatusCode::UNKNOWN, "OUTCOME_UNKNOWN", "yes");
  });
  stream.WriteEnd();
  EXPECT_THAT(FailureOf(ReadAll(stream).status()).reason, Eq(v1::ERROR_REASON_OUTCOME_UNKNOWN));
}

TEST_F(StreamedRequestTest, OutOfOrderIsAnError) {
  for (const auto& messages : {std::vector{Chunk("early")}, std::vector{Head(200), Head(200)}, std::vector{End()}}) {
    StreamedRequest stream = Stream([&](FakeService::Stream& peer) {
      for (const auto& message : messages) peer.Write(message);
      peer.Write(End());
      return grpc::Status::OK;
    });
    stream.WriteEnd();
    EXPECT_THAT(ReadAll(stream).status().code(), Eq(absl::StatusCode::kUnknown));
  }
}

TEST_F(StreamedRequestTest, StopsTheUploadWhenTheServiceHasAnswered) {
  StreamedRequest stream = Stream([](FakeService::Stream& peer) {
    peer.Write(Head(413));
    peer.Write(End());
    return grpc::Status::OK;
  });
  const std::string megabyte(kMegabyte, 'b');
  while (stream.Write(megabyte)) {
  }
  const auto head = stream.ReadHead();
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_THAT(head->status_code(), Eq(413));
  EXPECT_TRUE(ReadAll(stream).ok());
}

TEST_F(StreamedRequestTest, IsNotRepeated) {
  service_.Fail("StreamSignedRequest", {SentFailure(grpc::StatusCode::UNAVAILABLE, "PROVIDER_UNREACHABLE", "no")});
  StreamedRequest stream = Stream(Echo);
  stream.WriteEnd();
  EXPECT_THAT(FailureOf(stream.ReadHead().status()).reason_name, Eq("PROVIDER_UNREACHABLE"));
  EXPECT_THAT(service_.CallsOf("StreamSignedRequest"), SizeIs(1));
}

// A service that waits for messages hears of an end that nobody announced.
TEST_F(StreamedRequestTest, EndsWhenItIsCancelledByWhicheverMeans) {
  Cancellation cancellation;
  CallOptions options;
  options.cancellation = &cancellation;
  StreamedRequest by_button = Stream(Echo, options);
  std::thread person([&] {
    service_.AwaitCall();
    cancellation.Cancel();
  });
  EXPECT_TRUE(absl::IsCancelled(by_button.ReadHead().status()));
  person.join();
  StreamedRequest by_itself = Stream(Echo);
  by_itself.Cancel();
  EXPECT_TRUE(absl::IsCancelled(by_itself.ReadHead().status()));
  Stream(Echo);  // by being dropped
}

}  // namespace
}  // namespace oauth1d
