#include "client/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/cli/callback_listener.h"
#include "client/cli/completion.h"
#include "client/cli/manual.h"

namespace oauth1d::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CompletionTest : public ::testing::Test {
 protected:
  std::vector<std::string> For(const std::vector<std::string>& words) {
    CompletionSources sources;
    sources.providers = [] { return std::vector<std::string>{"twitter", "tumblr"}; };
    sources.accounts = [](const std::string& provider) { return std::vector<std::string>{provider + "-work"}; };
    return Complete(line_.app(), words, sources);
  }

  CommandLine line_;
};

TEST_F(CompletionTest, KnowsCommandsOptionsAndNames) {
  EXPECT_THAT(For({"logi"}), ElementsAre("login", "logins"));
  EXPECT_THAT(For({"token", "re"}), ElementsAre("refresh", "revoke", "rewrap"));
  EXPECT_THAT(For({"login", ""}), ElementsAre("tumblr", "twitter"));
  EXPECT_THAT(For({"login", "tw"}), ElementsAre("twitter"));
  EXPECT_THAT(For({"--server", "host:1", "doctor", "tu"}), ElementsAre("tumblr"));
  EXPECT_THAT(For({"request", "twitter", "--as", ""}), ElementsAre("twitter-work"));
  EXPECT_THAT(For({"request", "--da"}), ElementsAre("--data", "--data-binary", "--data-urlencode"));
  EXPECT_THAT(For({"request", "--server"}), ElementsAre("--server"));
}

TEST_F(CompletionTest, LeavesTheRestToTheShell) {
  EXPECT_THAT(For({"request", "twitter", "-o", ""}), IsEmpty());
  EXPECT_THAT(For({"public-key", ""}), IsEmpty());
  EXPECT_THAT(For({"nonsense", "x"}), IsEmpty());
}

TEST_F(CompletionTest, TellsNobodyOfTheCommandForScripts) { EXPECT_THAT(For({""}), Not(Contains("__complete"))); }

TEST(ManualTest, EscapesWhatRoffWouldRead) {
  CLI::App app{"x"};
  app.add_subcommand("one", ".TH is no request here, nor is \\fB");
  const std::string page = ManualPage(app);
  EXPECT_THAT(page, HasSubstr("\n\\&.TH is no request here, nor is \\efB.\n"));
  EXPECT_THAT(page, HasSubstr(".SS one\n"));
}

TEST(PageTest, TextIsEscaped) {
  const std::string page = RenderPage({403, "<b>", "a & \"b\" '</main>"});
  EXPECT_THAT(page, HasSubstr("<h1>&lt;b&gt;</h1><p>a &amp; &quot;b&quot; &#39;&lt;/main&gt;</p>"));
  EXPECT_THAT(page, HasSubstr("role=\"alert\""));
  EXPECT_THAT(RenderPage({200, "t", "x"}), HasSubstr("role=\"status\""));
}

}  // namespace
}  // namespace oauth1d::cli
