#include "server/providers/endpoints.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace oauth1d::providers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TemplateParameter Shop() { return {"shop", "[a-z0-9-]+", "the name of the shop", false, nullptr}; }
TemplateParameter Host() { return {"host", "[A-Za-z0-9.:/-]+", "", true, nullptr}; }

TEST(FillTemplateTest, PutsValuesInTheirPlaces) {
  const oauth1::Parameters values = {{"account", "1234567_SB1"}, {"shop", "shoes"}};
  EXPECT_THAT(FillTemplate("https://{account:host}.example/{shop}?r={account:realm}", values),
              IsOkAnd(std::string("https://1234567-sb1.example/shoes?r=1234567_SB1")));
  EXPECT_THAT(FillTemplate("no template", values), IsOkAnd(std::string("no template")));
  EXPECT_THAT(FillTemplate("", {}), IsOkAnd(std::string()));
}

TEST(FillTemplateTest, LeavesTheRequestsUrlForTheRequest) {
  EXPECT_THAT(FillTemplate("{request_url}", {{"request_url", "mine"}}), IsOkAnd(std::string("{request_url}")));
}

TEST(FillTemplateTest, AValueThatIsMissingIsAnError) {
  const absl::StatusOr<std::string> filled = FillTemplate("{a}{b}", {{"a", "1"}});
  EXPECT_THAT(filled, HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(filled.status().message(), "the parameter b has no value");
}

TEST(FillTemplateTest, AValueIsNoTemplateItself) {
  EXPECT_THAT(FillTemplate("{a}{b}", {{"a", "{b}"}, {"b", "2"}}), IsOkAnd(std::string("{b}2")));
}

EndpointTemplates Everything() {
  EndpointTemplates templates;
  templates.request_token_url = "https://{host}/oauth/request";
  templates.authorize_url = "https://{host}/oauth/authorize?x={shop}";
  templates.access_token_url = "https://{host}/oauth/access";
  templates.api_bases = {"https://{shop}.example.com/", "https://{host}/api/"};
  templates.renewal_url = "https://{host}/renew";
  templates.revocation_url = "https://{host}/revoke";
  templates.signing_base_url = "http://{host}/";
  templates.realm = "{shop:realm} {request_url}";
  templates.headers = {{"X-Shop", "{shop}"}, {"Accept", "*/*"}};
  return templates;
}

TEST(FillTemplatesTest, FillsEverything) {
  ASSERT_OK_AND_ASSIGN(const Endpoints filled,
                       FillTemplates(Everything(), {{"host", "a.example:8443"}, {"shop", "shoes"}}));
  EXPECT_EQ(filled.request_token_url->ToString(), "https://a.example:8443/oauth/request");
  EXPECT_EQ(filled.authorize_url->ToString(), "https://a.example:8443/oauth/authorize?x=shoes");
  EXPECT_EQ(filled.access_token_url->ToString(), "https://a.example:8443/oauth/access");
  ASSERT_THAT(filled.api_bases, SizeIs(2));
  EXPECT_EQ(filled.api_bases[0].ToString(), "https://shoes.example.com/");
  EXPECT_EQ(filled.api_bases[1].ToString(), "https://a.example:8443/api/");
  EXPECT_EQ(filled.renewal_url->ToString(), "https://a.example:8443/renew");
  EXPECT_EQ(filled.revocation_url->ToString(), "https://a.example:8443/revoke");
  EXPECT_EQ(filled.signing_base->ToString(), "http://a.example:8443/");
  EXPECT_EQ(filled.realm, "SHOES {request_url}");
  EXPECT_THAT(filled.headers, ElementsAre(oauth1::Parameter{"X-Shop", "shoes"}, oauth1::Parameter{"Accept", "*/*"}));
}

TEST(FillTemplatesTest, WhatIsNotThereStaysAway) {
  ASSERT_OK_AND_ASSIGN(const Endpoints filled, FillTemplates({}, {}));
  EXPECT_FALSE(filled.request_token_url.has_value());
  EXPECT_FALSE(filled.authorize_url.has_value());
  EXPECT_FALSE(filled.access_token_url.has_value());
  EXPECT_FALSE(filled.renewal_url.has_value());
  EXPECT_FALSE(filled.revocation_url.has_value());
  EXPECT_FALSE(filled.signing_base.has_value());
  EXPECT_THAT(filled.api_bases, SizeIs(0));
}

// The path and its query are the record's: no value ends the one or brings the other, or somebody else's host.
TEST(FillTemplatesTest, NoValueBecomesMoreThanItsPartOfTheUrl) {
  for (const char* host : {"evil.example?", "evil.example#", "ok.example@evil.example", "evil.example\\", "a b", "%2e",
                           "a\tb", "[::1", "a..b", "a:b", "a:99999", ""}) {
    EndpointTemplates templates;
    templates.api_bases = {"https://{host}/api/"};
    const absl::StatusOr<Endpoints> filled = FillTemplates(templates, {{"host", host}});
    EXPECT_THAT(filled, HasCode(absl::StatusCode::kInvalidArgument)) << host;
    EXPECT_THAT(filled.status().message(), HasSubstr("api_base_urls[0]")) << host;
  }
}

TEST(CheckTemplateValueTest, TheWholeValueMustMatch) {
  EXPECT_THAT(CheckTemplateValue(Shop(), "shoes-2"), IsOk());
  for (const char* value : {"", "Shoes", "shoes!", "shoes\n", "\nshoes", "a b", "sch\xC3\xB6n", "\xFF"}) {
    EXPECT_THAT(CheckTemplateValue(Shop(), value), HasCode(absl::StatusCode::kInvalidArgument)) << value;
  }
  EXPECT_EQ(CheckTemplateValue(Shop(), "?").message(), "must match [a-z0-9-]+: the name of the shop");
}

TEST(CheckTemplateValueTest, ThereIsALongestValue) {
  EXPECT_THAT(CheckTemplateValue(Shop(), std::string(200, 'a')), IsOk());
  EXPECT_THAT(CheckTemplateValue(Shop(), std::string(201, 'a')), HasCode(absl::StatusCode::kInvalidArgument));
}

// Whatever the pattern lets through.
TEST(CheckTemplateValueTest, ACallersValueNeverMeansAnythingInAUrl) {
  TemplateParameter any{"any", "(?s).*", "", false, nullptr};
  for (const char* value : {"a/b", "a?b", "a#b", "a@b", "a\\b", "a:b", "a%b", "a b", "a\tb", "a\r\nb", "a\x7f"}) {
    EXPECT_THAT(CheckTemplateValue(any, value), HasCode(absl::StatusCode::kInvalidArgument)) << value;
  }
  EXPECT_THAT(CheckTemplateValue(any, "a.b"), IsOk()) << "dots are for the pattern to refuse";
  any.operator_only = true;
  EXPECT_THAT(CheckTemplateValue(any, "My-App/1.0 (+https://example.com)"), IsOk());
  EXPECT_THAT(CheckTemplateValue(any, "a\r\nX-Evil: b"), HasCode(absl::StatusCode::kInvalidArgument));
}

TEST(CheckTemplateValueTest, AnOperatorsHostMayHaveAPort) {
  EXPECT_THAT(CheckTemplateValue(Host(), "jira.example:8443"), IsOk());
  EXPECT_THAT(CheckTemplateValue(Host(), "example.com/jira"), IsOk());
}

TEST(CompilePatternTest, SaysWhatIsWrong) {
  EXPECT_THAT(CompilePattern("[a-z]+"), IsOk());
  EXPECT_THAT(CompilePattern("[a-z").status().message(), HasSubstr("missing ]"));
  EXPECT_THAT(CompilePattern("(?=a)"), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CompilePattern("((a{1000}){1000}){1000}"), HasCode(absl::StatusCode::kInvalidArgument));
}

// Matching is linear in the value, whatever the pattern.
TEST(CompilePatternTest, NoPatternIsSlow) {
  TemplateParameter slow{"slow", "(a*)*b|(a|a)*c", "", false, nullptr};
  EXPECT_THAT(CheckTemplateValue(slow, std::string(200, 'a')), HasCode(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace oauth1d::providers
