#include "server/config/addresses.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace oauth1d::config {
namespace {

TEST(AddressesTest, TakesTheThreeForms) {
  for (const absl::string_view address :
       {"127.0.0.1:50051", "localhost:0", "0.0.0.0:65535", "[::1]:50051", "[::]:1", "unix:/run/oauth1d.sock"}) {
    EXPECT_THAT(CheckListenAddress(address), IsOk()) << address;
  }
}

TEST(AddressesTest, RefusesTheRest) {
  const std::string long_path = "unix:/" + std::string(107, 'a');
  for (const absl::string_view address :
       {"", "127.0.0.1", ":50051", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:x", "127.0.0.1:-1", "300.0.0.1:1",
        "::1:50051", "[::1]", "[::1:50051", "[localhost]:1", "unix:run/a.sock", "http://127.0.0.1:1", "a b:1",
        long_path.c_str()}) {
    EXPECT_THAT(CheckListenAddress(address), HasCode(absl::StatusCode::kInvalidArgument)) << address;
  }
  EXPECT_THAT(CheckServerAddress("127.0.0.1:0"), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckServerAddress("127.0.0.1:1"), IsOk());
}

TEST(AddressesTest, KnowsWhatOthersCanReach) {
  for (const absl::string_view address : {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1", "unix:/a"}) {
    EXPECT_FALSE(IsBeyondLoopback(address)) << address;
  }
  for (const absl::string_view address : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1", "example.com:1", "[fd00::1]:1"}) {
    EXPECT_TRUE(IsBeyondLoopback(address)) << address;
  }
}

}  // namespace
}  // namespace oauth1d::config
