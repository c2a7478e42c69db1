#include "server/providers/owner.h"

#include <gtest/gtest.h>

namespace oauth1d::providers {
namespace {

Grant For(const std::string& name, std::vector<std::string> callback_urls = {}) {
  auto provider = std::make_shared<Provider>();
  provider->name = name;
  Grant grant;
  grant.provider = std::move(provider);
  grant.callback_urls = std::move(callback_urls);
  return grant;
}

TEST(OwnerTest, FindsWhatItWasGranted) {
  Owner owner;
  owner.name = "default";
  owner.grants = {For("twitter"), For("flickr")};
  ASSERT_NE(owner.Find("flickr"), nullptr);
  EXPECT_EQ(owner.Find("flickr")->provider->name, "flickr");
  EXPECT_EQ(owner.Find("twitter"), &owner.grants[0]);
}

TEST(OwnerTest, WhatIsNotGrantedIsNotThere) {
  Owner owner;
  EXPECT_EQ(owner.Find("twitter"), nullptr);
  owner.grants = {For("twitter")};
  for (const char* name : {"", "Twitter", "twitter ", "twit", "twitter2", "flickr"}) {
    EXPECT_EQ(owner.Find(name), nullptr) << name;
  }
  EXPECT_FALSE(owner.grants[0].application) << "two-legged requests are granted by name";
  EXPECT_FALSE(owner.grants[0].password_login);
}

// Never a prefix, never a pattern.
TEST(GrantTest, AllowsACallbackThatIsTheSameTextAndNoOther) {
  const Grant grant = For("twitter", {"https://ok.example/cb", "oob"});
  EXPECT_TRUE(grant.AllowsCallback("https://ok.example/cb"));
  EXPECT_TRUE(grant.AllowsCallback("oob"));
  for (const char* url :
       {"", "https://ok.example/cb/", "https://ok.example/cb?x", "https://ok.example/c", "https://ok.example/CB",
        "HTTPS://ok.example/cb", "http://ok.example/cb", "https://ok.example:443/cb", "https://ok.example@evil/cb",
        "https://ok.example\\@evil/cb", "https://ok.example./cb", "//ok.example/cb", " https://ok.example/cb",
        "https://ok.example/cb\t", "https://ok.example/%63b", "https://ok.example/cb#", "OOB",
        "https://ok.example/x/../cb", "https://\xD0\xBEk.example/cb"}) {
    EXPECT_FALSE(grant.AllowsCallback(url)) << url;
  }
  EXPECT_FALSE(For("twitter").AllowsCallback("oob"));
  EXPECT_FALSE(For("twitter").AllowsCallback(""));
}

}  // namespace
}  // namespace oauth1d::providers
