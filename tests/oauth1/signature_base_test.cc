#include "server/oauth1/signature_base.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/parameter.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

std::string BaseString(absl::string_view method, absl::string_view url, absl::string_view form,
                       const Parameters& protocol) {
  const absl::StatusOr<Url> parsed = Url::Parse(url);
  EXPECT_THAT(parsed, IsOk()) << url;
  if (!parsed.ok()) return "";
  SignatureBase base;
  base.Clear();
  base.AddEncoded(parsed->query(), ParameterSource::kQuery);
  base.AddEncoded(form, ParameterSource::kForm);
  for (const Parameter& parameter : protocol) base.Add(parameter.name, parameter.value, ParameterSource::kProtocol);
  base.Finish(method, *parsed);
  return std::string(base.text());
}

// The parameters part, in a base string of nothing else.
std::string Normalized(absl::string_view query, absl::string_view form, const Parameters& protocol) {
  const std::string url = query.empty() ? "http://h/" : absl::StrCat("http://h/?", query);
  const std::string text = BaseString("GET", url, form, protocol);
  constexpr absl::string_view kBefore = "GET&http%3A%2F%2Fh%2F&";
  EXPECT_EQ(text.substr(0, kBefore.size()), kBefore);
  return text.substr(kBefore.size());
}

// RFC 5849 section 3.4.1.1. (Erratum 2550 is about the signature, not about this string.)
TEST(SignatureBaseTest, IsThatOfTheRfc) {
  EXPECT_EQ(BaseString("POST", "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b", "c2&a3=2+q",
                       {{"oauth_consumer_key", "9djdj82h48djs9d2"},
                        {"oauth_token", "kkk9d7dh3k39sjv7"},
                        {"oauth_signature_method", "HMAC-SHA1"},
                        {"oauth_timestamp", "137131201"},
                        {"oauth_nonce", "7d8f3e4a"}}),
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540"
            "%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHM"
            "AC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7");
}

// OAuth Core 1.0a, appendix A.5.1.
TEST(SignatureBaseTest, IsThatOfTheCoreSpecification) {
  EXPECT_EQ(BaseString("GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", "",
                       {{"oauth_consumer_key", "dpf43f3p2l4k3l03"},
                        {"oauth_token", "nnch734d00sl2jdk"},
                        {"oauth_signature_method", "HMAC-SHA1"},
                        {"oauth_timestamp", "1191242096"},
                        {"oauth_nonce", "kllo9940pd9333jh"},
                        {"oauth_version", "1.0"}}),
            "GET&http%3A%2F%2Fphotos.example.net%2Fphotos&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03"
            "%26oauth_nonce%3Dkllo9940pd9333jh%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1191242096"
            "%26oauth_token%3Dnnch734d00sl2jdk%26oauth_version%3D1.0%26size%3Doriginal");
}

TEST(SignatureBaseTest, TakesParametersFromThreePlaces) {
  EXPECT_EQ(Normalized("b=query", "a=form", {{"c", "protocol"}}), "a%3Dform%26b%3Dquery%26c%3Dprotocol");
  EXPECT_EQ(Normalized("a=2", "a=1", {{"a", "3"}}), "a%3D1%26a%3D2%26a%3D3");
  EXPECT_EQ(Normalized("a=1&a=1", "a=1", {}), "a%3D1%26a%3D1%26a%3D1") << "repeats stay";
  EXPECT_EQ(Normalized("", "", {}), "");
}

TEST(SignatureBaseTest, EncodesFirstAndSortsThen) {
  // Raw: 'A' < '['. Encoded: "%5B" < "A".
  EXPECT_EQ(Normalized("A=1&[=2", "", {}), "%255B%3D2%26A%3D1");
  // Raw: '~' < 0xC3. Encoded: "%C3%A9" < "~".
  EXPECT_EQ(Normalized("~=1&%C3%A9=2", "", {}), "%25C3%25A9%3D2%26~%3D1");
  // Raw: '.' < '/'. Encoded: "%2F" < ".".
  EXPECT_EQ(Normalized("a.b=1&a/b=2", "", {}), "a%252Fb%3D2%26a.b%3D1");
  // The same of values.
  EXPECT_EQ(Normalized("a=~&a=%C3%A9", "", {}), "a%3D%25C3%25A9%26a%3D~");
  EXPECT_EQ(Normalized("a=A&a=[", "", {}), "a%3D%255B%26a%3DA");
}

TEST(SignatureBaseTest, SortsByNameAndNotByTheJoinedPair) {
  // Joined, "x%26=1" stands before "x=2".
  EXPECT_EQ(Normalized("x%26=1&x=2", "", {}), "x%3D2%26x%2526%3D1");
  EXPECT_EQ(Normalized("a1=1&a=2", "", {}), "a%3D2%26a1%3D1");
  EXPECT_EQ(Normalized("a=b&a", "", {}), "a%3D%26a%3Db") << "the empty value first";
}

TEST(SignatureBaseTest, ReadsAPlusAsASpaceAndAnEncodedPlusAsAPlus) {
  EXPECT_EQ(Normalized("a=b+c", "", {}), "a%3Db%2520c");
  EXPECT_EQ(Normalized("a=b%20c", "", {}), "a%3Db%2520c");
  EXPECT_EQ(Normalized("a=b%2Bc", "", {}), "a%3Db%252Bc");
  EXPECT_EQ(Normalized("", "a=b+c%2b", {}), "a%3Db%2520c%252B");
  EXPECT_EQ(Normalized("", "", {{"a", "b+c"}}), "a%3Db%252Bc") << "protocol parameters are not encoded yet";
}

TEST(SignatureBaseTest, NormalizesTheEncodingOfWhatWasSent) {
  EXPECT_EQ(Normalized("%61=%7e%7E~&b=%c3%a9", "", {}), "a%3D~~~%26b%3D%25C3%25A9");
  EXPECT_EQ(Normalized("a[b]=c&a%5Bb%5D=d", "", {}), "a%255Bb%255D%3Dc%26a%255Bb%255D%3Dd");
  EXPECT_EQ(Normalized("a=*'()!", "", {}), "a%3D%252A%2527%2528%2529%2521");
  EXPECT_EQ(Normalized("a=%2541", "", {}), "a%3D%252541") << "decoded once";
}

TEST(SignatureBaseTest, EmptyPiecesAreNoParametersAndEmptyNamesAre) {
  EXPECT_EQ(Normalized("&&a&&", "&", {}), "a%3D");
  EXPECT_EQ(Normalized("=&=x", "", {}), "%3D%26%3Dx");
  EXPECT_EQ(Normalized("a=b=c", "", {}), "a%3Db%253Dc");
}

TEST(SignatureBaseTest, LeavesOutASignatureWhereverItStands) {
  EXPECT_EQ(Normalized("oauth_signature=x&a=1", "oauth%5Fsignature=y", {}), "a%3D1");
  EXPECT_EQ(Normalized("oauth_signature_method=m", "", {}), "oauth_signature_method%3Dm");
}

TEST(SignatureBaseTest, TheMethodIsInUpperCaseAndEncoded) {
  EXPECT_EQ(BaseString("get", "http://h/", "", {}), "GET&http%3A%2F%2Fh%2F&");
  EXPECT_EQ(BaseString("M-Search", "http://h/", "", {}), "M-SEARCH&http%3A%2F%2Fh%2F&");
  EXPECT_EQ(BaseString("a&b", "http://h/", "", {}), "A%26B&http%3A%2F%2Fh%2F&");
}

TEST(SignatureBaseTest, TheUriHasNoQueryAndAPortOnlyWhereItIsNotTheSchemesOwn) {
  EXPECT_EQ(BaseString("GET", "HTTPS://H.Example:443", "", {}), "GET&https%3A%2F%2Fh.example%2F&");
  EXPECT_EQ(BaseString("GET", "https://h:8443/a%20b/", "", {}), "GET&https%3A%2F%2Fh%3A8443%2Fa%2520b%2F&");
  EXPECT_EQ(BaseString("GET", "http://[::1]:81/", "", {}), "GET&http%3A%2F%2F%5B%3A%3A1%5D%3A81%2F&");
  EXPECT_EQ(BaseString("GET", "http://h/~a;b=c?d", "", {}), "GET&http%3A%2F%2Fh%2F~a%3Bb%3Dc&d%3D");
}

TEST(SignatureBaseTest, AHostThatIsAnAddressIsEncodedWithItsBrackets) {
  EXPECT_EQ(BaseString("GET", "https://[2001:DB8::1]:443", "", {}), "GET&https%3A%2F%2F%5B2001%3Adb8%3A%3A1%5D%2F&");
  EXPECT_EQ(BaseString("GET", "http://192.0.2.1:80?a=b", "", {}), "GET&http%3A%2F%2F192.0.2.1%2F&a%3Db");
}

TEST(SignatureBaseTest, NamesThatBeginAlikeAreSortedByTheirRest) {
  EXPECT_EQ(Normalized("abcdefgh2=1&abcdefgh1=2&abcdefgh=3&abcdefg=4", "", {}),
            "abcdefg%3D4%26abcdefgh%3D3%26abcdefgh1%3D2%26abcdefgh2%3D1");
  EXPECT_EQ(Normalized("a=1&=2&a%00=3&b=4", "", {}), "%3D2%26a%3D1%26a%2500%3D3%26b%3D4");
}

TEST(SignatureBaseTest, TellsWhereEachParameterStood) {
  SignatureBase base;
  const Url url = *Url::Parse("https://h/?z=1&a[b]=%2f&oauth_signature=no&a=2");
  base.Clear();
  base.AddEncoded(url.query(), ParameterSource::kQuery);
  base.Add("a", "\xC3\xA9 %", ParameterSource::kForm);
  base.Add("oauth_nonce", "n", ParameterSource::kProtocol);
  base.Finish("GET", url);
  std::vector<std::string> told;
  for (const SignatureBase::NormalizedParameter& parameter : base.Parameters()) {
    told.push_back(absl::StrCat(parameter.name, "=", parameter.value, " ", static_cast<int>(parameter.source), "/",
                                parameter.place));
  }
  EXPECT_THAT(
      told, ::testing::ElementsAre("a=%C3%A9%20%25 1/0", "a=2 0/3", "a%5Bb%5D=%2F 0/1", "oauth_nonce=n 2/0", "z=1 0/0"))
      << "the signature was the third of the query, and is not there";
}

TEST(SignatureBaseTest, ARequestLeavesNothingBehindForTheNext) {
  SignatureBase base;
  const Url url = *Url::Parse("https://h/");
  for (const size_t size : {10, 1'000'000, 10}) {
    base.Clear();
    EXPECT_EQ(base.text(), "");
    const std::string value(size, '/');
    base.AddEncoded("a=" + value, ParameterSource::kForm);
    base.Finish("POST", url);
    EXPECT_EQ(base.text(), absl::StrCat("POST&https%3A%2F%2Fh%2F&a%3D", PercentEncode(PercentEncode(value))));
    EXPECT_EQ(base.Parameters().size(), 1U);
  }
}

// The definition, step by step, with no thought of speed.
std::string Defined(const Parameters& parameters) {
  std::vector<std::pair<std::string, std::string>> encoded;
  for (const Parameter& parameter : parameters) {
    if (parameter.name == "oauth_signature") continue;
    encoded.emplace_back(PercentEncode(parameter.name), PercentEncode(parameter.value));
  }
  std::sort(encoded.begin(), encoded.end());
  return PercentEncode(absl::StrJoin(encoded, "&", absl::PairFormatter("=")));
}

TEST(SignatureBaseTest, IsAsDefinedForTenThousandRandomForms) {
  std::mt19937 random(5849);
  constexpr absl::string_view kLetters = "ab%+&=[]~.-_ /2F";
  for (int round = 0; round < 10'000; ++round) {
    std::string form;
    for (size_t letters = random() % 60; letters > 0; --letters) {
      form.push_back(random() % 12 == 0 ? static_cast<char>(random()) : kLetters[random() % kLetters.size()]);
    }
    Parameters parameters = ParseForm(form);
    const Parameters protocol = {{std::string(random() % 12, 'a'), form}, {"oauth_nonce", "n"}};
    EXPECT_EQ(Normalized("", form, protocol), [&] {
      parameters.insert(parameters.end(), protocol.begin(), protocol.end());
      return Defined(parameters);
    }()) << form;
  }
}

TEST(SignatureBaseTest, AThousandParametersAreSortedToo) {
  Parameters parameters;
  std::mt19937 random(5849);
  for (int i = 0; i < 1000; ++i) parameters.push_back({absl::StrCat("name", random() % 300), absl::StrCat(random())});
  EXPECT_EQ(Normalized("", EncodeForm(parameters), {}), Defined(parameters));
}

}  // namespace
}  // namespace oauth1d::oauth1
