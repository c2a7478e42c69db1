#include "server/flow/streamed_caller.h"

#include "server/oauth1/body_hash.h"
#include "server/oauth1/encoding.h"
#include "tests/flow/flow_test_fixture.h"
#include "tests/flow/stream_ends.h"

namespace oauth1d::flow {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class StreamedCallerTest : public FlowTest {
 protected:
  StreamedCallerTest() {
    provider_.SetIssuesSessionHandles(true);
    photos_->renewal.by = providers::RenewBy::kSessionHandle;
    const StartedAuthorization started = Start();
    const auto completed = Complete(provider_.ApproveAs("alice", started.redirect_url), {started.binding_cookie});
    EXPECT_THAT(completed, IsOk());
    access_token_ = completed->result.access_token();
    before_ = provider_.requests();
  }

  // A call whose chunks are the body, of this type.
  StreamedCall Upload(const std::string& content_type = "application/octet-stream") const {
    StreamedCall call;
    call.call.provider = "photos";
    call.call.credentials = SealedToken{access_token_};
    call.call.method = "POST";
    call.call.url = "upload";
    if (!content_type.empty()) call.call.content = RawBody{"", content_type};
    call.chunks_follow = true;
    return call;
  }

  absl::StatusOr<StreamedEnd> Send(StreamedCall call, Chunks& chunks) {
    answer_ = Received();
    const auto running = StartTask(loop_, [&, call = std::move(call), flow_call = NewCall()] {
      return caller_of_streams_.Send(call, &chunks, &answer_, flow_call);
    });
    LetTimePassUntilDone(running);
    return running->done() ? *running->result : absl::InternalError("did not end");
  }
  absl::StatusOr<StreamedEnd> Send(StreamedCall call, std::deque<std::string> chunks) {
    Chunks given(std::move(chunks));
    return Send(std::move(call), given);
  }

  int sent() const { return provider_.requests() - before_; }
  const egress::HttpRequest& seen() const { return provider_.seen().back(); }
  std::string SeenHeader(absl::string_view name) const { return std::string(FindHeader(seen().headers, name)); }

  Shapes shapes_{&provider_};
  StreamedCaller caller_of_streams_{Backends{loop_, environment_, shapes_, store_, clock_offsets_, breakers_,
                                             rsa_thread_, quotas_, decisions_, metrics_},
                                    keeper_};
  Received answer_;
  std::string access_token_;
  int before_ = 0;
};

TEST_F(StreamedCallerTest, ChunksAreTheBody) {
  ASSERT_OK_AND_ASSIGN(const StreamedEnd end, Send(Upload("image/png"), {"ab", std::string("\0c", 2)}));
  EXPECT_EQ(seen().body, std::string("ab\0c", 4));
  EXPECT_EQ(SeenHeader("content-type"), "image/png");
  EXPECT_THAT(SeenHeader("authorization"), StartsWith("OAuth "));
  EXPECT_TRUE(shapes_.streamed);
  EXPECT_EQ(shapes_.length, std::nullopt);
  EXPECT_EQ(answer_.answer.status, 200);
  EXPECT_EQ(answer_.answer.body, "alice");
  EXPECT_EQ(end.problem, std::nullopt);
  EXPECT_EQ(end.replacement_access_token, "");

  StreamedCall known = Upload();
  known.content_length = 5;
  ASSERT_THAT(Send(known, {"12345"}), IsOk());
  EXPECT_EQ(shapes_.length, 5u);
}

TEST_F(StreamedCallerTest, WithoutAChunkTheRequestIsLikeAnyOther) {
  StreamedCall get = Upload("");
  get.call.method = "GET";
  ASSERT_THAT(Send(get, std::deque<std::string>()), IsOk());
  EXPECT_FALSE(shapes_.streamed);
  EXPECT_EQ(seen().body, "");
  StreamedCall empty = Upload("text/plain");
  empty.content_length = 0;
  ASSERT_THAT(Send(empty, std::deque<std::string>()), IsOk());
  EXPECT_FALSE(shapes_.streamed);
  EXPECT_EQ(SeenHeader("content-type"), "text/plain");
}

TEST_F(StreamedCallerTest, AHeadThatHasTheWholeBodyIsSentOnceItsEndIsThere) {
  StreamedCall call = Upload();
  call.call.content = RawBody{"whole", "text/plain"};
  call.chunks_follow = false;
  ASSERT_THAT(Send(call, std::deque<std::string>()), IsOk());
  EXPECT_EQ(seen().body, "whole");
  EXPECT_FALSE(shapes_.streamed);

  EXPECT_THAT(Send(call, {"more"}), FaultsField("chunk"));
  Chunks cut({});
  cut.end = FailField("end", "is missing");
  EXPECT_THAT(Send(call, cut), FaultsField("end"));
  EXPECT_EQ(sent(), 1);
}

TEST_F(StreamedCallerTest, AFileIsTheLastPartOfAForm) {
  StreamedCall call = Upload();
  call.call.content = MultipartBody{{{"title", "", "", "sea"}, {"photo", "a.jpg", "image/jpeg", ""}}};
  call.content_length = 4;
  ASSERT_THAT(Send(call, {"\r\n", "--"}), IsOk());
  const std::string type = SeenHeader("content-type");
  const std::string boundary = type.substr(type.find('=') + 1);
  EXPECT_EQ(seen().body,
            absl::StrCat("--", boundary, "\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nsea\r\n", "--",
                         boundary, "\r\nContent-Disposition: form-data; name=\"photo\"; ",
                         "filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\r\n--\r\n--", boundary, "--\r\n"));
  EXPECT_EQ(shapes_.length, seen().body.size());
  ASSERT_THAT(Send(call, std::deque<std::string>()), FaultsField("content_length"));
}

TEST_F(StreamedCallerTest, AFormIsGatheredAndSignedWithItsFields) {
  ASSERT_THAT(Send(Upload("application/x-www-form-urlencoded"), {"a=1", "&b", "=2"}), IsOk());
  EXPECT_EQ(seen().body, "a=1&b=2");
  EXPECT_FALSE(shapes_.streamed);
  EXPECT_THAT(Send(Upload("application/x-www-form-urlencoded"), {"oauth_", "token=x"}),
              FaultsField("call.body[0].name"));
  EXPECT_EQ(sent(), 1);
}

TEST_F(StreamedCallerTest, AHashedBodyIsGatheredUpToALimit) {
  photos_->body_hash = oauth1::BodyHash::kSha256;
  ASSERT_THAT(Send(Upload("application/json"), {"{", "}"}), IsOk());
  EXPECT_EQ(seen().body, "{}");
  EXPECT_FALSE(shapes_.streamed);
  const std::string hash = oauth1::PercentEncode(oauth1::ComputeBodyHash(oauth1::BodyHash::kSha256, "{}"));
  EXPECT_THAT(SeenHeader("authorization"), HasSubstr(absl::StrCat("oauth_body_hash=\"", hash, "\"")));

  StreamedCall file = Upload();
  file.call.content = MultipartBody{{{"photo", "a.jpg", "image/jpeg", ""}}};
  ASSERT_THAT(Send(file, {"abc"}), IsOk());
  EXPECT_THAT(seen().body, HasSubstr("\r\n\r\nabc\r\n--"));
  EXPECT_FALSE(shapes_.streamed);

  StreamedCall wrong = Upload();
  wrong.content_length = 3;
  EXPECT_THAT(Send(wrong, {"ab"}), FaultsField("content_length"));
  Chunks many(std::deque<std::string>(100, std::string(64 * 1024, 'x')));
  const absl::Status too_long = Send(Upload(), many).status();
  EXPECT_THAT(too_long, FaultsField("chunk"));
  EXPECT_THAT(std::string(too_long.message()), HasSubstr("this provider needs a body hash, so the body is held whole"));
  EXPECT_EQ(many.asked, 57) << "no more is read than is needed to refuse it";
  EXPECT_EQ(sent(), 2);
}

TEST_F(StreamedCallerTest, ATextFieldThatIsSignedIsGathered) {
  photos_->sign_multipart_fields = true;
  StreamedCall call = Upload();
  call.call.content = MultipartBody{{{"title", "", "", ""}}};
  ASSERT_THAT(Send(call, {"s", "ea"}), IsOk());
  EXPECT_FALSE(shapes_.streamed);
  EXPECT_THAT(seen().body, HasSubstr("\r\n\r\nsea\r\n--"));
  call.call.content = MultipartBody{{{"title", "", "", "sea"}, {"photo", "a.jpg", "", ""}}};
  ASSERT_THAT(Send(call, {"file"}), IsOk());
  EXPECT_TRUE(shapes_.streamed);
}

TEST_F(StreamedCallerTest, MistakesAreToldBeforeAChunkIsAskedFor) {
  StreamedCall wrong = Upload();
  wrong.call.method = "post";
  Chunks chunks({"x"});
  EXPECT_THAT(Send(wrong, chunks), FaultsField("call.method"));
  wrong = Upload();
  wrong.call.url = "../admin";
  EXPECT_THAT(Send(wrong, chunks), FailsWith(Reason::kDestinationDenied));
  EXPECT_EQ(chunks.asked, 0);
  chunks.left.clear();
  chunks.end = Fail(Reason::kDeadline, "the caller sent nothing for too long");
  EXPECT_THAT(Send(Upload(), chunks), FailsWith(Reason::kDeadline));
  EXPECT_EQ(sent(), 0);
}

TEST_F(StreamedCallerTest, NothingIsSentTwice) {
  provider_.Next(NeverLeft());
  const absl::Status unreachable = Send(Upload(), {"x"}).status();
  EXPECT_THAT(unreachable, FailsWith(Reason::kProviderUnreachable));
  EXPECT_EQ(SentOf(unreachable), Sent::kNo);
  provider_.Next(HeardNoReply());
  const absl::Status unknown = Send(Upload(), {"x"}).status();
  EXPECT_THAT(unknown, FailsWith(Reason::kOutcomeUnknown));
  EXPECT_EQ(SentOf(unknown), Sent::kYes);
  provider_.Next(Answer(401, "oauth_problem=nonce_used"));
  EXPECT_THAT(Send(Upload(), {"x"}), IsOk());
  EXPECT_EQ(sent(), 3);
}

TEST_F(StreamedCallerTest, UnderstandsARefusal) {
  provider_.Next(Answer(401, "oauth_problem=token_rejected&oauth_problem_advice=log+in"));
  ASSERT_OK_AND_ASSIGN(const StreamedEnd by_body, Send(Upload(), {"x"}));
  ASSERT_TRUE(by_body.problem.has_value());
  EXPECT_EQ(by_body.problem->name, "token_rejected");
  EXPECT_EQ(by_body.problem->advice, "log in");
  EXPECT_TRUE(by_body.token_rejected);
  EXPECT_EQ(answer_.answer.body, "oauth_problem=token_rejected&oauth_problem_advice=log+in");

  Misfortune by_head = Answer(403, "no");
  by_head.headers = {{"WWW-Authenticate", "OAuth oauth_problem=\"permission_denied\""}, {"Set-Cookie", "a=b"}};
  provider_.Next(by_head);
  ASSERT_OK_AND_ASSIGN(const StreamedEnd denied, Send(Upload(), {"x"}));
  EXPECT_EQ(denied.problem->name, "permission_denied");
  EXPECT_FALSE(denied.token_rejected);
  EXPECT_EQ(FindHeader(answer_.answer.headers, "set-cookie"), "");

  const std::string page = "oauth_problem=token_rejected&x=" + std::string(5000, 'x');
  for (const int status : {200, 401}) {
    provider_.Next(Answer(status, page));
    ASSERT_OK_AND_ASSIGN(const StreamedEnd end, Send(Upload(), {"x"}));
    EXPECT_EQ(end.problem, std::nullopt) << "more than 4 KiB is no such answer";
    EXPECT_EQ(answer_.answer.body, page);
  }
}

TEST_F(StreamedCallerTest, ATokenThatIsAboutToEndIsRenewedAndNeverLost) {
  environment_.Advance(absl::Seconds(3600 - 30));
  ASSERT_OK_AND_ASSIGN(const StreamedEnd end, Send(Upload(), {"x"}));
  EXPECT_THAT(end.replacement_access_token, Not(IsEmpty()));
  EXPECT_EQ(provider_.renewals(), 1);
  provider_.Next(NeverLeft());
  const absl::Status failed = Send(Upload(), {"x"}).status();
  EXPECT_THAT(failed, FailsWith(Reason::kProviderUnreachable));
  EXPECT_THAT(RenewedTokenOf(failed), Not(IsEmpty()));
  EXPECT_EQ(provider_.renewals(), 1) << "the same old token gets the same new one";
}

}  // namespace
}  // namespace oauth1d::flow
