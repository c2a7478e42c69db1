#include "server/base/secret.h"

#include <gtest/gtest.h>

#include <ostream>
#include <type_traits>
#include <utility>

namespace oauth1d {
namespace {

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <typename T>
concept Comparable = requires(const T& a, const T& b) { a == b; };

static_assert(!Printable<Secret>);
static_assert(!Comparable<Secret>);
static_assert(!std::is_convertible_v<Secret, absl::string_view>);
static_assert(!std::is_convertible_v<absl::string_view, Secret>);

TEST(SecretTest, KeepsWhatItWasGiven) {
  const Secret secret("kd94hf93k423kf44");
  const Secret copy = secret;
  EXPECT_EQ(copy.Reveal(), "kd94hf93k423kf44");
  EXPECT_TRUE(Secret().empty());
}

TEST(SecretTest, TakesTheBytesAndWipesTheirOldPlace) {
  std::string text = "kd94hf93k423kf44 and more than fits in place";
  const char* const place = text.data();
  const Secret secret = Secret::Take(text);
  EXPECT_TRUE(text.empty());
  EXPECT_EQ(absl::string_view(place, 4), absl::string_view("\0\0\0\0", 4));
  EXPECT_EQ(secret.size(), 44U);
}

TEST(SecretTest, MovesLeaveNothingBehind) {
  Secret from("one");
  Secret to("two");
  to = std::move(from);
  EXPECT_EQ(to.Reveal(), "one");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is the point
}

TEST(SecretTest, ComparesInConstantTime) {
  EXPECT_TRUE(EqualInConstantTime("same", "same"));
  EXPECT_FALSE(EqualInConstantTime("same", "Same"));
  EXPECT_FALSE(EqualInConstantTime("same", "same and more"));
}

}  // namespace
}  // namespace oauth1d
