#include "server/config/command_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdint>
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

absl::StatusOr<Secret> Shell(const std::string& script, const CommandBounds& bounds = CommandBounds()) {
  return OutputOf({"/bin/sh", "-c", script}, bounds);
}

std::string Fault(const absl::StatusOr<Secret>& output) { return std::string(output.status().message()); }

TEST(CommandOutputTest, GivesWhatTheProgramWritesToTheByte) {
  ASSERT_OK_AND_ASSIGN(const Secret output, OutputOf({"/usr/bin/printf", "a b\\n\\000c\\n"}));
  EXPECT_EQ(output.Reveal(), absl::string_view("a b\n\0c\n", 7));
  ASSERT_OK_AND_ASSIGN(const Secret arguments, OutputOf({"/bin/echo", "$HOME; `id` *"}));
  EXPECT_EQ(arguments.Reveal(), "$HOME; `id` *\n") << "no shell is between";
}

TEST(CommandOutputTest, TellsHowItEndedAndNeverWhatItWrote) {
  for (const auto& [script, says] : std::vector<std::pair<std::string, std::string>>{
           {"echo canary; echo canary >&2; exit 7", "the program ended with status 7"},
           {"echo canary; kill -9 $$", "the program was ended by the signal 9"},
           {":", "the program writes nothing"}}) {
    EXPECT_EQ(Fault(Shell(script)), says);
  }
  EXPECT_EQ(Fault(OutputOf({"/nowhere/canary"})), "the program cannot be started: No such file or directory");
  EXPECT_EQ(Fault(OutputOf({"/etc/passwd"})), "the program cannot be started: Permission denied");
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
