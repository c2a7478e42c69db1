#include "server/rpc/error_status.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "oauth1d/status/v1/status.pb.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Every detail by its type URL.
std::map<std::string, std::string> DetailsOf(const grpc::Status& status) {
  status::v1::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(details.message(), status.error_message());
  std::map<std::string, std::string> by_type;
  for (const google::protobuf::Any& any : details.details()) by_type[any.type_url()] = any.value();
  return by_type;
}

status::v1::ErrorInfo InfoOf(const grpc::Status& status) {
  status::v1::ErrorInfo info;
  EXPECT_TRUE(info.ParseFromString(DetailsOf(status)["type.googleapis.com/google.rpc.ErrorInfo"]));
  return info;
}

TEST(ErrorStatusTest, EveryReasonHasItsCodeAndName) {
  for (int i = 1; i <= static_cast<int>(Reason::kInternal); ++i) {
    const auto reason = static_cast<Reason>(i);
    const grpc::Status status = ToGrpcStatus(Fail(reason, "why"), "photos");
    EXPECT_EQ(static_cast<int>(status.error_code()), static_cast<int>(CodeOf(reason)));
    const status::v1::ErrorInfo info = InfoOf(status);
    EXPECT_EQ("ERROR_REASON_" + info.reason(), v1::ErrorReason_Name(static_cast<v1::ErrorReason>(i)));
    EXPECT_EQ(info.domain(), "oauth1d");
    EXPECT_EQ(info.metadata().at("sent"), "no");
    EXPECT_EQ(info.metadata().at("provider"), "photos");
  }
}

TEST(ErrorStatusTest, ARenewedTokenTravelsUnlessItIsTooLongForTrailers) {
  const absl::Status error = WithOAuthAdvice(Fail(Reason::kOutcomeUnknown, "who knows"), "call us");
  const grpc::Status status = ToGrpcStatus(WithRenewedToken(error, "oa1_new"), "photos");
  EXPECT_EQ(InfoOf(status).metadata().at("oauth_problem_advice"), "call us");
  v1::RenewedToken renewed;
  ASSERT_TRUE(renewed.ParseFromString(DetailsOf(status)["type.googleapis.com/oauth1d.v1.RenewedToken"]));
  EXPECT_EQ(renewed.access_token(), "oa1_new");
  const grpc::Status long_one = ToGrpcStatus(WithRenewedToken(error, std::string(4000, 'x')), "photos");
  EXPECT_EQ(DetailsOf(long_one).count("type.googleapis.com/oauth1d.v1.RenewedToken"), 0U);
}

TEST(ErrorStatusTest, DetailsTravelUnderGooglesTypes) {
  absl::Status error = Fail(Reason::kProviderRejected, "the provider refused");
  error = WithOAuthProblem(WithHttpStatus(WithSent(error, Sent::kYes), 401), "token_used");
  error = WithAppState(WithRetryAfter(error, absl::Milliseconds(1500)), std::string("\xff\0page", 6));
  const grpc::Status status = ToGrpcStatus(error, "photos");
  const status::v1::ErrorInfo info = InfoOf(status);
  EXPECT_EQ(info.metadata().at("sent"), "yes");
  EXPECT_EQ(info.metadata().at("http_status"), "401");
  EXPECT_EQ(info.metadata().at("oauth_problem"), "token_used");
  status::v1::RetryInfo retry;
  ASSERT_TRUE(retry.ParseFromString(DetailsOf(status)["type.googleapis.com/google.rpc.RetryInfo"]));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 500'000'000);
  v1::FlowFailure failure;
  ASSERT_TRUE(failure.ParseFromString(DetailsOf(status)["type.googleapis.com/oauth1d.v1.FlowFailure"]));
  EXPECT_EQ(failure.app_state(), std::string("\xff\0page", 6));
}

TEST(ErrorStatusTest, FieldsAreNamedButNotWithoutEnd) {
  FieldViolations violations;
  for (int i = 0; i < 500; ++i) violations.Add(absl::StrCat("call.headers[", i, "].name"), std::string(1000, 'x'));
  const grpc::Status status = ToGrpcStatus(WithAppState(violations.ToStatus(), std::string(2048, 'a')), "photos");
  status::v1::BadRequest bad_request;
  ASSERT_TRUE(bad_request.ParseFromString(DetailsOf(status)["type.googleapis.com/google.rpc.BadRequest"]));
  EXPECT_EQ(bad_request.field_violations(0).field(), "call.headers[0].name");
  EXPECT_LT(status.error_details().size() * 4 / 3 + status.error_message().size(), 8192U);
}

TEST(ErrorStatusTest, AFaultOfOursTellsNothing) {
  const grpc::Status status = ToGrpcStatus(absl::InternalError("key material at 0x7f"), "");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(status.error_message(), Not(HasSubstr("0x7f")));
  EXPECT_EQ(InfoOf(status).reason(), "INTERNAL");
}

TEST(ErrorStatusTest, ACancellationStaysOne) {
  const grpc::Status status = ToGrpcStatus(WithSent(absl::CancelledError("gone"), Sent::kMaybe), "photos");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(InfoOf(status).reason(), "DEADLINE");
  EXPECT_EQ(InfoOf(status).metadata().at("sent"), "maybe");
}

TEST(ErrorStatusTest, OkIsOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus(), "photos").ok()); }

}  // namespace
}  // namespace oauth1d::rpc
