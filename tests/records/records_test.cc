// Every built-in record, as it is, against a provider that plays its script.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "server/providers/records.h"
#include "tests/records/play.h"

namespace oauth1d::records {
namespace {

using providers::Capability;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAreArray;

constexpr size_t kFewestRecords = 32;

const char* Word(Capability capability) {
  switch (capability) {
    case Capability::kThreeLegged:
      return "three_legged";
    case Capability::kTwoLegged:
      return "two_legged";
    case Capability::kOutOfBand:
      return "out_of_band";
    case Capability::kXauth:
      return "xauth";
    case Capability::kImportOnly:
      return "import_only";
    case Capability::kTokenExchangeOnly:
      return "token_exchange_only";
  }
  return "?";
}

std::vector<std::string> Words(const std::set<Capability>& capabilities) {
  std::vector<std::string> words;
  words.reserve(capabilities.size());
  for (const Capability capability : capabilities) words.emplace_back(Word(capability));
  return words;
}

// Plays each script once a process, whichever tests run.
const Played& PlayedOnce(const Script& script, const LoadedRecord& record) {
  static std::map<std::string, Played>* const played = new std::map<std::string, Played>();
  auto found = played->find(script.record);
  if (found == played->end()) found = played->emplace(script.record, Play(script, record)).first;
  return found->second;
}

class RecordTest : public testing::TestWithParam<Script> {};

TEST_P(RecordTest, PlaysItsScript) {
  const LoadedRecord record = LoadRecord(GetParam());
  ASSERT_NE(record.provider, nullptr) << record.mistakes;
  EXPECT_THAT(PlayedOnce(GetParam(), record).complaints, IsEmpty());
  EXPECT_EQ(record.provider->sunset_date, GetParam().sunset_date);
  EXPECT_EQ(record.provider->icon_hint, GetParam().record);
}

// Not one more, not one less.
TEST_P(RecordTest, ClaimsWhatItHasShown) {
  const LoadedRecord record = LoadRecord(GetParam());
  ASSERT_NE(record.provider, nullptr) << record.mistakes;
  EXPECT_THAT(Words(record.provider->capabilities),
              UnorderedElementsAreArray(Words(PlayedOnce(GetParam(), record).shown)));
}

INSTANTIATE_TEST_SUITE_P(All, RecordTest, testing::ValuesIn(Scripts()), [](const auto& info) {
  std::string name = info.param.record;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(RecordsTest, EveryRecordHasAScriptAndEveryScriptARecord) {
  std::vector<std::string> records;
  for (const providers::BuiltInRecord& record : providers::BuiltInRecords()) records.emplace_back(record.name);
  std::vector<std::string> scripts;
  for (const Script& script : Scripts()) scripts.push_back(script.record);
  EXPECT_THAT(scripts, UnorderedElementsAreArray(records));
  EXPECT_GE(records.size(), kFewestRecords);
}

// What a caller reads in ListProviders is what it can have.
TEST(RecordsTest, NoRecordClaimsACapabilityThatNoScriptedRunHasShown) {
  std::map<std::string, Script> scripts;
  for (const Script& script : Scripts()) scripts.emplace(script.record, script);
  for (const providers::BuiltInRecord& built_in : providers::BuiltInRecords()) {
    const auto script = scripts.find(std::string(built_in.name));
    ASSERT_NE(script, scripts.end()) << built_in.name << " has no script";
    const LoadedRecord record = LoadRecord(script->second);
    ASSERT_NE(record.provider, nullptr) << built_in.name << "\n" << record.mistakes;
    EXPECT_FALSE(record.provider->capabilities.empty()) << built_in.name;
    const std::set<Capability>& shown = PlayedOnce(script->second, record).shown;
    for (const Capability capability : record.provider->capabilities) {
      EXPECT_EQ(shown.count(capability), 1U) << built_in.name << " claims " << Word(capability);
    }
  }
}

// A record that says nothing of its source, or of what is only believed, is worth little.
TEST(RecordsTest, EveryRecordNamesItsSources) {
  for (const providers::BuiltInRecord& record : providers::BuiltInRecords()) {
    EXPECT_EQ(record.yaml.substr(0, 2), "# ") << record.name;
    EXPECT_NE(record.yaml.find("# Source"), absl::string_view::npos) << record.name;
  }
}

}  // namespace
}  // namespace oauth1d::records
