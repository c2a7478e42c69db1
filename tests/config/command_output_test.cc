#include "server/config/command_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "tests/config/config_folder.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::config {
namespace {

using ::testing::HasSubstr;

constexpr char kPath[] = "PATH=/usr/bin:/bin";

absl::StatusOr<Secret> Shell(const std::string& script, const CommandBounds& bounds = CommandBounds()) {
  return OutputOf({"/bin/sh", "-c", script}, {kPath}, bounds);
}

std::string Fault(const absl::StatusOr<Secret>& output) { return std::string(output.status().message()); }

TEST(CommandOutputTest, GivesWhatTheProgramWritesToTheByte) {
  ASSERT_OK_AND_ASSIGN(const Secret output, OutputOf({"/usr/bin/printf", "a b\\n\\000c\\n"}, {}));
  EXPECT_EQ(output.Reveal(), absl::string_view("a b\n\0c\n", 7));
  ASSERT_OK_AND_ASSIGN(const Secret arguments, OutputOf({"/bin/echo", "$HOME; `id` *"}, {}));
  EXPECT_EQ(arguments.Reveal(), "$HOME; `id` *\n") << "no shell is between";
}

TEST(CommandOutputTest, TellsHowItEndedAndNeverWhatItWrote) {
  for (const auto& [script, says] : std::vector<std::pair<std::string, std::string>>{
           {"echo canary; echo canary >&2; exit 7", "the program ended with status 7"},
           {"echo canary; kill -9 $$", "the program was ended by the signal 9"},
           {":", "the program writes nothing"}}) {
    EXPECT_EQ(Fault(Shell(script)), says);
  }
  EXPECT_EQ(Fault(OutputOf({"/nowhere/canary"}, {})), "the program cannot be started: No such file or directory");
  EXPECT_EQ(Fault(OutputOf({"/etc/passwd"}, {})), "the program cannot be started: Permission denied");
}

TEST(CommandOutputTest, ItGetsTheEnvironmentThatItIsGivenAndNoOther) {
  ASSERT_EQ(::setenv("NOT_FOR_PROGRAMS", "canary", 1), 0);
  ASSERT_OK_AND_ASSIGN(const Secret variables, OutputOf({"/usr/bin/env"}, {"A=1", "B=2 3"}));
  EXPECT_EQ(variables.Reveal(), "A=1\nB=2 3\n");
  ASSERT_EQ(::unsetenv("NOT_FOR_PROGRAMS"), 0);
}

TEST(CommandOutputTest, OneThatOthersMayWriteIsNotStarted) {
  const ConfigFolder folder;
  const std::string program = folder.Write("canary", "#!/bin/sh\necho ran\n", 0755);
  ASSERT_OK_AND_ASSIGN(const Secret output, OutputOf({program}, {}));
  EXPECT_EQ(output.Reveal(), "ran\n");
  ASSERT_EQ(::chmod(program.c_str(), 0775), 0);
  EXPECT_EQ(Fault(OutputOf({program}, {})), "the group may write the program (mode 0775): chmod go-w it");
  ASSERT_EQ(::chmod(program.c_str(), 0757), 0);
  const std::string link = folder.path() + "/link";
  ASSERT_EQ(::symlink(program.c_str(), link.c_str()), 0);
  EXPECT_EQ(Fault(OutputOf({link}, {})), "everybody may write the program (mode 0757): chmod go-w it")
      << "what a link leads to counts";
  ASSERT_EQ(::chmod(program.c_str(), 0755), 0);
  if (::chown(program.c_str(), 12345, 12345) != 0) return;  // only root can give a file away
  EXPECT_EQ(Fault(OutputOf({program}, {})),
            "the program belongs to the user 12345: it must belong to root or to the user of this process, 0");
}

TEST(CommandOutputTest, OneThatWritesTooMuchIsStopped) {
  CommandBounds bounds;
  bounds.bytes = 1000;
  ASSERT_OK_AND_ASSIGN(const Secret most, Shell("head -c 1000 /dev/zero", bounds));
  EXPECT_EQ(most.size(), 1000U);
  EXPECT_EQ(Fault(Shell("head -c 1001 /dev/zero", bounds)), "the program writes more than 1000 bytes");
  EXPECT_EQ(Fault(Shell("cat /dev/zero")), "the program writes more than 1048576 bytes");
}

TEST(CommandOutputTest, OneThatHangsIsKilledWithAllThatItStarted) {
  const ConfigFolder folder;
  CommandBounds bounds;
  bounds.time = absl::Milliseconds(300);
  const absl::Time begin = absl::Now();
  EXPECT_EQ(Fault(Shell("sleep 1000 & echo $! > " + folder.path() + "/child; echo canary; wait", bounds)),
            "the program does not end within 300ms");
  EXPECT_LT(absl::Now() - begin, absl::Seconds(30));
  pid_t child = 0;
  std::ifstream(folder.path() + "/child") >> child;
  ASSERT_GT(child, 0);
  // Its parent is gone, and whoever inherited it reaps it soon.
  const absl::Time end = absl::Now() + absl::Seconds(20);
  const auto runs = [child] {
    std::string state;
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    return std::getline(stat, state) && state.find(") Z ") == std::string::npos;
  };
  while (runs() && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
  EXPECT_FALSE(runs());
}

TEST(CommandOutputTest, OneThatClosesItsOutputAndHangsIsKilledToo) {
  CommandBounds bounds;
  bounds.time = absl::Milliseconds(300);
  EXPECT_EQ(Fault(Shell("echo canary; exec sleep 1000 >&-", bounds)), "the program does not end within 300ms");
}

TEST(CommandOutputTest, ItGetsNoDescriptorsAndNoIgnoredSignals) {
  ASSERT_EQ(::dup2(STDOUT_FILENO, 77), 77);  // not close-on-exec
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  ASSERT_OK_AND_ASSIGN(const Secret descriptors, Shell("ls -l /proc/$$/fd | grep -c /dev/null; ls /proc/$$/fd"));
  EXPECT_THAT(std::string(descriptors.Reveal()), HasSubstr("2\n0\n1\n2\n")) << "standard input and error are /dev/null";
  EXPECT_THAT(std::string(descriptors.Reveal()), testing::Not(HasSubstr("77")));
  ASSERT_OK_AND_ASSIGN(const Secret ignored, Shell("grep SigIgn /proc/$$/status | cut -f 2"));
  const uint64_t signals = std::stoull(std::string(ignored.Reveal()), nullptr, 16);
  EXPECT_EQ(signals & uint64_t{1} << (SIGPIPE - 1), 0U) << ignored.Reveal();
  ::signal(SIGPIPE, before);
  ::close(77);
}

}  // namespace
}  // namespace oauth1d::config
