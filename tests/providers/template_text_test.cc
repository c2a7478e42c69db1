#include "server/providers/template_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace oauth1d::providers {
namespace {

using ::testing::HasSubstr;

// The text again, from its pieces.
std::string Joined(const std::vector<TemplatePiece>& pieces) {
  std::string text;
  for (const TemplatePiece& piece : pieces) {
    text += piece.before;
    if (piece.name.empty()) continue;
    const char* const form = piece.form == TemplateForm::kHost    ? ":host"
                             : piece.form == TemplateForm::kRealm ? ":realm"
                                                                  : "";
    text += "{" + piece.name + form + "}";
  }
  return text;
}

TEST(TemplateTextTest, ReadsWhatItIsMadeOf) {
  for (const char* text : {"", "plain", "{a}", "{a}{b:host}", "https://{account:host}.api.example/x?y={z}",
                           "{a:realm} ", "{request_url}"}) {
    ASSERT_OK_AND_ASSIGN(const std::vector<TemplatePiece> pieces, ParseTemplate(text));
    EXPECT_EQ(Joined(pieces), text);
    EXPECT_TRUE(pieces.back().name.empty()) << "the text has an end";
  }
}

TEST(TemplateTextTest, RefusesWhatIsNoTemplate) {
  for (const char* text : {"{", "}", "a{b", "a}b", "{a{b}}", "{}", "{A}", "{a b}", "{a:}", "{a:hosts}",
                           "{a:host:realm}", "{:host}", "{a.b}", "{a}}", "{{a}"}) {
    EXPECT_THAT(ParseTemplate(text), HasCode(absl::StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(ParseTemplate("{Account:host}").status().message(), HasSubstr("{Account:host}"));
}

TEST(TemplateTextTest, NamesAreShortAndPlain) {
  EXPECT_TRUE(IsTemplateName("account_2"));
  EXPECT_TRUE(IsTemplateName(std::string(64, 'a')));
  for (const std::string& name : {std::string(), std::string("a-b"), std::string("A"), std::string(65, 'a')}) {
    EXPECT_FALSE(IsTemplateName(name)) << name;
  }
}

// NetSuite spells a sandbox account in two ways.
TEST(TemplateTextTest, AnAccountHasAFormForHostsAndOneForRealms) {
  EXPECT_EQ(InForm("1234567_SB1", TemplateForm::kHost), "1234567-sb1");
  EXPECT_EQ(InForm("1234567-sb1", TemplateForm::kRealm), "1234567_SB1");
  EXPECT_EQ(InForm("1234567_sB-1", TemplateForm::kAsItIs), "1234567_sB-1");
}

}  // namespace
}  // namespace oauth1d::providers
