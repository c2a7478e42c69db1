#include "server/oauth1/callback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Callback Read(absl::string_view text) {
  const absl::StatusOr<Callback> callback = ParseCallback(text);
  EXPECT_THAT(callback, IsOk()) << text;
  return callback.ok() ? *callback : Callback();
}

TEST(CallbackTest, IsReadFromAQueryOrAUrlAlike) {
  for (const char* text : {
           "state=s&oauth_token=t&oauth_verifier=v",
           "?state=s&oauth_token=t&oauth_verifier=v",
           "https://app.example/cb?state=s&oauth_token=t&oauth_verifier=v",
           "HTTP://app.example?state=s&oauth_token=t&oauth_verifier=v",
           "/cb?state=s&oauth_token=t&oauth_verifier=v",
           "/?state=s&oauth_token=t&oauth_verifier=v",
           "app.example/cb?state=s&oauth_token=t&oauth_verifier=v",
           "myapp://cb?state=s&oauth_token=t&oauth_verifier=v",
           "oauth_verifier=v&oauth_token=t&state=s",
           "&&state=s&&oauth_token=t&x=y&oauth_verifier=v&",
           "state=s&oauth_token=t&oauth_verifier=v#_=_",
           "https://app.example/cb?state=s&oauth_token=t&oauth_verifier=v#state=other",
           "state=s&oauth_token=t&oauth_verifier=v#?state=other",
           // Goodreads and apps-script-oauth1#32: a second '?' behind a query that was there already.
           "state=s?oauth_token=t&oauth_verifier=v",
           "https://app.example/cb?state=s?oauth_token=t&oauth_verifier=v",
           "https://app.example/cb?state=s&?oauth_token=t?oauth_verifier=v",
           "%73tate=s&oauth%5Ftoken=t&oauth_verifier=%76",
           // The same twice, and an empty one beside it.
           "state=s&oauth_token=t&oauth_verifier=v&state=s&oauth_token=t",
           "state=s&oauth_token=t&oauth_token=&oauth_verifier=v",
           "state=s&oauth_token=&oauth_token=t&oauth_verifier=v&oauth_problem=",
       }) {
    const Callback callback = Read(text);
    EXPECT_EQ(callback.state, "s") << text;
    EXPECT_EQ(callback.token, "t") << text;
    EXPECT_EQ(callback.verifier, "v") << text;
    EXPECT_EQ(callback.denied, "") << text;
    EXPECT_EQ(callback.problem, "") << text;
    EXPECT_FALSE(IsDenial(callback)) << text;
  }
}

TEST(CallbackTest, WhatDidNotComeIsEmpty) {
  for (const char* text : {"", "?", "&", "#", "#state=s", "https://app.example/cb", "https://app.example/state=s",
                           "/cb", "State=s", "state", "state=", "oauth_tokens=t", "x=state=s"}) {
    const Callback callback = Read(text);
    EXPECT_EQ(absl::StrCat(callback.state, callback.token, callback.verifier, callback.denied, callback.problem), "")
        << text;
  }
}

TEST(CallbackTest, ValuesAreDecodedOnce) {
  const Callback callback = Read("oauth_token=a%2Fb%3D&oauth_verifier=a+b%2B&state=%253F%3F&x=%ZZ");
  EXPECT_EQ(callback.token, "a/b=");
  EXPECT_EQ(callback.verifier, "a b+");
  EXPECT_EQ(callback.state, "%3F?") << "an encoded question mark separates nothing";
}

TEST(CallbackTest, TwoDifferentValuesAreRefused) {
  for (const char* name : {"state", "oauth_token", "oauth_verifier", "denied", "oauth_problem"}) {
    const absl::Status status = ParseCallback(absl::StrCat(name, "=canary1&", name, "=canary2")).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << name;
    EXPECT_THAT(std::string(status.message()), HasSubstr(name));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("canary")));
    EXPECT_THAT(ParseCallback(absl::StrCat("https://h/?", name, "=a?", name, "=b")),
                HasCode(absl::StatusCode::kInvalidArgument));
  }
  EXPECT_THAT(ParseCallback("x=1&x=2&oauth_tokens=1&oauth_tokens=2"), IsOk()) << "others may come twice";
}

TEST(CallbackTest, LongValuesAndControlCharactersAreRefused) {
  for (const char* name : {"state", "oauth_token", "oauth_verifier", "denied", "oauth_problem"}) {
    EXPECT_THAT(ParseCallback(absl::StrCat(name, "=", std::string(4096, 'x'))), IsOk()) << name;
    for (const std::string& value : std::vector<std::string>{std::string(4097, 'x'), "a%00b", "a%0d%0ab", "a%7f", "\t",
                                                             "a\nb", std::string("a\0b", 3)}) {
      const absl::Status status = ParseCallback(absl::StrCat(name, "=", value)).status();
      EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << absl::CHexEscape(value);
      EXPECT_THAT(std::string(status.message()), HasSubstr(name));
    }
  }
  EXPECT_THAT(ParseCallback(absl::StrCat("x=", std::string(1 << 20, 'x'), "&y=%00")), IsOk());
}

TEST(CallbackTest, OnlyTheTwoWaysToSayNoAreADenial) {
  const Callback denied = Read("state=s&denied=t");
  EXPECT_EQ(denied.denied, "t");
  EXPECT_TRUE(IsDenial(denied));
  EXPECT_TRUE(IsDenial(Read("state=s&oauth_problem=user_refused")));
  EXPECT_TRUE(IsDenial(Read("https://app.example/cb?state=s?denied=t")));
  for (const char* text :
       {"state=s", "state=s&oauth_token=t", "denied=", "denied", "oauth_problem=", "oauth_problem=token_rejected",
        "oauth_problem=USER_REFUSED", "oauth_problem=user_refused+", "error=access_denied", "Denied=t"}) {
    EXPECT_FALSE(IsDenial(Read(text))) << text;
  }
  EXPECT_EQ(Read("oauth_problem=permission_unknown").problem, "permission_unknown");
}

TEST(CallbackTest, TheAdviceComesWithTheProblemAndIsNeverRefused) {
  EXPECT_EQ(Read("oauth_problem=permission_denied&oauth_problem_advice=Ask+again%21").problem_advice, "Ask again!");
  EXPECT_EQ(Read("oauth_problem_advice=a%0Ab&oauth_problem_advice=c").problem_advice, "a\nb")
      << "the first, as it came";
  EXPECT_EQ(Read(absl::StrCat("oauth_problem_advice=", std::string(5000, 'x'))).problem_advice, std::string(4096, 'x'));
  EXPECT_EQ(Read("oauth_problem=x").problem_advice, "");
}

TEST(CallbackTest, TheStateMayBeTheLastSegmentOfThePath) {
  for (const char* text : {
           "https://app.example/cb/S-t_1?oauth_token=t&oauth_verifier=v",
           "HTTP://app.example/cb/S-t_1?oauth_token=t",
           "https://app.example/S-t_1",
           "https://app.example:8443/a/b//S-t_1#fragment/x",
           "/cb/S-t_1?oauth_token=t",
           "myapp://host/S-t_1?x=/y",
           "https://app.example/cb/%53-t%5F1?oauth_token=t",
           "https://app.example/cb/S-t_1/?oauth_token=t",
           "https://app.example/cb/S-t_1?a=b?/c",
       }) {
    EXPECT_EQ(Read(text).last_path_segment, "S-t_1") << text;
  }
}

TEST(CallbackTest, ABareQueryHasNoPath) {
  for (const std::string& text :
       std::vector<std::string>{"", "?", "oauth_token=a/b", "?oauth_token=a/b", "state=https://app.example/cb/x",
                                "https://app.example", "https://app.example?x=/y", "https://app.example/",
                                "https://app.example/cb/%00", absl::StrCat("/", std::string(4097, 'x')), "#/x"}) {
    EXPECT_EQ(Read(text).last_path_segment, "") << text;
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
