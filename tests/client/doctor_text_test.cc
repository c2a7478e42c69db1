#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_split.h"
#include "client/cli/doctor_command.h"
#include "client/cli/terminal.h"

namespace oauth1d::cli {
namespace {

using doctor::Fault;
using doctor::Findings;
using ::testing::HasSubstr;
using ::testing::Not;

Findings NameIsGone() {
  Findings findings;
  findings.Ok("service", "127.0.0.1:50051 answers");
  findings.Fail("name", Fault::kTheirs, "no address for api.example", "see its status page");
  findings.SkipRest({"service", "name", "tls"}, "after what failed");
  return findings;
}

TEST(DoctorTextTest, OneLineAStepAndWhatToDoBelow) {
  EXPECT_EQ(DoctorText(NameIsGone(), "twitter", false, 100),
            "OK      service         127.0.0.1:50051 answers\n"
            "FAILED  name            no address for api.example\n"
            "                        -> see its status page\n"
            "skipped tls             after what failed\n"
            "\n"
            "twitter: it is the provider\n");
}

TEST(DoctorTextTest, LinesAreWrapped) {
  Findings findings;
  findings.Look("clock", std::string(30, 'a') + " " + std::string(30, 'b'), "");
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(DoctorText(findings, "p", false, 60), '\n'))) {
    EXPECT_LE(line.size(), 60);
  }
}

TEST(DoctorTextTest, ColoursOnlyWhereTheyAreWanted) {
  EXPECT_THAT(DoctorText(NameIsGone(), "p", false, 100), Not(HasSubstr("\x1b")));
  EXPECT_THAT(DoctorText(NameIsGone(), "p", true, 100), HasSubstr("\x1b[31;1mFAILED"));
}

TEST(DoctorTextTest, TextFromAProviderCannotDriveTheTerminal) {
  Findings findings;
  findings.Fail("tls", Fault::kTheirs, "evil \x1b[2J", "");
  EXPECT_THAT(DoctorText(findings, "p", false, 100), HasSubstr("evil \\x1b[2J"));
}

TEST(DoctorTextTest, TheExitStatusSaysWho) {
  Findings findings;
  findings.Ok("a", "");
  findings.Look("b", "", "");
  findings.Skip("c", "");
  EXPECT_EQ(DoctorStatus(findings), 0);
  findings.Fail("d", Fault::kTheirs, "", "");
  EXPECT_EQ(DoctorStatus(findings), 2);
  findings.Fail("e", Fault::kOurs, "", "");
  EXPECT_EQ(DoctorStatus(findings), 1) << "what we can mend comes first";
}

}  // namespace
}  // namespace oauth1d::cli
