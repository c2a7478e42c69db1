#include "server/providers/provider.h"

#include <gtest/gtest.h>

namespace oauth1d::providers {
namespace {

Provider WithConsumers(const std::vector<std::string>& names) {
  Provider provider;
  for (const std::string& name : names) {
    Consumer consumer;
    consumer.name = name;
    consumer.key = "key of " + name;
    provider.consumers.push_back(std::move(consumer));
  }
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
  provider.templates.request_token_url = "https://h/request";
  provider.templates.access_token_url = "https://{host}/access";
  EXPECT_FALSE(provider.three_legged());
  provider.templates.authorize_url = "https://h/authorize";
  EXPECT_TRUE(provider.three_legged());
}

TEST(ProviderTest, IsStrictUnlessToldOtherwise) {
  const Provider provider;
  EXPECT_EQ(provider.callback_confirmed, CallbackConfirmed::kRequire);
  EXPECT_FALSE(provider.reveal_provider_token);
  EXPECT_EQ(provider.callback_mode, CallbackMode::kQuery);
  EXPECT_TRUE(provider.verifier_required);
  EXPECT_TRUE(provider.send_version);
  EXPECT_FALSE(provider.empty_token);
  EXPECT_FALSE(provider.explain_with_signature);
  EXPECT_FALSE(provider.trace_context);
  EXPECT_EQ(provider.renewal.by, RenewBy::kNothing);
  for (const Phase* phase : {&provider.request_token, &provider.access_token, &provider.api}) {
    EXPECT_EQ(phase->method, "POST");
    EXPECT_EQ(phase->signature_method, oauth1::SignatureMethod::kHmacSha1);
    EXPECT_EQ(phase->placement, oauth1::Placement::kHeader);
  }
}

}  // namespace
}  // namespace oauth1d::providers
