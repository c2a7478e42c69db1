#include "server/rpc/request_reader.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace oauth1d::rpc {
namespace {

TEST(RequestReaderTest, AnEmptyRequestNamesWhatIsRequired) {
  EXPECT_THAT(ReadStart({}), FaultsField("provider"));
  EXPECT_THAT(ReadStart({}), FaultsField("callback_url"));
  EXPECT_THAT(ReadComplete({}), FaultsField("provider"));
  EXPECT_THAT(ReadComplete({}), FaultsField("callback"));
  EXPECT_THAT(ReadComplete({}), FaultsField("binding_cookies"));
  EXPECT_THAT(ReadSignedRequest({}), FaultsField("provider"));
  EXPECT_THAT(ReadSignedRequest({}), FaultsField("credentials"));
  EXPECT_THAT(ReadSignedRequest({}), FaultsField("call"));
  EXPECT_THAT(ReadSignedRequest({}), FaultsField("call.method"));
  EXPECT_THAT(ReadSignedRequest({}), FaultsField("call.url"));
}

TEST(RequestReaderTest, WhatIsTooLongIsNamed) {
  v1::StartAuthorizationRequest start;
  start.set_provider(std::string(65, 'p'));
  start.set_consumer(std::string(65, 'c'));
  start.set_callback_url(std::string(2049, 'u'));
  start.set_app_state(std::string(2049, 'a'));
  for (int i = 0; i < 201; ++i) start.add_authorize_parameters()->set_name("n");
  for (const char* field : {"provider", "consumer", "callback_url", "app_state", "authorize_parameters"}) {
    EXPECT_THAT(ReadStart(start), FaultsField(field)) << field;
  }
}

TEST(RequestReaderTest, ACallbackMayComeInParts) {
  v1::CompleteAuthorizationRequest request;
  request.set_provider("photos");
  request.mutable_callback_values()->set_state("s");
  request.mutable_callback_values()->set_oauth_token("t");
  request.mutable_callback_values()->set_oauth_verifier("v");
  request.add_binding_cookies()->set_name("oauth1-a");
  request.mutable_binding_cookies(0)->set_value("b");
  ASSERT_OK_AND_ASSIGN(const flow::CompleteRequest read, ReadComplete(request));
  EXPECT_EQ(read.callback.state, "s");
  EXPECT_EQ(read.callback.verifier, "v");
  request.mutable_callback_values()->set_state("a\nb");
  EXPECT_THAT(ReadComplete(request), FaultsField("callback_values.state"));
  for (int i = 0; i < 33; ++i) *request.add_binding_cookies() = request.binding_cookies(0);
  EXPECT_THAT(ReadComplete(request), FaultsField("binding_cookies"));
}

TEST(RequestReaderTest, ContentsExcludeWhatTheyBringThemselves) {
  v1::SignedRequestRequest request;
  request.set_provider("photos");
  request.mutable_application();
  request.mutable_call()->set_method("POST");
  request.mutable_call()->set_url("x");
  request.mutable_call()->mutable_form()->add_fields()->set_name("a");
  EXPECT_THAT(ReadSignedRequest(request), IsOk());
  request.mutable_call()->set_content_type("text/plain");
  EXPECT_THAT(ReadSignedRequest(request), FaultsField("call.content_type"));
  request.mutable_call()->clear_content();
  EXPECT_THAT(ReadSignedRequest(request), IsOk()) << "a type without a body";
  request.mutable_timeout()->set_seconds(-1);
  EXPECT_THAT(ReadSignedRequest(request), FaultsField("timeout"));
  request.clear_timeout();
  request.mutable_call()->set_content_length(7);
  EXPECT_THAT(ReadSignedRequest(request), FaultsField("call.content_length"));
  request.mutable_call()->clear_content_length();
  v1::Parameter& shop = *request.add_provider_parameters();
  shop.set_name("shop");
  shop.set_value("tulips");
  ASSERT_OK_AND_ASSIGN(const flow::SignedCall call, ReadSignedRequest(request));
  EXPECT_EQ(call.provider_parameters, (oauth1::Parameters{{"shop", "tulips"}}));
}

TEST(RequestReaderTest, AnImportTakesATokenOrAPassword) {
  v1::ImportAccessTokenRequest request;
  EXPECT_THAT(ReadImport(request), FaultsField("provider"));
  EXPECT_THAT(ReadImport(request), FaultsField("source"));
  request.set_provider("photos");
  request.mutable_password_login();
  EXPECT_THAT(ReadImport(request), FaultsField("password_login.username"));
  EXPECT_THAT(ReadImport(request), FaultsField("password_login.password"));
  request.mutable_provider_token()->set_token("t");
  ASSERT_OK_AND_ASSIGN(const flow::ImportRequest import, ReadImport(request));
  EXPECT_EQ(std::get<oauth1::TokenCredentials>(import.source).token, "t") << "Cardmarket's secrets may be empty";
}

TEST(RequestReaderTest, AnExplanationNamesTheFieldsOfItsRequest) {
  v1::ExplainSignatureRequest request;
  EXPECT_THAT(ReadExplain(request), FaultsField("request"));
  request.set_timestamp("now");
  request.set_nonce("a\nb");
  request.mutable_request();
  EXPECT_THAT(ReadExplain(request), FaultsField("timestamp"));
  EXPECT_THAT(ReadExplain(request), FaultsField("nonce"));
  EXPECT_THAT(ReadExplain(request), FaultsField("request.provider"));
  EXPECT_THAT(ReadExplain(request), FaultsField("request.call"));
}

TEST(RequestReaderTest, CountsAreCheckedBeforeAnythingIsCopied) {
  v1::SignedRequestRequest request;
  request.set_provider("photos");
  request.mutable_application();
  request.mutable_call()->set_method("POST");
  request.mutable_call()->set_url("x");
  for (int i = 0; i < 101; ++i) request.mutable_call()->add_headers();
  for (int i = 0; i < 201; ++i) request.mutable_call()->mutable_multipart()->add_parts();
  EXPECT_THAT(ReadSignedRequest(request), FaultsField("call.headers"));
  EXPECT_THAT(ReadSignedRequest(request), FaultsField("call.multipart.parts"));
  request.mutable_call()->mutable_multipart()->clear_parts();
  request.mutable_call()->mutable_multipart()->add_parts()->set_name(std::string(4097, 'n'));
  EXPECT_THAT(ReadSignedRequest(request), FaultsField("call.multipart.parts[0].name"));
}

TEST(RequestReaderTest, ParametersKeepBytesOrderAndRepeats) {
  v1::SignedRequestRequest request;
  request.set_provider("photos");
  request.mutable_application();
  request.mutable_call()->set_method("GET");
  request.mutable_call()->set_url("x");
  for (const char* value : {"2", "1"}) {
    v1::Parameter& parameter = *request.mutable_call()->add_query();
    parameter.set_name("a");
    parameter.set_raw_value(value);
  }
  request.mutable_call()->add_query()->set_name("empty");
  ASSERT_OK_AND_ASSIGN(const flow::SignedCall read, ReadSignedRequest(request));
  EXPECT_EQ(read.query, (oauth1::Parameters{{"a", "2"}, {"a", "1"}, {"empty", ""}}));
  request.mutable_call()->add_query();
  EXPECT_THAT(ReadSignedRequest(request), FaultsField("call.query[3].name"));
}

}  // namespace
}  // namespace oauth1d::rpc
