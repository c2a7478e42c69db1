#include "client/cli/saved_logins.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <stdexcept>

#include "tests/client/scratch_folder.h"

namespace oauth1d::cli {
namespace {

SavedLogin Login(const LoginName& name, const std::string& token) {
  SavedLogin login;
  login.name = name;
  login.access_token = token;
  login.parameters = {{"user_id", "7"}, {"screen_name", "alice"}, {"odd", "\xff"}};
  login.saved = "2026-01-02T03:04:05Z";
  return login;
}

const LoginName kTwitter{"127.0.0.1:50051", "twitter", "default"};

TEST(SavedLoginsTest, KeepsOneALogin) {
  const ScratchFolder scratch;
  const SavedLogins logins(scratch.path() + "/state");
  EXPECT_FALSE(logins.Find(kTwitter).has_value());
  EXPECT_TRUE(logins.All().empty());
  EXPECT_EQ(logins.Save(Login(kTwitter, "oa1_a")), scratch.path() + "/state/127.0.0.1%3A50051+twitter+default.json");
  logins.Save(Login({kTwitter.server, "twitter", "work"}, "oa1_b"));
  logins.Save(Login(kTwitter, "oa1_c"));
  ASSERT_TRUE(logins.Find(kTwitter).has_value());
  EXPECT_EQ(logins.Find(kTwitter)->access_token, "oa1_c");
  EXPECT_EQ(logins.Find(kTwitter)->Who(), "alice");
  EXPECT_EQ(logins.All().size(), 2);
  EXPECT_TRUE(logins.Forget(kTwitter));
  EXPECT_FALSE(logins.Forget(kTwitter));
  EXPECT_EQ(logins.All().size(), 1);
}

TEST(SavedLoginsTest, ARenewalDoesNotUndoWhatSomebodyElseWrote) {
  const ScratchFolder scratch;
  const SavedLogins logins(scratch.path() + "/state");
  logins.Renew(kTwitter, "oa1_a", "oa1_b");
  EXPECT_FALSE(logins.Find(kTwitter).has_value()) << "a login that was forgotten meanwhile stays so";
  logins.Save(Login(kTwitter, "oa1_a"));
  logins.Renew(kTwitter, "oa1_a", "oa1_b");
  EXPECT_EQ(logins.Find(kTwitter)->access_token, "oa1_b");
  logins.Renew(kTwitter, "oa1_a", "oa1_c");
  EXPECT_EQ(logins.Find(kTwitter)->access_token, "oa1_b");
}

TEST(SavedLoginsTest, NamesOfFilesNeverMeetAndNeverLeaveTheFolder) {
  const std::vector<LoginName> names = {{"s", "a+b", "c"},
                                        {"s", "a", "b+c"},
                                        {"s+a", "b", "c"},
                                        {"../../etc", "a", "b"},
                                        {".", "..", "..."},
                                        {"s", "A", "b"},
                                        {"unix:/run/x", "a", "b"},
                                        {"s", "a%2Bb", "c"},
                                        {"s", "a", "caf\xc3\xa9"},
                                        {std::string(300, 'x'), "a", "b"},
                                        {std::string(300, 'x') + "y", "a", "b"}};
  std::set<std::string> files;
  for (const LoginName& name : names) {
    const std::string file = SavedLogins::FileName(name);
    EXPECT_EQ(file.find('/'), std::string::npos) << file;
    EXPECT_NE(file[0], '.') << file;
    EXPECT_LT(file.size(), 256) << file;
    EXPECT_TRUE(files.insert(file).second) << file;
  }
}

TEST(SavedLoginsTest, ADamagedFileIsToldWithoutWhatStandsInIt) {
  const ScratchFolder scratch;
  const SavedLogins logins(scratch.path() + "/state");
  const std::string file = logins.Save(Login(kTwitter, "oa1_a"));
  std::ofstream(file) << R"({"access_token": "oa1_secret)";
  try {
    logins.Find(kTwitter);
    FAIL() << "a damaged file was believed";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(std::string(error.what()), file + " is damaged: oauth1ctl logout, then login again");
  }
}

TEST(SavedLoginsTest, AccountsHaveNames) {
  EXPECT_EQ(AccountOf("", ""), "default");
  EXPECT_EQ(AccountOf("", "main"), "main");
  EXPECT_EQ(AccountOf("work", "main"), "work");
}

}  // namespace
}  // namespace oauth1d::cli
