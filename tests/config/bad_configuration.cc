#include "tests/config/bad_configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oauth1d::config {

void ExpectRefused(const BadConfiguration& bad) {
  const ConfigFolder folder;
  const Loaded loaded = folder.Load(bad.yaml);
  EXPECT_EQ(loaded.snapshot, nullptr);
  EXPECT_THAT(loaded.effective, testing::IsEmpty());
  ASSERT_THAT(loaded.mistakes, HasMistake(bad.path, bad.says));
  for (const Mistake& mistake : loaded.mistakes) {
    EXPECT_GT(mistake.line, 0) << ToString(mistake);
    EXPECT_GT(mistake.column, 0) << ToString(mistake);
    EXPECT_EQ(ToString(mistake).find('\n'), std::string::npos);
    if (mistake.path == bad.path) {
      EXPECT_EQ(mistake.line, bad.line) << ToString(mistake);
    }
  }
}

}  // namespace oauth1d::config
