// What is repeated, and what never is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "absl/time/clock.h"
#include "tests/client_cpp/fake_service.h"

namespace oauth1d {
namespace {

using ::testing::Eq;
using ::testing::SizeIs;

const grpc::Status kTransport(grpc::StatusCode::UNAVAILABLE, "Socket closed");

SentFailure Unavailable(const std::string& sent) {
  return {grpc::StatusCode::UNAVAILABLE, "PROVIDER_UNREACHABLE", sent};
}

class Retry : public ::testing::Test {
 protected:
  absl::Status Send(const std::string& method, const RequestOptions& options = {}) {
    return service_.Connect().Request("twitter", "oa1_alice", method, "things", options).status();
  }
  size_t sent() const { return service_.CallsOf("SignedRequest").size(); }

  FakeService service_;
};

TEST_F(Retry, RepeatsWhatTheContractCallsSafe) {
  const Client client = service_.Connect();
  for (const char* method : {"StartAuthorization", "CompleteAuthorization", "ListProviders", "RewrapAccessToken"}) {
    service_.Fail(method, {kTransport, Unavailable("maybe")});
  }
  const auto started = client.StartAuthorization("twitter", "http://127.0.0.1/auth");
  ASSERT_TRUE(started.ok()) << started.status();
  const std::string query = service_.Approve(*started, "alice");
  EXPECT_TRUE(client.CompleteAuthorization("twitter", query, SetCookieHeader(started->binding_cookie())).ok());
  EXPECT_TRUE(client.ListProviders().ok());
  EXPECT_TRUE(client.RewrapAccessToken(v1::RewrapAccessTokenRequest()).ok());
  for (const char* method : {"StartAuthorization", "CompleteAuthorization", "ListProviders", "RewrapAccessToken"}) {
    EXPECT_THAT(service_.CallsOf(method), SizeIs(3)) << method;
  }
}

TEST(RetryAfterARestart, ALoginWaitsForTheConnection) {
  auto service = std::make_unique<FakeService>();
  const int port = service->port();
  const Client client = service->Connect();
  ASSERT_TRUE(client.ListProviders().ok());
  service.reset();
  absl::SleepFor(absl::Seconds(3));  // by then a channel waits long between two attempts to connect
  const FakeService restarted(port);
  EXPECT_TRUE(client.StartAuthorization("twitter", "http://127.0.0.1/auth").ok());
  EXPECT_THAT(restarted.CallsOf("StartAuthorization"), SizeIs(1));
}

TEST_F(Retry, RepeatsNothingElseOfTheContract) {
  service_.Fail("RefreshAccessToken", {kTransport});
  EXPECT_TRUE(absl::IsUnavailable(service_.Connect().RefreshAccessToken(v1::RefreshAccessTokenRequest()).status()));
  EXPECT_THAT(service_.CallsOf("RefreshAccessToken"), SizeIs(1));
}

TEST_F(Retry, RepeatsAPostThatProvablyNeverLeft) {
  service_.Fail("SignedRequest", {Unavailable("no")});
  EXPECT_TRUE(Send("POST").ok());
  EXPECT_THAT(sent(), Eq(2));
}

TEST_F(Retry, NeverRepeatsAPostThatMayHaveBeenSent) {
  for (const grpc::Status& failure : {kTransport, grpc::Status(Unavailable("maybe")), grpc::Status(Unavailable("yes")),
                                      grpc::Status(Unavailable("nonsense"))}) {
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "get"}) {
      const size_t before = sent();
      service_.Fail("SignedRequest", {failure});
      EXPECT_TRUE(absl::IsUnavailable(Send(method))) << method;
      EXPECT_THAT(sent(), Eq(before + 1)) << method;
    }
  }
}

TEST_F(Retry, RepeatsASafeMethodWhateverHappened) {
  for (const char* method : {"GET", "HEAD", "OPTIONS"}) {
    const size_t before = sent();
    service_.Fail("SignedRequest", {kTransport});
    EXPECT_TRUE(Send(method).ok()) << method;
    EXPECT_THAT(sent(), Eq(before + 2)) << method;
  }
}

TEST_F(Retry, RepeatsOnce) {
  service_.Fail("SignedRequest", {kTransport, kTransport});
  EXPECT_TRUE(absl::IsUnavailable(Send("GET")));
  EXPECT_THAT(sent(), Eq(2));
}

TEST_F(Retry, KeepsATokenThatWasRenewedBeforeTheFirstTryFailed) {
  v1::RenewedToken renewed;
  renewed.set_access_token("oa1_renewed");
  const grpc::Status failure = Unavailable("no").With("oauth1d.v1.RenewedToken", renewed);
  service_.Fail("SignedRequest", {failure});
  const auto response = service_.Connect().Request("twitter", "oa1_alice", "POST", "things");
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_THAT(response->replacement_access_token(), Eq("oa1_renewed"));
  service_.Fail("SignedRequest", {failure, kTransport});
  EXPECT_THAT(FailureOf(Send("GET")).renewed_token, Eq("oa1_renewed"));
}

TEST_F(Retry, RepeatsOnlyWhatIsUnavailable) {
  for (const auto code : {grpc::StatusCode::RESOURCE_EXHAUSTED, grpc::StatusCode::UNKNOWN, grpc::StatusCode::INTERNAL,
                          grpc::StatusCode::FAILED_PRECONDITION, grpc::StatusCode::DEADLINE_EXCEEDED}) {
    const size_t before = sent();
    service_.Fail("SignedRequest", {SentFailure(code, "OVERLOADED", "no")});
    EXPECT_FALSE(Send("GET").ok());
    EXPECT_THAT(sent(), Eq(before + 1));
  }
}

TEST_F(Retry, LeavesALongWaitToTheApplication) {
  service_.Fail("SignedRequest", {Unavailable("no").WithRetryAfter(absl::Seconds(20))});
  const absl::Status status = Send("GET");
  EXPECT_THAT(FailureOf(status).retry_after, ::testing::Optional(Eq(absl::Seconds(20))));
  EXPECT_THAT(sent(), Eq(1));
}

TEST_F(Retry, DoesNotWaitBeyondTheDeadline) {
  service_.Fail("SignedRequest", {Unavailable("no").WithRetryAfter(absl::Seconds(1))});
  RequestOptions options;
  options.call.timeout = absl::Milliseconds(900);
  EXPECT_TRUE(absl::IsUnavailable(Send("GET", options)));
  EXPECT_THAT(sent(), Eq(1));
}

TEST_F(Retry, StopsWhenItIsCancelled) {
  service_.Fail("SignedRequest", {Unavailable("no").WithRetryAfter(absl::Seconds(1))});
  Cancellation cancellation;
  RequestOptions options;
  options.call.cancellation = &cancellation;
  std::thread person([&] {
    service_.AwaitCall();
    cancellation.Cancel();
  });
  const absl::Status status = Send("GET", options);
  person.join();
  EXPECT_TRUE(absl::IsUnavailable(status) || absl::IsCancelled(status)) << status;
  EXPECT_THAT(sent(), Eq(1));
}

}  // namespace
}  // namespace oauth1d
