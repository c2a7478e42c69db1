#include "oauth1d/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/escaping.h"
#include "tests/client_cpp/fake_service.h"

namespace oauth1d {
namespace {

using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::Pair;
using ::testing::SizeIs;

SentFailure Refusal() { return {grpc::StatusCode::FAILED_PRECONDITION, "PROVIDER_REJECTED", "yes"}; }

v1::RenewedToken Renewed(const std::string& token) {
  v1::RenewedToken renewed;
  renewed.set_access_token(token);
  return renewed;
}

TEST(Failure, HoldsAllThatTheServiceSaid) {
  status::v1::BadRequest bad;
  bad.add_field_violations()->set_field("call.url");
  bad.mutable_field_violations(0)->set_description("is too long");
  v1::FlowFailure flow;
  flow.set_app_state("/basket");
  const absl::Status status = StatusFromRpc(Refusal()
                                                .WithMetadata("http_status", "401")
                                                .WithMetadata("oauth_problem", "token_rejected")
                                                .WithMetadata("oauth_problem_advice", "log in")
                                                .WithMetadata("provider", "twitter")
                                                .WithMetadata("of_tomorrow", "new")
                                                .With("google.rpc.BadRequest", bad)
                                                .With("oauth1d.v1.FlowFailure", flow)
                                                .With("oauth1d.v1.RenewedToken", Renewed("oa1_new"))
                                                .WithRetryAfter(absl::Seconds(7)));
  EXPECT_THAT(status.code(), Eq(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(status.message(), Eq("it did not work"));
  const Failure failure = FailureOf(status);
  EXPECT_THAT(failure.reason, Eq(v1::ERROR_REASON_PROVIDER_REJECTED));
  EXPECT_THAT(failure.reason_name, Eq("PROVIDER_REJECTED"));
  EXPECT_THAT(failure.sent, Eq(Failure::Sent::kYes));
  EXPECT_THAT(failure.http_status, Eq(401));
  EXPECT_THAT(failure.oauth_problem, Eq("token_rejected"));
  EXPECT_THAT(failure.oauth_problem_advice, Eq("log in"));
  EXPECT_THAT(failure.provider, Eq("twitter"));
  EXPECT_THAT(failure.metadata, ::testing::Contains(Pair("of_tomorrow", "new")));
  ASSERT_THAT(failure.field_violations, SizeIs(1));
  EXPECT_THAT(failure.field_violations[0].field, Eq("call.url"));
  EXPECT_THAT(failure.field_violations[0].description, Eq("is too long"));
  EXPECT_THAT(failure.app_state, Optional(Eq("/basket")));
  EXPECT_THAT(failure.renewed_token, Eq("oa1_new"));
  EXPECT_THAT(failure.retry_after, Optional(Eq(absl::Seconds(7))));
}

TEST(Failure, TellsAnEmptyAppStateFromNone) {
  EXPECT_THAT(FailureOf(StatusFromRpc(Refusal().With("oauth1d.v1.FlowFailure", v1::FlowFailure()))).app_state,
              Optional(IsEmpty()));
  EXPECT_THAT(FailureOf(StatusFromRpc(Refusal())).app_state, Eq(std::nullopt));
}

TEST(Failure, OfTheTransportHasNoReasonAndAnUnknownOutcome) {
  const absl::Status status = StatusFromRpc({grpc::StatusCode::UNAVAILABLE, "Socket closed"});
  EXPECT_TRUE(absl::IsUnavailable(status));
  const Failure failure = FailureOf(status);
  EXPECT_THAT(failure.reason, Eq(v1::ERROR_REASON_UNSPECIFIED));
  EXPECT_THAT(failure.reason_name, IsEmpty());
  EXPECT_THAT(failure.sent, Eq(Failure::Sent::kMaybe));
}

TEST(Failure, IgnoresDetailsThatAreDamaged) {
  status::v1::Status details;
  for (const char* type : {"google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.RetryInfo",
                           "oauth1d.v1.FlowFailure", "oauth1d.v1.RenewedToken"}) {
    details.add_details()->set_type_url(std::string("type.googleapis.com/") + type);
    details.mutable_details(details.details_size() - 1)->set_value("\xff\xff damaged");
  }
  for (const std::string& bytes : {std::string("\xff\xff damaged"), details.SerializeAsString()}) {
    const absl::Status status = StatusFromRpc({grpc::StatusCode::INTERNAL, "message", bytes});
    EXPECT_TRUE(absl::IsInternal(status));
    const Failure failure = FailureOf(status);
    EXPECT_THAT(failure.reason_name, IsEmpty());
    EXPECT_THAT(failure.field_violations, IsEmpty());
    EXPECT_THAT(failure.retry_after, Eq(std::nullopt));
    EXPECT_THAT(failure.app_state, Eq(std::nullopt));
    EXPECT_THAT(failure.renewed_token, IsEmpty());
  }
}

TEST(Failure, IgnoresReasonsOfOthers) {
  status::v1::ErrorInfo info;
  info.set_reason("USER_DENIED");
  info.set_domain("proxy.example");
  status::v1::Status details;
  details.add_details()->set_type_url("type.googleapis.com/google.rpc.ErrorInfo");
  details.mutable_details(0)->set_value(info.SerializeAsString());
  EXPECT_THAT(FailureOf(StatusFromRpc({grpc::StatusCode::UNKNOWN, "", details.SerializeAsString()})).reason_name,
              IsEmpty());
}

TEST(Failure, NamesAReasonThatIsNewerThanThisLibrary) {
  const Failure failure = FailureOf(StatusFromRpc(SentFailure(grpc::StatusCode::ABORTED, "OF_TOMORROW", "no")));
  EXPECT_THAT(failure.reason, Eq(v1::ERROR_REASON_UNSPECIFIED));
  EXPECT_THAT(failure.reason_name, Eq("OF_TOMORROW"));
  EXPECT_THAT(failure.sent, Eq(Failure::Sent::kNo));
}

TEST(Failure, BelievesNoWaitThatNobodyMeant) {
  EXPECT_THAT(FailureOf(StatusFromRpc(Refusal().WithRetryAfter(-absl::Seconds(5)))).retry_after, Eq(std::nullopt));
  EXPECT_THAT(FailureOf(StatusFromRpc(Refusal().WithRetryAfter(absl::Hours(1000)))).retry_after,
              Optional(Eq(absl::Hours(24))));
}

// The usual way to log an error must not log a token.
TEST(Failure, PrintsNoSecretWithItsStatus) {
  v1::FlowFailure flow;
  flow.set_app_state("canary-of-the-app");
  v1::RenewedToken of_tomorrow = Renewed("canary-of-tomorrow");
  std::optional<absl::Status> status = StatusFromRpc(Refusal()
                                                         .With("oauth1d.v1.FlowFailure", flow)
                                                         .With("oauth1d.v1.RenewedToken", Renewed("canary-token"))
                                                         .With("oauth1d.v9.Newer", of_tomorrow));
  std::ostringstream printed;
  printed << *status;
  EXPECT_THAT(printed.str(), HasSubstr("PROVIDER_REJECTED"));
  EXPECT_THAT(printed.str(), Not(HasSubstr("canary")));
  EXPECT_THAT(absl::CHexEscape(printed.str()), Not(HasSubstr("canary")));
  // A copy keeps what the first one had, and a payload that was taken over does too.
  absl::Status annotated(status->code(), "while logging in");
  status->ForEachPayload(
      [&](absl::string_view type, const absl::Cord& payload) { annotated.SetPayload(type, payload); });
  status.reset();
  EXPECT_THAT(FailureOf(annotated).renewed_token, Eq("canary-token"));
  EXPECT_THAT(FailureOf(annotated).app_state, Optional(Eq("canary-of-the-app")));
}

TEST(Failure, ForgetsWhatWasHiddenOnceNobodyHasTheStatus) {
  std::string note;
  {
    const absl::Status status = StatusFromRpc(Refusal().With("oauth1d.v1.RenewedToken", Renewed("canary")));
    note = std::string(*status.GetPayload("type.googleapis.com/oauth1d.v1.RenewedToken"));
    EXPECT_THAT(FailureOf(status).renewed_token, Eq("canary"));
  }
  absl::Status forged = absl::UnavailableError("");
  forged.SetPayload("type.googleapis.com/oauth1d.v1.RenewedToken", absl::Cord(note));
  EXPECT_THAT(FailureOf(forged).renewed_token, IsEmpty());
}

TEST(Failure, OfSuccessIsEmpty) {
  EXPECT_TRUE(StatusFromRpc(grpc::Status::OK).ok());
  EXPECT_THAT(FailureOf(absl::OkStatus()).reason_name, IsEmpty());
}

}  // namespace
}  // namespace oauth1d
