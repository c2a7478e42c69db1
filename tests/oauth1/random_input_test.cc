// Whatever comes in, nothing crashes, and what is promised of every input holds. The same seed in each run; tests/fuzz
// looks further.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "server/base/failure.h"
#include "server/oauth1/callback.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/problem.h"
#include "server/oauth1/token_response.h"
#include "server/oauth1/url.h"
#include "server/oauth1/url_reference.h"
#include "tests/oauth1/pairs.h"

namespace oauth1d::oauth1 {
namespace {

constexpr int kRounds = 100'000;

// Random bytes, mixed with words of the grammar under test so that they come far.
class InputMaker {
 public:
  explicit InputMaker(std::vector<absl::string_view> words) : words_(std::move(words)) {}

  std::string Next() {
    std::string text;
    for (size_t pieces = random_() % 12; pieces > 0; --pieces) {
      if (random_() % 4 == 0) {
        text.push_back(static_cast<char>(random_()));
      } else {
        const absl::string_view word = words_[random_() % words_.size()];
        text.append(word.data(), word.size());
      }
    }
    return text;
  }

 private:
  std::mt19937 random_{5849};
  const std::vector<absl::string_view> words_;
};

TEST(RandomInputTest, EveryFormIsReadAndComesBackAsItWas) {
  InputMaker inputs({"&", "=", "%", "+", "%00", "%41", "%zz", "a", "oauth_token", "[", "]", ";", "?"});
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = inputs.Next();
    const Parameters parameters = ParseForm(text);
    ASSERT_EQ(Pairs(ParseForm(EncodeForm(parameters))), Pairs(parameters)) << absl::CHexEscape(text);
    ASSERT_EQ(PercentDecode(PercentEncode(text)), text) << absl::CHexEscape(text);
  }
}

TEST(RandomInputTest, AUrlThatIsAcceptedIsAcceptedAgainAsItIsWritten) {
  InputMaker inputs({"https://", "http://", "h", ".",   ":", "443", "80", "/", "?", "&", "=",
                     "[::1]",    "@",       "#", "%41", "%", "\\",  "..", "A", "-", "[", "]"});
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = (round % 2 == 0 ? "https://h" : "") + inputs.Next();
    const absl::StatusOr<Url> url = Url::Parse(text);
    if (!url.ok()) continue;
    ++accepted;
    const absl::StatusOr<Url> again = Url::Parse(url->ToString());
    ASSERT_TRUE(again.ok()) << absl::CHexEscape(text);
    ASSERT_EQ(again->ToString(), url->ToString()) << absl::CHexEscape(text);
    ASSERT_EQ(again->origin(), url->origin()) << absl::CHexEscape(text);
    ASSERT_TRUE(absl::EndsWith(text, url->has_query() ? "?" + url->query() : url->path()) || url->path() == "/")
        << "changed: " << absl::CHexEscape(text);
    ASSERT_FALSE(HasControlCharacters(url->ToString())) << absl::CHexEscape(text);
  }
  EXPECT_GT(accepted, kRounds / 100);
}

TEST(RandomInputTest, WhatIsResolvedLiesInside) {
  const std::vector<Url> bases = {*Url::Parse("https://api.example.com/1.1/"),
                                  *Url::Parse("http://upload.example.com:8080/a/b/")};
  InputMaker inputs({"..",
                     ".",
                     "/",
                     "//",
                     "%2e",
                     "%2E",
                     "%252e",
                     "%2f",
                     "%5c",
                     "\\",
                     ";",
                     "%3b",
                     "@",
                     "#",
                     "?",
                     "%3f",
                     "https://",
                     "http://",
                     "api.example.com",
                     "upload.example.com:8080",
                     "1.1",
                     "a",
                     "b",
                     ":",
                     "%00"});
  int inside = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = inputs.Next();
    const absl::StatusOr<Url> url = ResolveInside(bases, text);
    if (!url.ok()) {
      ASSERT_TRUE(absl::IsInvalidArgument(url.status()) || ReasonOf(url.status()) == Reason::kDestinationDenied);
      continue;
    }
    ++inside;
    const bool first = absl::StartsWith(url->ToString(), "https://api.example.com/1.1/");
    ASSERT_TRUE(first || absl::StartsWith(url->ToString(), "http://upload.example.com:8080/a/b/"))
        << absl::CHexEscape(text) << " -> " << url->ToString();
    std::string path = url->path();
    for (int decodings = 0; decodings < 4; ++decodings) path = PercentDecode(path);
    std::replace(path.begin(), path.end(), '\\', '/');
    ASSERT_FALSE(absl::StrContains(path + "/", "/../") || absl::StrContains(path, "/..;")) << absl::CHexEscape(text);
    // What was resolved stays where it is.
    const absl::StatusOr<Url> again = ResolveInside(bases, url->ToString());
    ASSERT_TRUE(again.ok()) << absl::CHexEscape(text);
    ASSERT_EQ(again->ToString(), url->ToString()) << absl::CHexEscape(text);
  }
  EXPECT_GT(inside, kRounds / 100);
}

TEST(RandomInputTest, ATokenResponseGivesCredentialsOrARefusal) {
  InputMaker inputs({"oauth_token=t&", "&oauth_token_secret=s", "oauth_token=", "oauth_token_secret=", "&", "t", "%00",
                     "%C3%A9", "\n", "<html>", "=", "+"});
  int accepted = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = inputs.Next();
    const absl::StatusOr<TokenResponse> response = ParseTokenResponse(text, TokenResponseFormat());
    if (!response.ok()) {
      ASSERT_EQ(ReasonOf(response.status()), Reason::kBadTokenResponse) << absl::CHexEscape(text);
      continue;
    }
    ++accepted;
    ASSERT_FALSE(response->credentials.token.empty() || response->credentials.secret.empty()) << absl::CHexEscape(text);
    ASSERT_TRUE(IsUtf8(response->credentials.token) && !HasControlCharacters(response->credentials.token));
  }
  EXPECT_GT(accepted, kRounds / 1000);
}

TEST(RandomInputTest, ACallbackIsReadOrRefused) {
  InputMaker inputs({"state=", "oauth_token=", "oauth_verifier=", "denied=", "oauth_problem=", "user_refused", "&", "?",
                     "#", "https://h/", "/", "s", "%0a", "+"});
  for (int round = 0; round < kRounds; ++round) {
    const std::string text = inputs.Next();
    const absl::StatusOr<Callback> callback = ParseCallback(text);
    ASSERT_TRUE(callback.ok() || absl::IsInvalidArgument(callback.status())) << absl::CHexEscape(text);
    if (!callback.ok()) continue;
    ASSERT_FALSE(HasControlCharacters(callback->state + callback->problem)) << absl::CHexEscape(text);
  }
}

TEST(RandomInputTest, AProblemIsPrintable) {
  InputMaker inputs(
      {"OAuth ", "oauth_problem=", "oauth_problem_advice=", "\"", ",", " ", "&", "%0d%0a", "%FF", "x", "="});
  int found = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string challenge = inputs.Next();
    const std::string body = inputs.Next();
    const std::optional<Problem> problem = FindProblem({challenge, "OAuth " + challenge}, body);
    if (!problem.has_value()) continue;
    ++found;
    for (const char c : problem->name + problem->advice) ASSERT_TRUE(c >= 0x20 && c < 0x7F) << absl::CHexEscape(body);
  }
  EXPECT_GT(found, kRounds / 100);
}

}  // namespace
}  // namespace oauth1d::oauth1
