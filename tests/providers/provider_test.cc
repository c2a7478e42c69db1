#include "server/providers/provider.h"

#include <gtest/gtest.h>

namespace oauth1d::providers {
namespace {

Provider WithConsumers(const std::vector<std::string>& names) {
  Provider provider;
  for (const std::string& name : names) provider.consumers.push_back({name, "key of " + name, Secret("secret")});
  return provider;
}

std::string KeyOf(const Consumer* consumer) { return consumer == nullptr ? "(none)" : consumer->key; }

TEST(FindConsumerTest, FindsByName) {
  const Provider provider = WithConsumers({"main", "batch"});
  EXPECT_EQ(KeyOf(provider.FindConsumer("main")), "key of main");
  EXPECT_EQ(KeyOf(provider.FindConsumer("batch")), "key of batch");
  EXPECT_EQ(provider.FindConsumer("Main"), nullptr);
  EXPECT_EQ(provider.FindConsumer("mai"), nullptr);
  EXPECT_EQ(provider.FindConsumer("main "), nullptr);
}

TEST(FindConsumerTest, AnEmptyNameMeansTheOnlyOne) {
  EXPECT_EQ(KeyOf(WithConsumers({"main"}).FindConsumer("")), "key of main");
  EXPECT_EQ(WithConsumers({"main", "batch"}).FindConsumer(""), nullptr) << "the choice is open";
  EXPECT_EQ(WithConsumers({}).FindConsumer(""), nullptr);
  EXPECT_EQ(WithConsumers({}).FindConsumer("main"), nullptr);
}

TEST(ProviderTest, IsThreeLeggedWithAllThreeEndpoints) {
  Provider provider;
  EXPECT_FALSE(provider.three_legged());
  provider.request_token_url = *oauth1::Url::Parse("https://h/request");
  provider.access_token_url = *oauth1::Url::Parse("https://h/access");
  EXPECT_FALSE(provider.three_legged());
  provider.authorize_url = *oauth1::Url::Parse("https://h/authorize");
  EXPECT_TRUE(provider.three_legged());
}

TEST(ProviderTest, IsStrictUnlessToldOtherwise) {
  const Provider provider;
  EXPECT_EQ(provider.callback_confirmed, CallbackConfirmed::kRequire);
  EXPECT_FALSE(provider.reveal_provider_token);
  EXPECT_EQ(provider.token_method, "POST");
}

}  // namespace
}  // namespace oauth1d::providers
