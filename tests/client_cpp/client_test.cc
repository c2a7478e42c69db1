#include "oauth1d/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "oauth1d/channel.h"
#include "tests/client_cpp/fake_service.h"

namespace oauth1d {
namespace {

using ::testing::Contains;
using ::testing::Eq;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

// gRPC rounds a deadline up when it writes it into a header.
constexpr absl::Duration kRounding = absl::Seconds(1);
constexpr char kTraceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

class ClientTest : public ::testing::Test {
 protected:
  ReceivedCall Only(const std::string& method) const {
    const std::vector<ReceivedCall> calls = service_.CallsOf(method);
    EXPECT_THAT(calls, SizeIs(1));
    return calls.at(0);
  }

  FakeService service_;
  Client client_ = service_.Connect();
};

TEST_F(ClientTest, LogsAUserInAndCallsTheProvidersApi) {
  StartOptions options;
  options.app_state = "/basket";
  const auto started = client_.StartAuthorization("twitter", "http://127.0.0.1/auth", options);
  ASSERT_TRUE(started.ok()) << started.status();
  const std::string cookies =
      "session=1; " + started->binding_cookie().name() + "=" + started->binding_cookie().value();
  const auto token = client_.CompleteAuthorization("twitter", service_.Approve(*started, "alice"), cookies);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_THAT(ParameterValue(token->parameters(), "screen_name"), Eq("alice"));
  EXPECT_THAT(ParameterValue(token->parameters(), "user_id"), Eq(""));
  EXPECT_THAT(token->app_state(), Eq("/basket"));
  RequestOptions request;
  request.query = {{"q", "a b"}, {"q", "\xff"}};
  request.headers = {{"Accept", "text/plain"}};
  request.body = "hello";
  request.content_type = "text/plain";
  const auto answer = client_.Post("twitter", token->access_token(), "things", request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->answer().body(), Eq("hello"));
  const v1::SignedRequestRequest received = Only("SignedRequest").signed_request;
  EXPECT_THAT(received.access_token(), Eq("oa1_alice"));
  EXPECT_THAT(received.call().method(), Eq("POST"));
  EXPECT_THAT(received.call().query(1).raw_value(), Eq("\xff"));
  EXPECT_THAT(received.call().headers(0).name(), Eq("Accept"));
  EXPECT_THAT(received.call().content_type(), Eq("text/plain"));
}

TEST_F(ClientTest, TellsWhyALoginInAnotherBrowserFails) {
  const auto started = client_.StartAuthorization("twitter", "http://127.0.0.1/auth");
  const auto token = client_.CompleteAuthorization("twitter", service_.Approve(*started, "alice"), "session=1");
  EXPECT_TRUE(absl::IsPermissionDenied(token.status()));
  EXPECT_THAT(FailureOf(token.status()).reason, Eq(v1::ERROR_REASON_BINDING_MISMATCH));
}

TEST_F(ClientTest, SendsNothingThatIsBothABodyAndAForm) {
  RequestOptions options;
  options.body = "a";
  options.form = NameValues{{"b", "c"}};
  EXPECT_TRUE(absl::IsInvalidArgument(client_.Post("twitter", "oa1_alice", "things", options).status()));
  EXPECT_THAT(service_.CallsOf("SignedRequest"), SizeIs(0));
  options.body.reset();
  EXPECT_TRUE(client_.Post("twitter", "oa1_alice", "things", options).ok());
  EXPECT_THAT(Only("SignedRequest").signed_request.call().form().fields(0).raw_value(), Eq("c"));
}

TEST_F(ClientTest, GivesEveryCallADeadline) {
  ASSERT_TRUE(client_.ListProviders().ok());
  ASSERT_TRUE(client_.RefreshAccessToken(v1::RefreshAccessTokenRequest()).ok());
  ASSERT_TRUE(client_.Get("twitter", "oa1_alice", "things").ok());
  for (const char* method : {"ListProviders", "RefreshAccessToken"}) {
    EXPECT_THAT(Only(method).until_deadline, Le(absl::Seconds(20) + kRounding)) << method;
  }
  EXPECT_THAT(Only("SignedRequest").until_deadline, Le(absl::Seconds(35) + kRounding));
  EXPECT_FALSE(Only("SignedRequest").signed_request.has_timeout());
}

// So that the service's own error, which says whether the request was sent, arrives before ours.
TEST_F(ClientTest, TellsTheServiceTheTimeAndAllowsItALittleMore) {
  RequestOptions options;
  options.call.timeout = absl::Seconds(7);
  ASSERT_TRUE(client_.Get("twitter", "oa1_alice", "things", options).ok());
  const ReceivedCall call = Only("SignedRequest");
  EXPECT_THAT(call.signed_request.timeout().seconds(), Le(7));
  EXPECT_THAT(call.signed_request.timeout().seconds(), Gt(0));
  EXPECT_THAT(call.until_deadline, Le(absl::Seconds(8) + kRounding));
}

TEST_F(ClientTest, EndsACallThatIsCancelled) {
  service_.HangUntilCancelled();
  Cancellation cancellation;
  RequestOptions options;
  options.call.cancellation = &cancellation;
  std::thread person([&] {
    service_.AwaitCall();
    cancellation.Cancel();
  });
  EXPECT_TRUE(absl::IsCancelled(client_.Get("twitter", "oa1_alice", "things", options).status()));
  person.join();
  EXPECT_TRUE(absl::IsCancelled(client_.Get("twitter", "oa1_alice", "things", options).status())) << "and the next one";
}

TEST_F(ClientTest, EndsACallWhoseTimeIsUp) {
  service_.HangUntilCancelled();
  CallOptions options;
  options.timeout = absl::Milliseconds(50);
  EXPECT_TRUE(absl::IsDeadlineExceeded(client_.SignedRequest(v1::SignedRequestRequest(), options).status()));
}

TEST_F(ClientTest, ShowsItsKeyAndPassesTheTraceOn) {
  CallOptions options;
  options.traceparent = kTraceparent;
  ASSERT_TRUE(service_.Connect("the-key").ListProviders({}, options).ok());
  const ReceivedCall call = Only("ListProviders");
  EXPECT_THAT(call.metadata, Contains(Pair("authorization", "Bearer the-key")));
  EXPECT_THAT(call.metadata, Contains(Pair("traceparent", kTraceparent)));
}

TEST_F(ClientTest, PassesNothingOnThatIsNoTrace) {
  for (const std::string& text : {std::string("00-x"), std::string(kTraceparent) + "\r\nevil: 1", std::string(55, 'a'),
                                  std::string(kTraceparent) + std::string(1000, '-')}) {
    CallOptions options;
    options.traceparent = text;
    ASSERT_TRUE(client_.ListProviders({}, options).ok());
    EXPECT_THAT(service_.CallsOf("ListProviders").back().metadata, Not(Contains(Pair("traceparent", ::testing::_))));
  }
}

TEST_F(ClientTest, IsSharedByThreads) {
  std::vector<std::thread> threads;
  threads.reserve(8);
  std::atomic<int> answers = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, client = client_] { answers += client.Get("twitter", "oa1_alice", "things").ok(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(answers.load(), Eq(8));
}

TEST(ClientOptions, ComeFromTheEnvironment) {
  for (const char* name : {"SERVER", "CA_FILE", "CERT_FILE", "KEY_FILE", "API_KEY"}) {
    unsetenv((std::string("OAUTH1D_") + name).c_str());
  }
  EXPECT_THAT(ClientOptions::FromEnvironment().server, Eq("127.0.0.1:50051"));
  setenv("OAUTH1D_SERVER", "unix:/run/oauth1d", 1);
  setenv("OAUTH1D_CA_FILE", "", 1);
  setenv("OAUTH1D_API_KEY", "key\n", 1);
  const ClientOptions options = ClientOptions::FromEnvironment();
  EXPECT_THAT(options.server, Eq("unix:/run/oauth1d"));
  EXPECT_THAT(options.ca_file, Eq(""));
  EXPECT_THAT(options.api_key, Eq("key"));
}

TEST(ClientOptions, ThatCannotWorkAreRefusedBeforeAnyCall) {
  ClientOptions half;
  half.cert_file = "cert.pem";
  EXPECT_THAT(OpenChannel(half).status().message(), HasSubstr("belong together"));
  ClientOptions away;
  away.ca_file = "/nowhere/ca.pem";
  EXPECT_THAT(OpenChannel(away).status().message(), HasSubstr("/nowhere/ca.pem"));
  for (const char* no_certificate : {"/dev/null", "/"}) {  // would mean to gRPC: trust the system's roots
    away.ca_file = no_certificate;
    EXPECT_THAT(OpenChannel(away).status().message(), HasSubstr("or it is empty"));
  }
  ClientOptions split;
  split.api_key = "canary\r\nevil: 1";
  const absl::Status status = Client::Connect(split).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace oauth1d
