// A new provider is one file and no code: an operator's own fields, with the quirks that no built-in record has.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/records/play.h"

namespace oauth1d::records {
namespace {

using providers::Capability;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

Played PlayOwn(const Script& script) {
  const LoadedRecord record = LoadRecord(script);
  EXPECT_NE(record.provider, nullptr) << record.mistakes;
  return record.provider == nullptr ? Played() : Play(script, record);
}

// The state ends the callback's path, the answers are JSON with names of their own, what is asked for stands among the
// protocol parameters, and everything is signed with RSA-SHA512.
TEST(OwnProviderTest, StatesInPathsAndJson) {
  Script script("own");
  script.fields = R"(  request_token_url: https://own.example/temporary?v=2
  authorize_url: https://own.example/authorize?lang=en
  access_token_url: https://own.example/token
  api_base_urls: ["https://api.own.example/"]
  signature_method: RSA-SHA512
  callback_mode: path
  request_token: {parameters_in: header, parameters: [{name: scope, value: "a,b"}]}
  access_token: {method: GET, placement: query, parameters: [{name: kind, value: long lived}]}
  token_response: {format: json, token_field: token, secret_field: secret}
  authorize: {parameters: [{name: skin, value: dark}]}
)";
  script.rsa = true;
  const std::string json = R"({"token":"{json:token}","secret":"{json:secret}","oauth_callback_confirmed":"true"})";
  Login login(
      Wanted("POST", "https://own.example/temporary").Query({{"v", "2"}}).Among({{"scope", "a,b"}}).Sign("RSA-SHA512"),
      json, "https://own.example/authorize", {{"lang", "en"}, {"oauth_token", kToken}, {"skin", "dark"}},
      Wanted("GET", "https://own.example/token").Query({{"kind", "long lived"}}).In(Where::kQuery).Sign("RSA-SHA512"),
      R"({"user":7,"token":"{json:token}","secret":"{json:secret}"})");
  login.callback = CallbackSent::kInPath;
  login.comes_back = "{callback}?oauth_token={token}&oauth_verifier={verifier}";
  login.comes_back_denied = "{callback}?oauth_problem=user_refused&oauth_token={token}";
  login.others = {{"user", "7"}};
  script.login = login;
  script.calls.push_back(ApiCall(As::kUser, "me", Wanted("GET", "https://api.own.example/me").Sign("RSA-SHA512")));
  const Played played = PlayOwn(script);
  EXPECT_THAT(played.complaints, IsEmpty());
  EXPECT_THAT(played.shown, UnorderedElementsAre(Capability::kThreeLegged));
}

// GETs in the query, XML, PLAINTEXT without nonce and timestamp, no oauth_version, and a second question mark in the
// callback.
TEST(OwnProviderTest, XmlAndBarePlaintext) {
  Script script("own");
  script.fields = R"(  request_token_url: https://own.example/RequestRequestToken/requestRequestToken.xml
  authorize_url: https://own.example/authorize
  access_token_url: https://own.example/RequestAccessToken/getRequestAccessToken.xml
  api_base_urls: ["https://own.example/"]
  signature_method: PLAINTEXT
  placement: query
  token_method: GET
  token_response: {format: xml}
  bare_plaintext: true
  send_version: false
  callback_confirmed: warn
  verifier: none
)";
  script.bare_plaintext = true;
  script.has_version = false;
  const auto wanted = [](const std::string& path) {
    return Wanted("GET", "https://own.example/" + path).Sign("PLAINTEXT").In(Where::kQuery);
  };
  const std::string xml =
      "<?xml version=\"1.0\"?><answer><oauth_token>{xml:token}</oauth_token>"
      "<oauth_token_secret>{xml:secret}</oauth_token_secret></answer>";
  Login login(wanted("RequestRequestToken/requestRequestToken.xml"), xml, "https://own.example/authorize",
              {{"oauth_token", kToken}}, wanted("RequestAccessToken/getRequestAccessToken.xml"), xml);
  login.comes_back = "{callback}?oauth_token={token}&authorize=1";
  login.has_verifier = false;
  script.login = login;
  script.calls.push_back(ApiCall(As::kUser, "me", wanted("me")));
  const Played played = PlayOwn(script);
  EXPECT_THAT(played.complaints, IsEmpty());
  EXPECT_THAT(played.shown, UnorderedElementsAre(Capability::kThreeLegged));
}

// Each signature method that no record uses, in each place.
TEST(OwnProviderTest, EveryMethodInEveryPlace) {
  for (const std::string method : {"HMAC-SHA512", "HMAC-SHA256", "RSA-SHA512", "RSA-SHA256", "PLAINTEXT"}) {
    for (const auto& [word, where] :
         {std::pair<std::string, Where>{"header", Where::kHeader}, {"query", Where::kQuery}, {"body", Where::kBody}}) {
      Script script("own");
      script.fields = "  api_base_urls: ['https://own.example:8443/v1/']\n  signature_method: " + method +
                      "\n  placement: " + word + "\n  body_hash: sha1\n";
      script.rsa = method.substr(0, 3) == "RSA";
      const Pairs form = {{"a[b]", "c d"}, {"a[b]", ""}, {"~*'", "\xC3\xA9%2F"}};
      script.calls.push_back(
          ApiCall(As::kApplication, "form",
                  Wanted("POST", "https://own.example:8443/v1/form").Form(form).Sign(method).In(where))
              .Form(form));
      const Where elsewhere = where == Where::kBody ? Where::kQuery : where;
      script.calls.push_back(
          ApiCall(As::kApplication, "json",
                  Wanted("PUT", "https://own.example:8443/v1/json").Sign(method).In(elsewhere).BodyHash("SHA1"))
              .Body("[1]", "application/json"));
      const Played played = PlayOwn(script);
      EXPECT_THAT(played.complaints, IsEmpty()) << method << " " << word;
      EXPECT_THAT(played.shown, UnorderedElementsAre(Capability::kTwoLegged)) << method << " " << word;
    }
  }
}

}  // namespace
}  // namespace oauth1d::records
