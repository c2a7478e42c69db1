#include "server/rpc/text_fields.h"

#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include "oauth1d/v1/oauth1d.pb.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::rpc {
namespace {

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

// A length-delimited field on the wire.
std::string Field(int number, const std::string& bytes) {
  std::string field;
  field.push_back(static_cast<char>(number << 3 | 2));
  field.push_back(static_cast<char>(bytes.size()));
  return field + bytes;
}

TEST(TextFieldsTest, AGoodRequestParses) {
  v1::StartAuthorizationRequest sent;
  sent.set_provider("photos");
  sent.set_app_state("\xff\xfe");
  v1::StartAuthorizationRequest request;
  ASSERT_THAT(ParseRequest(BufferOf(sent.SerializeAsString()), request), IsOk());
  EXPECT_EQ(request.provider(), "photos");
  EXPECT_EQ(request.app_state(), "\xff\xfe");
}

TEST(TextFieldsTest, TextThatIsNoUtf8IsNamedByItsPath) {
  v1::StartAuthorizationRequest start;
  EXPECT_THAT(ParseRequest(BufferOf(Field(1, "\xff")), start), FaultsField("provider"));
  const std::string parameters = Field(4, Field(1, "a")) + Field(4, Field(1, "b") + Field(2, "\xc3("));
  EXPECT_THAT(ParseRequest(BufferOf(parameters), start), FaultsField("authorize_parameters[1].value"));
  v1::SignedRequestRequest signed_request;
  EXPECT_THAT(ParseRequest(BufferOf(Field(7, Field(2, "\x80"))), signed_request), FaultsField("call.url"));
  EXPECT_THAT(ParseRequest(BufferOf(Field(3, Field(2, "\x80"))), signed_request),
              FaultsField("provider_token.token_secret"));
}

TEST(TextFieldsTest, BytesThatAreNoMessageAreABadRequest) {
  v1::StartAuthorizationRequest request;
  EXPECT_THAT(ParseRequest(BufferOf("\x0a\xff"), request), FailsWith(Reason::kInvalidRequest));
  EXPECT_THAT(ParseRequest(BufferOf(std::string(100, '\xff')), request), FailsWith(Reason::kInvalidRequest));
}

}  // namespace
}  // namespace oauth1d::rpc
