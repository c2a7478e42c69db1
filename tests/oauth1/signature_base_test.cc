#include "server/oauth1/signature_base.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

std::string BaseString(absl::string_view method, absl::string_view url, absl::string_view form,
                       const Parameters& protocol) {
  const absl::StatusOr<Url> parsed = Url::Parse(url);
  EXPECT_THAT(parsed, IsOk()) << url;
  return parsed.ok() ? SignatureBaseString(method, *parsed, form, protocol) : "";
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
TEST(SignatureBaseStringTest, IsThatOfTheRfc) {
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
TEST(SignatureBaseStringTest, IsThatOfTheCoreSpecification) {
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

TEST(SignatureBaseStringTest, TakesParametersFromThreePlaces) {
  EXPECT_EQ(Normalized("b=query", "a=form", {{"c", "protocol"}}), "a%3Dform%26b%3Dquery%26c%3Dprotocol");
  EXPECT_EQ(Normalized("a=2", "a=1", {{"a", "3"}}), "a%3D1%26a%3D2%26a%3D3");
  EXPECT_EQ(Normalized("a=1&a=1", "a=1", {}), "a%3D1%26a%3D1%26a%3D1") << "repeats stay";
  EXPECT_EQ(Normalized("", "", {}), "");
}

TEST(SignatureBaseStringTest, EncodesFirstAndSortsThen) {
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

TEST(SignatureBaseStringTest, SortsByNameAndNotByTheJoinedPair) {
  // Joined, "x%26=1" stands before "x=2".
  EXPECT_EQ(Normalized("x%26=1&x=2", "", {}), "x%3D2%26x%2526%3D1");
  EXPECT_EQ(Normalized("a1=1&a=2", "", {}), "a%3D2%26a1%3D1");
  EXPECT_EQ(Normalized("a=b&a", "", {}), "a%3D%26a%3Db") << "the empty value first";
}

TEST(SignatureBaseStringTest, ReadsAPlusAsASpaceAndAnEncodedPlusAsAPlus) {
  EXPECT_EQ(Normalized("a=b+c", "", {}), "a%3Db%2520c");
  EXPECT_EQ(Normalized("a=b%20c", "", {}), "a%3Db%2520c");
  EXPECT_EQ(Normalized("a=b%2Bc", "", {}), "a%3Db%252Bc");
  EXPECT_EQ(Normalized("", "a=b+c%2b", {}), "a%3Db%2520c%252B");
  EXPECT_EQ(Normalized("", "", {{"a", "b+c"}}), "a%3Db%252Bc") << "protocol parameters are not encoded yet";
}

TEST(SignatureBaseStringTest, NormalizesTheEncodingOfWhatWasSent) {
  EXPECT_EQ(Normalized("%61=%7e%7E~&b=%c3%a9", "", {}), "a%3D~~~%26b%3D%25C3%25A9");
  EXPECT_EQ(Normalized("a[b]=c&a%5Bb%5D=d", "", {}), "a%255Bb%255D%3Dc%26a%255Bb%255D%3Dd");
  EXPECT_EQ(Normalized("a=*'()!", "", {}), "a%3D%252A%2527%2528%2529%2521");
  EXPECT_EQ(Normalized("a=%2541", "", {}), "a%3D%252541") << "decoded once";
}

TEST(SignatureBaseStringTest, EmptyPiecesAreNoParametersAndEmptyNamesAre) {
  EXPECT_EQ(Normalized("&&a&&", "&", {}), "a%3D");
  EXPECT_EQ(Normalized("=&=x", "", {}), "%3D%26%3Dx");
  EXPECT_EQ(Normalized("a=b=c", "", {}), "a%3Db%253Dc");
}

TEST(SignatureBaseStringTest, LeavesOutASignatureWhereverItStands) {
  EXPECT_EQ(Normalized("oauth_signature=x&a=1", "oauth%5Fsignature=y", {}), "a%3D1");
  EXPECT_EQ(Normalized("oauth_signature_method=m", "", {}), "oauth_signature_method%3Dm");
}

TEST(SignatureBaseStringTest, TheMethodIsInUpperCaseAndEncoded) {
  EXPECT_EQ(BaseString("get", "http://h/", "", {}), "GET&http%3A%2F%2Fh%2F&");
  EXPECT_EQ(BaseString("M-Search", "http://h/", "", {}), "M-SEARCH&http%3A%2F%2Fh%2F&");
  EXPECT_EQ(BaseString("a&b", "http://h/", "", {}), "A%26B&http%3A%2F%2Fh%2F&");
}

TEST(SignatureBaseStringTest, TheUriHasNoQueryAndAPortOnlyWhereItIsNotTheSchemesOwn) {
  EXPECT_EQ(BaseString("GET", "HTTPS://H.Example:443", "", {}), "GET&https%3A%2F%2Fh.example%2F&");
  EXPECT_EQ(BaseString("GET", "https://h:8443/a%20b/", "", {}), "GET&https%3A%2F%2Fh%3A8443%2Fa%2520b%2F&");
  EXPECT_EQ(BaseString("GET", "http://[::1]:81/", "", {}), "GET&http%3A%2F%2F%5B%3A%3A1%5D%3A81%2F&");
  EXPECT_EQ(BaseString("GET", "http://h/~a;b=c?d", "", {}), "GET&http%3A%2F%2Fh%2F~a%3Bb%3Dc&d%3D");
}

}  // namespace
}  // namespace oauth1d::oauth1
