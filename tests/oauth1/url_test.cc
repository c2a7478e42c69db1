#include "server/oauth1/url.h"

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

Url Parsed(absl::string_view text) {
  const absl::StatusOr<Url> url = Url::Parse(text);
  EXPECT_THAT(url, IsOk()) << text;
  return url.ok() ? *url : Url();
}

TEST(UrlTest, IsReadAsItStands) {
  struct Case {
    const char* text;
    const char* whole;
    const char* host_and_port;
    const char* target;
    const char* base_string_uri;
  };
  const std::vector<Case> cases = {
      {"http://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X?id=123", "example.com", "/r%20v/X?id=123",
       "http://example.com/r%20v/X"},  // RFC 5849 section 3.4.1.2
      {"https://www.example.net:8080/?q=1", "https://www.example.net:8080/?q=1", "www.example.net:8080", "/?q=1",
       "https://www.example.net:8080/"},  // the same section
      {"https://h", "https://h/", "h", "/", "https://h/"},
      {"HTTPS://H?", "https://h/?", "h", "/?", "https://h/"},
      {"https://h?a=b", "https://h/?a=b", "h", "/?a=b", "https://h/"},
      {"https://h:443/", "https://h/", "h", "/", "https://h/"},
      {"https://h:80/", "https://h:80/", "h:80", "/", "https://h:80/"},
      {"http://h:443/", "http://h:443/", "h:443", "/", "http://h:443/"},
      {"https://h:/", "https://h/", "h", "/", "https://h/"},
      {"https://h:65535/", "https://h:65535/", "h:65535", "/", "https://h:65535/"},
      {"https://[2001:DB8::1]/a", "https://[2001:db8::1]/a", "[2001:db8::1]", "/a", "https://[2001:db8::1]/a"},
      {"http://[::1]:8080", "http://[::1]:8080/", "[::1]:8080", "/", "http://[::1]:8080/"},
      {"https://[::ffff:1.2.3.4]:443/", "https://[::ffff:1.2.3.4]/", "[::ffff:1.2.3.4]", "/",
       "https://[::ffff:1.2.3.4]/"},
      {"http://127.0.0.1:9000/1.1/", "http://127.0.0.1:9000/1.1/", "127.0.0.1:9000", "/1.1/",
       "http://127.0.0.1:9000/1.1/"},
      {"https://a_b-c.example/", "https://a_b-c.example/", "a_b-c.example", "/", "https://a_b-c.example/"},
      {"https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example", "/",
       "https://xn--bcher-kva.example/"},
      {"https://h//a//", "https://h//a//", "h", "//a//", "https://h//a//"},
      {"https://h/..", "https://h/..", "h", "/..", "https://h/.."},
      {"https://h/a?b?c", "https://h/a?b?c", "h", "/a?b?c", "https://h/a"},
      {"https://h/a?b[c]=d", "https://h/a?b[c]=d", "h", "/a?b[c]=d", "https://h/a"},
      {"https://h/-._~!$&'()*+,;=:@%41%2f", "https://h/-._~!$&'()*+,;=:@%41%2f", "h", "/-._~!$&'()*+,;=:@%41%2f",
       "https://h/-._~!$&'()*+,;=:@%41%2f"},
  };
  for (const Case& example : cases) {
    const Url url = Parsed(example.text);
    EXPECT_EQ(url.ToString(), example.whole) << example.text;
    EXPECT_EQ(url.HostAndPort(), example.host_and_port) << example.text;
    EXPECT_EQ(url.Target(), example.target) << example.text;
    EXPECT_EQ(url.BaseStringUri(), example.base_string_uri) << example.text;
  }
}

TEST(UrlTest, GoesThroughUnchangedByteForByte) {
  for (const char* text : {"https://h/", "http://h/?", "https://h/?&", "https://h/a%2Fb%2fb",
                           "https://h/?a=%7E~&b=%20+&c", "https://h/?=&=", "https://h/?a[]=1&a%5B%5D=2",
                           "https://h/a;b=c,d/./../e//", "https://h:8443/?x=http://h:8443/?x=@:/"}) {
    EXPECT_EQ(Parsed(text).ToString(), text);
  }
}

TEST(UrlTest, KnowsItsOrigin) {
  EXPECT_EQ(Parsed("https://H.example/").origin(), (Origin{true, "h.example", 443}));
  EXPECT_EQ(Parsed("http://[::1]/").origin(), (Origin{false, "::1", 80}));
  EXPECT_EQ(Parsed("http://h:9000/").origin(), (Origin{false, "h", 9000}));
}

TEST(UrlTest, RefusesAndSaysWhy) {
  struct Case {
    std::string text;
    const char* why;
  };
  const std::vector<Case> cases = {
      {"", "https:// or http://"},
      {"h/", "https:// or http://"},
      {"/a", "https:// or http://"},
      {"//h/a", "https:// or http://"},
      {"ftp://h/", "https:// or http://"},
      {"https:/h/", "https:// or http://"},
      {"https:h", "https:// or http://"},
      {" https://h/", "https:// or http://"},
      {"https://", "no host"},
      {"https:///a", "no host"},
      {"https://?a", "no host"},
      {"https://:80/", "no host"},
      {"https://::1/", "no host"},
      {"https://h/#", "fragment"},
      {"https://h#f", "fragment"},
      {"https://h/?a#f", "fragment"},
      {"https://u@h/", "user information"},
      {"https://u:p@h/", "user information"},
      {"https://@h/", "user information"},
      {"https://ok.example@evil/", "user information"},
      {"https://h./", "trailing dot"},
      {"https://h.:443/", "trailing dot"},
      {"https://.h/", "empty label"},
      {"https://a..b/", "empty label"},
      {"https://m\xC3\xBCnchen.example/", "no ASCII name"},
      {"https://h\t/", "no ASCII name"},
      {"https://h /", "no ASCII name"},
      {"https://h%41/", "no ASCII name"},
      {"https://h\\@evil/", "user information"},
      {"https://h\\evil/", "no ASCII name"},
      {"https://h,i/", "no ASCII name"},
      {"https://h:0/", "port"},
      {"https://h:65536/", "port"},
      {"https://h:100000/", "port"},
      {"https://h:00443443/", "port"},
      {"https://h:-1/", "port"},
      {"https://h:+80/", "port"},
      {"https://h: 80/", "port"},
      {"https://h:8o/", "port"},
      {"https://h:80:80/", "port"},
      {"https://[::1/", "unclosed"},
      {"https://[]/", "IPv6"},
      {"https://[h]/", "IPv6"},
      {"https://[1.2.3.4]/", "IPv6"},
      {"https://[beef]/", "IPv6"},
      {"https://[::::]/", "IPv6"},
      {"https://[1::2::3]/", "IPv6"},
      {"https://[1:2:3:4:5:6:7:8:9]/", "IPv6"},
      {"https://[fe80::1%25eth0]/", "IPv6"},
      {"https://[::1]x/", "port"},
      {"https://[::1]80/", "port"},
      {"https://[::1]:x/", "port"},
      {"https://h/a b", "0x20"},
      {"https://h/a\tb", "0x09"},
      {"https://h/\r\n", "0x0D"},
      {absl::StrCat("https://h/", absl::string_view("\0", 1)), "0x00"},
      {"https://h/\x7F", "0x7F"},
      {"https://h/\xC3\xA9", "0xC3"},
      {"https://h/\\", "0x5C"},
      {"https://h/\"", "0x22"},
      {"https://h/<", "0x3C"},
      {"https://h/[a]", "0x5B"},
      {"https://h/{a}", "0x7B"},
      {"https://h/a|b", "0x7C"},
      {"https://h/a^b", "0x5E"},
      {"https://h/a`b", "0x60"},
      {"https://h/?a b", "0x20"},
      {"https://h/?a\\b", "0x5C"},
      {"https://h/?{a}", "0x7B"},
      {"https://h/%", "%XX"},
      {"https://h/%4", "%XX"},
      {"https://h/%zz", "%XX"},
      {"https://h/?%4g", "%XX"},
      {"https://h/?%u0041", "%XX"},
  };
  for (const Case& example : cases) {
    const absl::Status status = Url::Parse(example.text).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << absl::CHexEscape(example.text);
    EXPECT_THAT(std::string(status.message()), HasSubstr(example.why)) << absl::CHexEscape(example.text);
  }
}

TEST(UrlTest, TheReasonRepeatsNothingOfTheUrl) {
  for (const char* text : {"https://canary@h/", "https://h/canary#", "https://canary\xC3/", "https://h:canary/"}) {
    EXPECT_THAT(std::string(Url::Parse(text).status().message()), Not(HasSubstr("canary"))) << text;
  }
}

TEST(UrlTest, ParametersAreAddedAtTheEndOfTheQuery) {
  EXPECT_EQ(Parsed("https://h/a").WithParameter("a b", "c&d").ToString(), "https://h/a?a%20b=c%26d");
  EXPECT_EQ(Parsed("https://h/a?").WithParameter("k", "v").ToString(), "https://h/a?k=v");
  EXPECT_EQ(Parsed("https://h/a?x=+1").WithParameter("k", "").ToString(), "https://h/a?x=+1&k=");
  EXPECT_EQ(Parsed("https://h/a?x&").WithParameter("k", "v").ToString(), "https://h/a?x&k=v");
  EXPECT_EQ(Parsed("https://h/a?x").WithEncodedQuery("b=%20&c").ToString(), "https://h/a?x&b=%20&c");
  EXPECT_EQ(Parsed("https://h/a").WithEncodedQuery("").ToString(), "https://h/a");
}

TEST(UrlTest, AppendsToItsOwnQueryAndItsBaseStringUriToATextOfOthers) {
  Url url = Parsed("https://h:8443/a?x");
  url.AppendEncodedQuery("b=%20&c");
  url.AppendEncodedQuery("");
  EXPECT_EQ(url.ToString(), "https://h:8443/a?x&b=%20&c");
  std::string text = "before ";
  url.AppendBaseStringUri(text);
  EXPECT_EQ(text, "before https://h:8443/a");
}

TEST(LoopbackHostTest, IsLocalhostAndItsAddresses) {
  for (const char* host : {"localhost", "127.0.0.1", "127.255.255.255", "127.1.2.3", "::1"}) {
    EXPECT_TRUE(IsLoopbackHost(host)) << host;
  }
  for (const char* host : {"", "localhost.example", "127.0.0.1.example", "127.evil.example.com", "127.0.0.256",
                           "127.0.0", "128.0.0.1", "10.0.0.1", "::2", "127.0.0.-1", "127...", "notlocalhost"}) {
    EXPECT_FALSE(IsLoopbackHost(host)) << host;
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
