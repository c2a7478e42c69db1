#include "storage/redis_address.h"

#include <gtest/gtest.h>

#include "server/base/status_macros.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

TEST(RedisAddressTest, ReadsHostsAddressesAndSockets) {
  ASSERT_OK_AND_ASSIGN(const RedisAddress name, ParseRedisAddress("redis.example:6379"));
  EXPECT_EQ(name.host, "redis.example");
  EXPECT_EQ(name.port, 6379);
  EXPECT_EQ(name.path, "");
  ASSERT_OK_AND_ASSIGN(const RedisAddress v6, ParseRedisAddress("[::1]:1"));
  EXPECT_EQ(v6.host, "::1");
  EXPECT_EQ(v6.port, 1);
  ASSERT_OK_AND_ASSIGN(const RedisAddress path, ParseRedisAddress("unix:/run/redis.sock"));
  EXPECT_EQ(path.path, "/run/redis.sock");
}

TEST(RedisAddressTest, RefusesAnythingElse) {
  for (const absl::string_view text :
       {"", "host", "host:", ":6379", "host:0", "host:65536", "host:x", "::1:6379", "unix:", "unix:relative", "[]:1"}) {
    EXPECT_THAT(ParseRedisAddress(text), HasCode(absl::StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(ParseRedisAddress("unix:/" + std::string(108, 'x')), HasCode(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace oauth1d::storage
