#include "server/providers/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace oauth1d::providers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A provider with a shop that callers name and a host that the operator fixes.
class ClientTest : public testing::Test {
 protected:
  ClientTest() {
    provider_->name = "shops";
    provider_->templates.parameters = {{"shop", "[a-z]+", "the shop", false, nullptr},
                                       {"lang", "[a-z]{2}", "", false, nullptr},
                                       {"host", "[a-z.]+", "", true, nullptr}};
    provider_->templates.api_bases = {"https://{shop}.{host}/{lang}/"};
    AddConsumer("main", {{"host", "example.com"}});
    AddConsumer("german", {{"host", "example.de"}, {"lang", "de"}});
  }

  void AddConsumer(const std::string& name, oauth1::Parameters parameters) {
    Consumer consumer;
    consumer.name = name;
    consumer.key = "key of " + name;
    consumer.parameters = std::move(parameters);
    provider_->consumers.push_back(std::move(consumer));
  }

  absl::StatusOr<Client> Find(const std::string& consumer, const oauth1::Parameters& values) {
    return FindClient(provider_, consumer, values);
  }

  // The violations of a refusal, a line each.
  static std::vector<std::string> Violations(const absl::StatusOr<Client>& client) {
    std::vector<std::string> lines;
    for (const FieldViolation& violation : FieldViolationsOf(client.status())) {
      lines.push_back(violation.field + " " + violation.description);
    }
    return lines;
  }

  std::shared_ptr<Provider> provider_ = std::make_shared<Provider>();
};

TEST_F(ClientTest, CallersFillWhatIsOpen) {
  ASSERT_OK_AND_ASSIGN(const Client client, Find("main", {{"shop", "shoes"}, {"lang", "en"}}));
  EXPECT_EQ(client.provider, provider_);
  EXPECT_EQ(client.consumer->key, "key of main");
  ASSERT_EQ(client.endpoints->api_bases.size(), 1U);
  EXPECT_EQ(client.endpoints->api_bases[0].ToString(), "https://shoes.example.com/en/");
  EXPECT_THAT(client.parameters, ElementsAre(oauth1::Parameter{"host", "example.com"}, oauth1::Parameter{"lang", "en"},
                                             oauth1::Parameter{"shop", "shoes"}))
      << "sorted by name";
}

TEST_F(ClientTest, AConsumerFixesSome) {
  ASSERT_OK_AND_ASSIGN(const Client client, Find("german", {{"shop", "shoes"}}));
  EXPECT_EQ(client.endpoints->api_bases[0].ToString(), "https://shoes.example.de/de/");
}

TEST_F(ClientTest, OutlivesItsProvidersOtherUsers) {
  absl::StatusOr<Client> client = Find("german", {{"shop", "shoes"}});
  ASSERT_THAT(client, IsOk());
  client->provider.reset();
  provider_.reset();
  EXPECT_EQ(client->consumer->key, "key of german");
}

TEST_F(ClientTest, AsksForTheConsumerWhereThereAreSeveral) {
  EXPECT_THAT(Find("", {}), FaultsField("consumer"));
  EXPECT_THAT(Violations(Find("", {})), ElementsAre("consumer is required: the provider has several"));
  EXPECT_THAT(Violations(Find("Main", {})),
              ElementsAre("consumer is none of the provider's; ListProviders tells them"));
}

TEST_F(ClientTest, ValuesThatNobodyAskedForAreRefusedAllAtOnce) {
  const absl::StatusOr<Client> client = Find(
      "german",
      {{"shop", "shoes"}, {"shopp", "shoes"}, {"lang", "en"}, {"host", "evil.example"}, {"shop", "hats"}, {"", ""}});
  EXPECT_THAT(client, FailsWith(Reason::kInvalidRequest));
  EXPECT_THAT(Violations(client),
              ElementsAre("provider_parameters[1] is not known to this provider; ListProviders tells what it takes",
                          "provider_parameters[2] is fixed by the consumer's configuration; leave it out",
                          "provider_parameters[3] is fixed by the consumer's configuration; leave it out",
                          "provider_parameters[4] stands here a second time",
                          "provider_parameters[5] is not known to this provider; ListProviders tells what it takes"));
}

TEST_F(ClientTest, OnlyOperatorsChooseHosts) {
  AddConsumer("bare", {});
  EXPECT_THAT(Violations(Find("bare", {{"shop", "a"}, {"lang", "en"}, {"host", "evil.example"}})),
              ElementsAre("provider_parameters[2] may be given by the operator's configuration alone"));
}

TEST_F(ClientTest, AValueThatDoesNotMatchIsRefused) {
  EXPECT_THAT(Violations(Find("german", {{"shop", "evil.example/"}})),
              ElementsAre("provider_parameters[0] must match [a-z]+: the shop"));
}

TEST_F(ClientTest, WhatIsMissingIsListed) {
  EXPECT_THAT(Violations(Find("main", {})),
              ElementsAre("provider_parameters must hold shop, lang; ListProviders tells what they are"));
  EXPECT_THAT(Find("main", {{"lang", "en"}}), FaultsField("provider_parameters"));
}

// The pattern allows a label that no host name has.
TEST_F(ClientTest, WhatDoesNotBecomeAUrlIsRefused) {
  provider_->templates.parameters[2].pattern = ".*";
  provider_->consumers[0].parameters = {{"host", "..example.com"}};
  const absl::StatusOr<Client> client = Find("main", {{"shop", "shoes"}, {"lang", "en"}});
  EXPECT_THAT(client, FaultsField("provider_parameters"));
  EXPECT_THAT(Violations(client)[0], HasSubstr("api_base_urls[0] becomes"));
}

TEST_F(ClientTest, WithoutTemplatesEverybodySharesTheEndpoints) {
  provider_->templates.parameters.clear();
  provider_->consumers[0].parameters.clear();
  provider_->endpoints = std::make_shared<const Endpoints>();
  ASSERT_OK_AND_ASSIGN(const Client client, Find("main", {}));
  EXPECT_EQ(client.endpoints, provider_->endpoints);
  EXPECT_THAT(client.parameters, IsEmpty());
  EXPECT_THAT(Violations(Find("main", {{"shop", "a"}})),
              ElementsAre("provider_parameters is not empty, but this provider's record leaves nothing open"));
}

TEST_F(ClientTest, WhatAConsumerFixesWhollyIsFilledOnce) {
  AddConsumer("all", {{"host", "example.com"}, {"lang", "en"}, {"shop", "shoes"}});
  provider_->consumers.back().endpoints = std::make_shared<const Endpoints>();
  ASSERT_OK_AND_ASSIGN(const Client client, Find("all", {}));
  EXPECT_EQ(client.endpoints, provider_->consumers.back().endpoints);
}

// A flow and a token remember the key that they began with.
TEST_F(ClientTest, APreviousKeyIsTheConsumersForWhoeverBeganWithIt) {
  Consumer older = provider_->consumers[1];
  older.key = "older key";
  older.secret = Secret("older secret");
  provider_->consumers[1].previous = {std::make_shared<const Consumer>(older)};
  const oauth1::Parameters shop = {{"shop", "shoes"}};
  for (const std::string key : {"", "key of german"}) {
    ASSERT_OK_AND_ASSIGN(const Client client, FindClient(provider_, "german", shop, key));
    EXPECT_EQ(client.consumer.get(), &provider_->consumers[1]);
  }
  ASSERT_OK_AND_ASSIGN(const Client client, FindClient(provider_, "german", shop, "older key"));
  EXPECT_EQ(client.consumer->key, "older key");
  EXPECT_EQ(client.consumer->secret.Reveal(), "older secret");
  EXPECT_EQ(client.endpoints->api_bases[0].ToString(), "https://shoes.example.de/de/");
  EXPECT_THAT(Violations(FindClient(provider_, "german", shop, "forgotten key")),
              ElementsAre(HasSubstr("consumer has another key now than this began with")));
  EXPECT_THAT(FindClient(provider_, "main", {{"shop", "shoes"}, {"lang", "en"}}, "older key"), FaultsField("consumer"))
      << "of another consumer";
}

}  // namespace
}  // namespace oauth1d::providers
