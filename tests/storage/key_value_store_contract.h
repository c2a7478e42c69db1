// What every KeyValueStore promises, as tests. A store's own test instantiates the suite:
//   INSTANTIATE_TEST_SUITE_P(Memory, KeyValueStoreContract, ::testing::Values(StoreFactory(...)));
#ifndef OAUTH1D_TESTS_STORAGE_KEY_VALUE_STORE_CONTRACT_H_
#define OAUTH1D_TESTS_STORAGE_KEY_VALUE_STORE_CONTRACT_H_

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/environment.h"
#include "storage/key_value_store.h"

namespace oauth1d::storage {

// Opens a store on this loop, over data that every store of the same factory shares.
using StoreFactory = std::function<std::unique_ptr<KeyValueStore>(boost::asio::io_context& loop)>;

class KeyValueStoreContract : public ::testing::TestWithParam<StoreFactory> {
 protected:
  void SetUp() override;
  // A store that has gone lets its loop run out.
  void TearDown() override;

  // A key that no other test has.
  std::string NewKey();
  static Deadline Soon() { return Deadline::After(RealEnvironment(), absl::Seconds(5)); }

  absl::StatusOr<bool> Put(std::string key, std::string value, absl::Duration ttl = absl::Minutes(1));
  absl::StatusOr<std::optional<Entry>> Get(std::string key);
  // The value alone, or "(none)".
  std::string ValueOf(std::string key);
  absl::StatusOr<bool> Swap(std::string key, std::string expected, std::string next,
                            absl::Duration ttl = absl::Minutes(1));
  absl::Status Erase(std::string key);

  boost::asio::io_context loop_;
  std::unique_ptr<KeyValueStore> store_;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_TESTS_STORAGE_KEY_VALUE_STORE_CONTRACT_H_
