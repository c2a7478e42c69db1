#include "server/config/file_watch.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "tests/config/config_folder.h"

namespace oauth1d::config {
namespace {

using ::testing::ElementsAre;

class FileWatchTest : public testing::Test {
 protected:
  // With another time of modification than before, however coarse the clock of the file system is.
  void Write(const std::string& name, const std::string& text) {
    const std::string file = folder_.Write(name, text);
    const timespec time{1'700'000'000 + ++written_, 0};
    const timespec times[] = {time, time};
    ASSERT_EQ(::utimensat(AT_FDCWD, file.c_str(), times, 0), 0);
  }
  SeenFile Seen(const std::string& name) const {
    const std::string path = folder_.path() + "/" + name;
    return {path, StateOf(path)};
  }
  // Seen in one look, believed in the next, and then known.
  static void ExpectOneChange(FileWatch& watch) {
    EXPECT_FALSE(watch.Changed()) << "it may still be written";
    EXPECT_TRUE(watch.Changed());
    EXPECT_FALSE(watch.Changed());
    EXPECT_FALSE(watch.Changed());
  }

  ConfigFolder folder_;
  int written_ = 0;
};

TEST_F(FileWatchTest, NothingChanges) {
  Write("a", "1");
  FileWatch watch({Seen("a"), Seen("none")});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(watch.Changed());
  EXPECT_FALSE(FileWatch({}).Changed());
}

TEST_F(FileWatchTest, SeesWhatIsWrittenInPlace) {
  Write("a", "1");
  FileWatch watch({Seen("a")});
  Write("a", "2");
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, SeesWhatIsRenamedOver) {
  Write("a", "1");
  FileWatch watch({Seen("a")});
  Write("b", "1");
  ASSERT_EQ(std::rename((folder_.path() + "/b").c_str(), (folder_.path() + "/a").c_str()), 0);
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, SeesAChangedMode) {
  Write("a", "1");
  FileWatch watch({Seen("a")});
  ASSERT_EQ(::chmod((folder_.path() + "/a").c_str(), 0644), 0);
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, SeesFilesThatComeAndGo) {
  FileWatch watch({Seen("a")});
  Write("a", "1");
  ExpectOneChange(watch);
  ASSERT_EQ(::unlink((folder_.path() + "/a").c_str()), 0);
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, SeesTheSwapOfAKubernetesVolume) {
  for (const std::string version : {"..1", "..2"}) {
    ASSERT_EQ(::mkdir((folder_.path() + "/" + version).c_str(), 0755), 0);
    Write(version + "/keyring.yaml", version);
  }
  const std::string data = folder_.path() + "/..data";
  ASSERT_EQ(::symlink("..1", data.c_str()), 0);
  ASSERT_EQ(::symlink("..data/keyring.yaml", (folder_.path() + "/keyring.yaml").c_str()), 0);
  FileWatch watch({Seen("keyring.yaml")});
  ASSERT_EQ(::symlink("..2", (data + "_tmp").c_str()), 0);
  ASSERT_EQ(std::rename((data + "_tmp").c_str(), data.c_str()), 0);
  ExpectOneChange(watch);
}

TEST_F(FileWatchTest, WaitsUntilTheWritingIsOver) {
  Write("a", "1");
  FileWatch watch({Seen("a")});
  for (int i = 0; i < 4; ++i) {
    Write("a", std::string(static_cast<size_t>(i) + 2, 'x'));
    EXPECT_FALSE(watch.Changed());
  }
  EXPECT_TRUE(watch.Changed());
}

TEST_F(FileWatchTest, AChangeThatIsTakenBackIsNone) {
  Write("a", "1");
  const std::string real = folder_.path() + "/a";
  FileWatch watch({Seen("a")});
  ASSERT_EQ(std::rename(real.c_str(), (real + ".old").c_str()), 0);
  EXPECT_FALSE(watch.Changed());
  ASSERT_EQ(std::rename((real + ".old").c_str(), real.c_str()), 0);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(watch.Changed());
}

TEST_F(FileWatchTest, ALoadTellsWhatMustBeWatched) {
  folder_.Write("pw", "store-password");
  Pieces pieces;
  pieces.keyring = "keyring: {file: keyring.yaml}\n";
  pieces.store = "store: {redis: {address: \"a:1\", password: {file: ./pw}}}\n";
  const std::string file = folder_.Write("oauth1d.yaml", pieces.Text(), 0644);
  const Loaded failed = folder_.LoadFrom(file);
  EXPECT_EQ(failed.snapshot, nullptr) << "there is no keyring yet";
  ASSERT_THAT(failed.files, ElementsAre(Seen("oauth1d.yaml"), Seen("pw"), Seen("keyring.yaml")));
  EXPECT_FALSE(failed.files[2].state.there);
  FileWatch watch(failed.files);
  Write("keyring.yaml", kKeyringText);
  ExpectOneChange(watch);
  EXPECT_NE(folder_.LoadFrom(file).snapshot, nullptr);
  EXPECT_THAT(folder_.LoadFrom(folder_.path() + "/none").files, ElementsAre(Seen("none")));
}

}  // namespace
}  // namespace oauth1d::config
