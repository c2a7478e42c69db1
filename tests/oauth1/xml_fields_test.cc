#include "server/oauth1/xml_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/oauth1/token_response.h"
#include "tests/oauth1/pairs.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TextPairs Fields(absl::string_view text) {
  const absl::StatusOr<Parameters> fields = ParseFields(text, TokenResponseSyntax::kXml);
  EXPECT_THAT(fields, IsOk()) << text;
  return fields.ok() ? Pairs(*fields) : TextPairs{{"no", "fields"}};
}

TEST(XmlFieldsTest, AreTheElementsOfTextAloneAtAnyDepth) {
  EXPECT_EQ(Fields("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response><token>t</token>\n <a><b> s </b></a>"
                   "<token>u</token><empty/></response>\n"),
            (TextPairs{{"token", "t"}, {"b", "s"}, {"token", "u"}, {"empty", ""}}));
  EXPECT_EQ(Fields("<token>t</token>"), (TextPairs{{"token", "t"}}));
  EXPECT_EQ(Fields("<r>mixed<token>t</token>text</r>"), (TextPairs{{"token", "t"}}));
  EXPECT_EQ(Fields("<o:r xmlns:o=\"u\"><o:token x=\"y\">t</o:token></o:r>"), (TextPairs{{"token", "t"}}));
  EXPECT_EQ(Fields("<r><a>&lt;&amp;&#233;&#x2603;&quot;</a><b><![CDATA[<x>&amp;]]></b><!-- no --><?no no?></r>"),
            (TextPairs{{"a", "<&\xC3\xA9\xE2\x98\x83\""}, {"b", "<x>&amp;"}}));
  EXPECT_EQ(Fields("<?xml version='1.0' encoding='ISO-8859-1'?><r><a>\xE9</a></r>"), (TextPairs{{"a", "\xC3\xA9"}}));
  EXPECT_EQ(Fields("\n <r><a>no declaration may follow white space, and none does</a></r>").size(), 1U);
}

TEST(XmlFieldsTest, EntitiesAndDocumentTypesAreRefused) {
  for (const char* text :
       {"<!DOCTYPE r [<!ENTITY e \"canary\">]><r><oauth_token>&e;</oauth_token></r>",
        "<!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><r>&b;</r>",
        "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><r>&e;</r>",
        "<!DOCTYPE r [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/x\">%p;]><r/>",
        "<!DOCTYPE r SYSTEM \"http://127.0.0.1:1/canary.dtd\"><r/>",
        "<!DOCTYPE html><html><body>canary</body></html>"}) {
    const absl::Status status = ParseFields(text, TokenResponseSyntax::kXml).status();
    EXPECT_THAT(status, FailsWith(Reason::kBadTokenResponse)) << text;
    EXPECT_THAT(std::string(status.message()), HasSubstr("document type")) << text;
    EXPECT_THAT(status.ToString(), Not(HasSubstr("canary"))) << text;
  }
  EXPECT_THAT(ParseFields("<r>&unknown;</r>", TokenResponseSyntax::kXml), FailsWith(Reason::kBadTokenResponse));
}

TEST(XmlFieldsTest, WhatIsNoDocumentIsRefused) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "<a>";
  std::string many = "<r>";
  for (int i = 0; i < 300; ++i) many += "<a/>";
  const std::vector<std::pair<std::string, const char*>> texts = {
      {"", "no XML"},
      {"canary", "no XML"},
      {"<r><canary></r>", "no XML"},
      {"<r>canary", "no XML"},
      {"<r/><r/>", "no XML"},
      {"<r>\xFF</r>", "no XML"},
      {std::string("<r>\0</r>", 8), "no XML"},
      {"{\"oauth_token\":\"canary\"}", "no XML"},
      {deep, "too deep"},
      {absl::StrCat("<r>", std::string(70'000, 'x'), "</r>"), "too long"},
      {many + "</r>", "too many"},
  };
  for (const auto& [text, what] : texts) {
    const absl::Status status = ParseFields(text, TokenResponseSyntax::kXml).status();
    EXPECT_THAT(status, FailsWith(Reason::kBadTokenResponse)) << text.substr(0, 80);
    EXPECT_THAT(std::string(status.message()), HasSubstr(what)) << text.substr(0, 80);
    EXPECT_THAT(status.ToString(), Not(HasSubstr("canary"))) << text.substr(0, 80);
  }
}

TEST(XmlTokenResponseTest, GivesCredentialsAndRefusesThemTwice) {
  const TokenResponseFormat format = {TokenResponseSyntax::kXml};
  ASSERT_OK_AND_ASSIGN(const TokenResponse response,
                       ParseTokenResponse("<user><id>17</id><oauth><oauth_token>t</oauth_token>"
                                          "<oauth_token_secret>s</oauth_token_secret></oauth></user>",
                                          format));
  EXPECT_EQ(response.credentials.token, "t");
  EXPECT_EQ(response.credentials.secret.Reveal(), "s");
  EXPECT_EQ(Pairs(response.others), (TextPairs{{"id", "17"}}));
  for (const char* text :
       {"<r><oauth_token>t</oauth_token><x><oauth_token>t</oauth_token></x><oauth_token_secret>s</oauth_token_secret></"
        "r>",
        "<r><oauth_token>t</oauth_token></r>", "<r><oauth_token/><oauth_token_secret>s</oauth_token_secret></r>"}) {
    EXPECT_THAT(ParseTokenResponse(text, format), FailsWith(Reason::kBadTokenResponse)) << text;
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
