// Whoever writes to the store, or holds a token, changes it as he likes: nothing opens, and nothing crashes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "server/sealing/envelope.h"
#include "tests/sealing/keyrings.h"
#include "tests/support/fake_environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::sealing {
namespace {

using ::testing::AnyOf;
using ::testing::Not;

class TamperingTest : public ::testing::Test {
 protected:
  std::string Sealed(const Lock& lock, absl::string_view text) { return *Seal(keyring_, lock, text, environment_); }

  const Keyring keyring_ = OneKey();
  const Lock lock_ = {Kind::kFlow, "place", {"state"}};
  FakeEnvironment environment_;
};

TEST_F(TamperingTest, EveryFlippedBitOfAThousandRecordsIsFound) {
  for (int record = 0; record < 1000; ++record) {
    std::string envelope = Sealed(lock_, absl::StrCat("record ", record));
    for (size_t bit = 0; bit < envelope.size() * 8; ++bit) {
      const auto flip = static_cast<char>(1 << bit % 8);
      char& byte = envelope[bit / 8];
      byte = static_cast<char>(byte ^ flip);
      const absl::Status status = Open(keyring_, lock_, envelope).status();
      byte = static_cast<char>(byte ^ flip);
      // A flip in the key id or its length may name another key, which another replica may have: KEY_NOT_LOADED, a
      // clean refusal too. Nothing could tell the two apart but a key that this replica does not have.
      const bool names_a_key = bit / 8 >= 2 && bit / 8 <= 4;
      const Reason reason = ReasonOf(status);
      ASSERT_TRUE(reason == Reason::kRecordInvalid || (names_a_key && reason == Reason::kKeyNotLoaded))
          << "byte " << bit / 8 << " bit " << bit % 8 << ": " << status;
    }
    ASSERT_THAT(Open(keyring_, lock_, envelope), IsOk());
  }
}

TEST_F(TamperingTest, SwappedRecordsDoNotOpen) {
  const Lock other = {Kind::kFlow, "other place", {"state"}};
  const std::string here = Sealed(lock_, "here");
  const std::string there = Sealed(other, "there");
  EXPECT_THAT(Open(keyring_, other, here), FailsWith(Reason::kRecordInvalid));
  EXPECT_THAT(Open(keyring_, lock_, there), FailsWith(Reason::kRecordInvalid));
}

TEST_F(TamperingTest, HalvesOfTwoRecordsDoNotOpen) {
  const std::string one = Sealed(lock_, "the same length");
  const std::string two = Sealed(lock_, "the same lentgh");
  for (size_t cut = 1; cut < one.size(); ++cut) {
    const std::string mixed = one.substr(0, cut) + two.substr(cut);
    if (mixed == one || mixed == two) continue;  // both begin with the same version, kind and key id
    EXPECT_THAT(Open(keyring_, lock_, mixed), FailsWith(Reason::kRecordInvalid)) << cut;
  }
}

TEST_F(TamperingTest, CutAndExtendedRecordsDoNotOpen) {
  const std::string envelope = Sealed(lock_, "text");
  for (size_t size = 0; size < envelope.size(); ++size) {
    EXPECT_THAT(Open(keyring_, lock_, envelope.substr(0, size)), FailsWith(Reason::kRecordInvalid)) << size;
    EXPECT_THAT(Open(keyring_, lock_, envelope.substr(envelope.size() - size)), Not(IsOk())) << size;
  }
  EXPECT_THAT(Open(keyring_, lock_, envelope + '\0'), FailsWith(Reason::kRecordInvalid));
  EXPECT_THAT(Open(keyring_, lock_, envelope + envelope), FailsWith(Reason::kRecordInvalid));
}

// oauth2-proxy sliced the nonce with no look at the length (cipher.go:125).
TEST_F(TamperingTest, ShortGarbageIsRefusedCleanly) {
  std::mt19937 random(13);
  for (size_t size = 0; size <= 64; ++size) {
    for (int round = 0; round < 100; ++round) {
      std::string garbage(size, '\0');
      for (char& byte : garbage) byte = static_cast<char>(random());
      ASSERT_THAT(Open(keyring_, lock_, garbage), FailsWith(Reason::kRecordInvalid)) << size;
      // The same with a head that is right.
      for (const char id_size : {'\0', '\1', '\2', '\x40', '\x41', '\xFF'}) {
        std::string headed = garbage;
        if (size > 0) headed[0] = 1;
        if (size > 1) headed[1] = static_cast<char>(Kind::kFlow);
        if (size > 2) headed[2] = id_size;
        ASSERT_THAT(Open(keyring_, lock_, headed),
                    AnyOf(FailsWith(Reason::kRecordInvalid), FailsWith(Reason::kKeyNotLoaded)))
            << size;
        ASSERT_THAT(KeyIdOf(Kind::kFlow, headed), AnyOf(IsOk(), FailsWith(Reason::kRecordInvalid))) << size;
      }
    }
  }
}

TEST_F(TamperingTest, GarbageBehindARightHeadNeverOpens) {
  std::mt19937 random(14);
  for (int round = 0; round < 20'000; ++round) {
    std::string garbage = std::string("\1\1\2k1", 5);
    for (size_t size = random() % 200; size > 0; --size) garbage.push_back(static_cast<char>(random()));
    ASSERT_THAT(Open(keyring_, lock_, garbage), FailsWith(Reason::kRecordInvalid));
  }
}

TEST_F(TamperingTest, NoOtherVersionAndNoPlainTextIsRead) {
  std::string envelope = Sealed(lock_, "text");
  for (int version = 0; version < 256; ++version) {
    if (version == 1) continue;
    envelope[0] = static_cast<char>(version);
    EXPECT_THAT(Open(keyring_, lock_, envelope), FailsWith(Reason::kRecordInvalid)) << version;
  }
  for (const char* text : {"", "text", "{\"token\":\"t\",\"secret\":\"s\"}", "oauth_token=t&oauth_token_secret=s"}) {
    EXPECT_THAT(Open(keyring_, lock_, text), FailsWith(Reason::kRecordInvalid)) << text;
  }
}

// A cipher without a tag takes one garbage in 256 for a text: no version leads to one (CVE-2026-47775: Envoy kept CBC
// beside GCM).
TEST_F(TamperingTest, NoOlderCipherIsReachable) {
  std::mt19937 random(15);
  for (int round = 0; round < 10'000; ++round) {
    std::string garbage = std::string("\0\1\2k1", 5);
    if (round % 2 == 1) garbage[0] = static_cast<char>(2 + random() % 254);
    for (size_t size = 16 * (3 + random() % 4); size > 0; --size) garbage.push_back(static_cast<char>(random()));
    ASSERT_THAT(Open(keyring_, lock_, garbage), FailsWith(Reason::kRecordInvalid));
  }
}

TEST_F(TamperingTest, AKeyOfTheSameNameWithOtherBytesDoesNotOpen) {
  const Keyring impostor = MakeKeyring({{"k1", KeyState::kActive, KeyOf('2')}});
  EXPECT_THAT(Open(impostor, lock_, Sealed(lock_, "text")), FailsWith(Reason::kRecordInvalid));
}

}  // namespace
}  // namespace oauth1d::sealing
