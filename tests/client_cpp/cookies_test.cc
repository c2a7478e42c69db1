#include "oauth1d/cookies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace oauth1d {
namespace {

using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kName = "oauth1-0123456789abcdef";
const std::string kSecureName = "__Host-" + kName;
const std::string kValue(43, 'v');

v1::BindingCookie Cookie(const std::string& name, const std::string& value) {
  v1::BindingCookie cookie;
  cookie.set_name(name);
  cookie.set_value(value);
  cookie.mutable_max_age()->set_seconds(600);
  return cookie;
}

TEST(SetCookie, IsForHttpsOnlyWhereTheNameSaysSo) {
  EXPECT_THAT(SetCookieHeader(Cookie(kSecureName, kValue)),
              Eq(kSecureName + "=" + kValue + "; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=600"));
  EXPECT_THAT(SetCookieHeader(Cookie(kName, kValue)),
              Eq(kName + "=" + kValue + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"));
}

TEST(SetCookie, DeletesWithTheSameFlags) {
  EXPECT_THAT(ClearCookieHeader(kSecureName), Eq(kSecureName + "=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0"));
  EXPECT_THAT(ClearCookieHeader(kName), Eq(kName + "=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
}

TEST(SetCookie, IsNeverMadeOfForeignText) {
  EXPECT_THAT(SetCookieHeader(Cookie("session", kValue)), IsEmpty());
  EXPECT_THAT(SetCookieHeader(Cookie(kName, "v; Domain=example.com")), IsEmpty());
  EXPECT_THAT(SetCookieHeader(Cookie("oauth1-0123456789abcd\r\n", kValue)), IsEmpty());
  EXPECT_THAT(ClearCookieHeader("oauth1-x\r\nX-Evil: 1"), IsEmpty());
  EXPECT_THAT(ClearCookieHeader(""), IsEmpty());
}

TEST(BindingCookies, ArePickedByNameOutOfAllThatABrowserSends) {
  const auto found = BindingCookies(absl::StrCat("session=1; ", kName, "=", kValue, ";", kSecureName, "=", kValue,
                                                 "; my", kName, "=", kValue, "; broken; =; ", kName, "=short"));
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_THAT(found[0].name(), Eq(kName));
  EXPECT_THAT(found[1].name(), Eq(kSecureName));
  EXPECT_THAT(found[1].value(), Eq(kValue));
  EXPECT_THAT(BindingCookies(""), IsEmpty());
}

TEST(BindingCookies, OfOneNameAreAllKeptButNotTwice) {
  const std::string other(43, 'w');
  const auto found =
      BindingCookies(absl::StrCat(kName, "=", kValue, "; ", kName, "=", other, "; ", kName, "=", kValue));
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_THAT(found[0].value(), Eq(kValue));
  EXPECT_THAT(found[1].value(), Eq(other));
}

TEST(BindingCookies, AreAtMost32AndAFloodOfPlantedOnesPushesNoSecureOneOut) {
  std::string header = absl::StrCat(kSecureName, "=", kValue);
  for (int i = 100; i < 150; ++i) absl::StrAppend(&header, "; oauth1-0123456789abc", i, "=", kValue);
  const auto found = BindingCookies(header);
  ASSERT_THAT(found, SizeIs(32));
  EXPECT_THAT(found.back().name(), Eq(kSecureName));
  EXPECT_THAT(found[30].name(), Eq("oauth1-0123456789abc149"));
}

}  // namespace
}  // namespace oauth1d
