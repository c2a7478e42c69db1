// What stands on the command line, and what a terminal is shown.
#include "client/cli/arguments.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "client/cli/report.h"
#include "tests/client/scratch_folder.h"

namespace oauth1d::cli {
namespace {

TEST(Arguments, AFileIsReadByteForByte) {
  const ScratchFolder scratch;
  const std::string text = std::string("a\0b\r\n", 5) + std::string(10'000, 'x');
  std::ofstream(scratch.path() + "/body", std::ios::binary) << text;
  EXPECT_EQ(ReadArgument("@" + scratch.path() + "/body"), text);
}

TEST(Arguments, AnEmptyFileIsAnEmptyBody) { EXPECT_EQ(ReadArgument("@/dev/null"), ""); }

TEST(Arguments, AFolderIsNoBodyAndNoSecret) {
  EXPECT_THROW(ReadArgument("@/"), std::runtime_error);
  EXPECT_THROW(ReadSecretArgument("@/", "--token"), std::runtime_error);
}

TEST(ForTerminal, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ(ForTerminal("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(ForTerminal("\xc2\x9b"
                        "31m"),
            "\\xc2\\x9b31m");
  EXPECT_EQ(ForTerminal("Zo\xc3\xab \xe2\x82\xac"), "Zo\xc3\xab \xe2\x82\xac");
}

}  // namespace
}  // namespace oauth1d::cli
