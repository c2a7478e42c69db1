#include "server/config/process_variables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The program variable_reader, with an environment of its own.
class Reader {
 public:
  Reader(std::vector<std::string> names, std::vector<std::string> environment) {
    std::array<int, 2> in{};
    std::array<int, 2> out{};
    EXPECT_EQ(::pipe(in.data()), 0);
    EXPECT_EQ(::pipe(out.data()), 0);
    names.insert(names.begin(), OAUTH1D_VARIABLE_READER);
    std::vector<char*> arguments = Pointers(names);
    std::vector<char*> variables = Pointers(environment);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(in[0], STDIN_FILENO);
      ::dup2(out[1], STDOUT_FILENO);
      ::close(in[1]);
      ::execve(arguments[0], arguments.data(), variables.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    char byte = 0;
    while (::read(out[0], &byte, 1) == 1 && byte != '\n') printed_ += byte;
    ::close(out[0]);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    ::close(input_);
    int status = 0;
    ::waitpid(process_, &status, 0);
    EXPECT_EQ(status, 0);
  }

  const std::string& printed() const { return printed_; }
  std::string Environ() const {
    std::ostringstream text;
    text << std::ifstream("/proc/" + std::to_string(process_) + "/environ", std::ios::binary).rdbuf();
    return text.str();
  }

 private:
  static std::vector<char*> Pointers(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (std::string& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
  }

  pid_t process_ = 0;
  int input_ = -1;
  std::string printed_;
};

TEST(ProcessVariablesTest, WhatWasReadIsGoneFromProcEnviron) {
  const Reader reader({"KEYRING", "SECRET", "NOT_THERE"},
                      {"KEYRING=canary keyring", "PLAIN=stays", "SECRET=canary", "SECRET=canary again"});
  EXPECT_EQ(reader.printed(), "14 6 none ");
  const std::string environ = reader.Environ();
  EXPECT_THAT(environ, Not(HasSubstr("canary")));
  EXPECT_THAT(environ, HasSubstr("PLAIN=stays"));
  EXPECT_THAT(environ, HasSubstr(std::string("KEYRING=") + std::string(14, '\0'))) << "the name is kept";
}

TEST(ProcessVariablesTest, LaterLoadsGetWhatWasRead) {
  ASSERT_EQ(::setenv("OAUTH1D_KEYRING", kKeyringText, 1), 0);
  ASSERT_EQ(::setenv("TWITTER_SECRET", "from the process", 1), 0);
  ProcessVariables variables;
  const ConfigFolder folder;
  for (int i = 0; i < 2; ++i) {
    const Loaded loaded = LoadText(Pieces().Text(), folder.path(), TestTime(),
                                   [&](const std::string& name) { return variables.Read(name); });
    ASSERT_NE(loaded.snapshot, nullptr) << ToLines(loaded.mistakes);
    EXPECT_EQ(loaded.snapshot->providers[0]->consumers[0].secret.Reveal(), "from the process");
    EXPECT_STREQ(std::getenv("TWITTER_SECRET"), "");
  }
  ASSERT_EQ(::unsetenv("OAUTH1D_KEYRING"), 0);
  ASSERT_EQ(::unsetenv("TWITTER_SECRET"), 0);
}

TEST(ProcessVariablesTest, ManyThreadsGetTheSame) {
  ASSERT_EQ(::setenv("MANY_READ_IT", "once", 1), 0);
  ProcessVariables variables;
  std::vector<std::string> values(8);
  std::vector<std::thread> threads;
  for (std::string& value : values) {
    threads.emplace_back([&] { value = std::string(variables.Read("MANY_READ_IT").value_or(Secret()).Reveal()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(values, testing::Each("once"));
  EXPECT_FALSE(variables.Read("MANY_READ").has_value()) << "a name is no prefix";
  ASSERT_EQ(::unsetenv("MANY_READ_IT"), 0);
}

}  // namespace
}  // namespace oauth1d::config
