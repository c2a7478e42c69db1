#include "server/sealing/envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "tests/sealing/keyrings.h"
#include "tests/support/fake_environment.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::sealing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class EnvelopeTest : public ::testing::Test {
 protected:
  std::string Sealed(const Lock& lock, absl::string_view text) {
    const absl::StatusOr<std::string> envelope = Seal(keyring_, lock, text, environment_);
    EXPECT_THAT(envelope, IsOk());
    return envelope.ok() ? *envelope : "";
  }

  const Keyring keyring_ = OneKey();
  const Lock lock_ = {Kind::kFlow, "place", {"state", "binding"}};
  FakeEnvironment environment_;
};

TEST_F(EnvelopeTest, OpensForWhoeverKnowsWhatItWasSealedWith) {
  const std::string every_byte = [] {
    std::string text;
    for (int byte = 0; byte < 256; ++byte) text.push_back(static_cast<char>(byte));
    return text;
  }();
  for (const std::string& text : std::vector<std::string>{"", "x", std::string("\0", 1), every_byte,
                                                          std::string(12'288, 'a'), std::string(4'000'000, '\xFF')}) {
    EXPECT_THAT(Open(keyring_, lock_, Sealed(lock_, text)), IsOkAnd(text)) << text.size();
  }
}

TEST_F(EnvelopeTest, OpensWithoutSharesAndWithoutAPlace) {
  for (const Lock& lock : std::vector<Lock>{{Kind::kAccessToken, "", {}},
                                            {Kind::kFlow, "place", {}},
                                            {Kind::kFlowSecrets, "", {""}},
                                            {Kind::kFlowSecrets, std::string("\0\xFF", 2), {std::string(5000, 's')}}}) {
    EXPECT_THAT(Open(keyring_, lock, Sealed(lock, "text")), IsOkAnd("text"));
  }
}

TEST_F(EnvelopeTest, HasTheSizeThatItsHeaderSays) {
  EXPECT_EQ(Sealed(lock_, "12345").size(), 3 + 2 + 32 + 5 + 16U);
  EXPECT_THAT(KeyIdOf(Kind::kFlow, Sealed(lock_, "12345")), IsOkAnd("k1"));
}

TEST_F(EnvelopeTest, IsForOneKindOnePlaceAndTheseShares) {
  const std::string envelope = Sealed(lock_, "text");
  const std::vector<Lock> others = {
      {Kind::kFlowSecrets, "place", {"state", "binding"}},
      {Kind::kAccessToken, "place", {"state", "binding"}},
      {Kind::kFlow, "elsewhere", {"state", "binding"}},
      {Kind::kFlow, "", {"state", "binding"}},
      {Kind::kFlow, "place", {"state", "another"}},
      {Kind::kFlow, "place", {"State", "binding"}},
      {Kind::kFlow, "place", {"state"}},
      {Kind::kFlow, "place", {}},
      {Kind::kFlow, "place", {"state", "binding", ""}},
      {Kind::kFlow, "place", {"binding", "state"}},
  };
  for (const Lock& other : others) {
    EXPECT_THAT(Open(keyring_, other, envelope), FailsWith(Reason::kRecordInvalid));
  }
  EXPECT_THAT(Open(keyring_, lock_, envelope), IsOkAnd("text"));
}

// CVE-2023-35941: fields joined without their lengths made two lists equal.
TEST_F(EnvelopeTest, FieldsThatWouldLookAlikeIfJoinedDoNot) {
  const auto length = [](char size) { return std::string("\0\0\0", 3) + size; };
  const std::vector<std::pair<Lock, Lock>> pairs = {
      {{Kind::kFlow, "p", {"ab", "c"}}, {Kind::kFlow, "p", {"a", "bc"}}},
      {{Kind::kFlow, "p", {"ab", ""}}, {Kind::kFlow, "p", {"", "ab"}}},
      {{Kind::kFlow, "p", {"ab"}}, {Kind::kFlow, "p", {"a", "b"}}},
      {{Kind::kFlow, "p", {}}, {Kind::kFlow, "p", {""}}},
      {{Kind::kFlow, "pa", {"b"}}, {Kind::kFlow, "p", {"ab"}}},
      // A share that looks like two with their lengths.
      {{Kind::kFlow, "p", {"a" + length(1) + "b"}}, {Kind::kFlow, "p", {"a", "b"}}},
      {{Kind::kFlow, "p", {length(1) + "b"}}, {Kind::kFlow, "p", {"", "b"}}},
  };
  for (const auto& [one, other] : pairs) {
    EXPECT_THAT(Open(keyring_, other, Sealed(one, "text")), FailsWith(Reason::kRecordInvalid));
    EXPECT_THAT(Open(keyring_, one, Sealed(other, "text")), FailsWith(Reason::kRecordInvalid));
    EXPECT_THAT(Open(keyring_, one, Sealed(one, "text")), IsOk());
  }
}

// The key's id stands before the salt: an id that swallowed bytes of its neighbour would read the rest elsewhere.
TEST_F(EnvelopeTest, KeyIdsThatBeginAlikeDoNotMeet) {
  const Keyring longer = MakeKeyring({{"k12", KeyState::kActive, KeyOf('1')}});
  ASSERT_OK_AND_ASSIGN(const std::string envelope, Seal(longer, lock_, "text", environment_));
  EXPECT_THAT(Open(keyring_, lock_, envelope), FailsWith(Reason::kKeyNotLoaded));
  std::string renamed = envelope;
  renamed[2] = 2;
  EXPECT_THAT(Open(keyring_, lock_, renamed), FailsWith(Reason::kRecordInvalid));
}

TEST_F(EnvelopeTest, TheSameTextIsSealedDifferentlyEachTime) {
  std::set<std::string> envelopes;
  std::set<std::string> ciphertexts;
  for (int i = 0; i < 1000; ++i) {
    const std::string envelope = Sealed(lock_, "the same text");
    envelopes.insert(envelope);
    ciphertexts.insert(envelope.substr(3 + 2 + 32));
  }
  EXPECT_EQ(envelopes.size(), 1000U);
  EXPECT_EQ(ciphertexts.size(), 1000U);
}

TEST_F(EnvelopeTest, ShowsNothingOfTheTextTheKeyOrTheShares) {
  const std::string canary = "canary-0123456789-canary";
  const Keyring keyring = MakeKeyring({{"k1", KeyState::kActive, Secret("canary-0123456789-canary-canary!")}});
  ASSERT_OK_AND_ASSIGN(const std::string envelope,
                       Seal(keyring, {Kind::kFlow, canary, {canary, canary}}, canary, environment_));
  for (const std::string& form : {envelope, absl::Base64Escape(envelope), absl::WebSafeBase64Escape(envelope),
                                  absl::BytesToHexString(envelope)}) {
    EXPECT_THAT(form, Not(HasSubstr("canary")));
    EXPECT_THAT(form, Not(HasSubstr(absl::BytesToHexString("canary"))));
    EXPECT_THAT(form, Not(HasSubstr(absl::Base64Escape("canary"))));
  }
}

TEST_F(EnvelopeTest, BrokenRandomnessSealsNothing) {
  environment_.BreakRandomness();
  EXPECT_THAT(Seal(keyring_, lock_, "text", environment_), HasCode(absl::StatusCode::kInternal));
}

TEST_F(EnvelopeTest, ARefusalTellsNothingOfWhatIsInside) {
  const std::string envelope = Sealed(lock_, "canary");
  const absl::Status status = Open(keyring_, {Kind::kFlow, "place", {"canary"}}, envelope).status();
  EXPECT_THAT(status, FailsWith(Reason::kRecordInvalid));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace oauth1d::sealing
