// One line through `oauth1ctl sign --jsonl`, without the process around it.
#ifndef OAUTH1D_TESTS_CLIENT_SIGNED_LINE_H_
#define OAUTH1D_TESTS_CLIENT_SIGNED_LINE_H_

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "client/cli/sign_jsonl.h"
#include "tests/support/fake_environment.h"

namespace oauth1d::cli {

class SignedLineTest : public ::testing::Test {
 protected:
  using json = nlohmann::json;

  // A request with these fields added, or put over its own; null takes one away.
  static json Request(const json& fields = json::object()) {
    json request = {{"method", "GET"},         {"url", "https://h/a"},      {"consumer_key", "ck"},
                    {"consumer_secret", "cs"}, {"timestamp", "1700000000"}, {"nonce", "n"}};
    if (fields.is_object()) request.merge_patch(fields);  // {} alone is null
    return request;
  }

  json Signed(const json& request) {
    bool failed = false;
    json out = json::parse(signer_.Sign(request.dump(), failed));
    EXPECT_FALSE(failed) << out;
    return out;
  }

  std::string Error(const std::string& line) {
    bool failed = false;
    const json out = json::parse(signer_.Sign(line, failed));
    EXPECT_TRUE(failed) << line;
    EXPECT_EQ(out.size(), 1U) << out;
    return out.value("error", "(no error)");
  }

  FakeEnvironment environment_;
  LineSigner signer_{environment_};
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_TESTS_CLIENT_SIGNED_LINE_H_
