#include "server/config/named_sources.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace oauth1d::config {
namespace {

TEST(NamedSourcesTest, FindsThemWhereverTheyStand) {
  v1::Config config;
  ASSERT_TRUE(
      google::protobuf::TextFormat::ParseFromString(R"pb(
                                                      store { redis { password { command { argv: "/a" } } } }
                                                      keyring { env: "KEYRING" }
                                                      audit { file: "env" }
                                                      providers {
                                                        consumers {
                                                          secret { env: "SECRET" }
                                                          rsa_private_key { file: "KEY" }
                                                        }
                                                        consumers {
                                                          rsa_private_key_passphrase { command {} }
                                                          previous { secret { env: "OLD_SECRET" } }
                                                          previous { secret { command { argv: "/b" } } }
                                                        }
                                                      }
                                                      providers { egress { proxy { password { env: "PROXY" } } } }
                                                    )pb",
                                                    &config));
  const NamedSources named = FindNamedSources(config);
  EXPECT_THAT(named.variables, testing::ElementsAre("KEYRING", "OLD_SECRET", "PROXY", "SECRET"));
  EXPECT_THAT(named.commands, testing::ElementsAre("store.redis.password.command",
                                                   "providers[0].consumers[1].rsa_private_key_passphrase.command",
                                                   "providers[0].consumers[1].previous[1].secret.command"));
  EXPECT_THAT(FindNamedSources(v1::Config()).commands, testing::IsEmpty());
}

}  // namespace
}  // namespace oauth1d::config
