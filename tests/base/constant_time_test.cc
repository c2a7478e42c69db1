// A comparison of secrets takes the same instructions wherever the two differ. bench/constant_time.cc measures its
// time.
#include <gtest/gtest.h>

#include <string>

#include "server/base/secret.h"
#include "tests/base/stepped_child.h"

namespace oauth1d {
namespace {

volatile bool equal;

long StepsToCompare(const std::string& a, const std::string& b) {
  equal = EqualInConstantTime(a, b);  // what happens only the first time has happened
  return InstructionsOf([&] { equal = EqualInConstantTime(a, b); });
}

TEST(ConstantTimeTest, TheInstructionsTakenDoNotTellWhereTwoSecretsDiffer) {
  for (const size_t size : {1, 16, 32, 43, 64, 1000}) {
    const std::string secret(size, 's');
    const long same = StepsToCompare(secret, secret);
    ASSERT_GT(same, static_cast<long>(size)) << "every byte is looked at";
    for (const size_t at : {size_t{0}, size / 2, size - 1}) {
      for (const char changed : {'\0', 't', '\xff'}) {
        std::string other = secret;
        other[at] = changed;
        EXPECT_EQ(StepsToCompare(secret, other), same) << size << " bytes, another byte at " << at;
      }
    }
    EXPECT_EQ(StepsToCompare(secret, std::string(size, 'x')), same);
  }
}

// So that a count which never changes is no proof of nothing.
TEST(ConstantTimeTest, TheCountShowsAComparisonThatLeaksItsPlace) {
  const auto steps = [](const std::string& a, const std::string& b) {
    return InstructionsOf([&] {
      size_t i = 0;
      while (i < a.size() && a[i] == b[i]) ++i;
      equal = i == a.size();
    });
  };
  const std::string secret(32, 's');
  EXPECT_LT(steps(secret, "x" + secret.substr(1)), steps(secret, secret.substr(1) + "x"));
}

}  // namespace
}  // namespace oauth1d
