#include "server/providers/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "server/oauth1/signature.h"
#include "server/oauth1/signer.h"
#include "server/oauth1/url.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::providers {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

YAML::Node Parsed(const BuiltInRecord& record) { return YAML::Load(std::string(record.yaml)); }

TEST(RecordsTest, ThereAreSomeEachWithANameOfItsOwn) {
  EXPECT_THAT(BuiltInRecords(), Not(IsEmpty()));
  std::set<std::string> names;
  for (const BuiltInRecord& record : BuiltInRecords()) {
    EXPECT_TRUE(names.insert(std::string(record.name)).second) << record.name;
    EXPECT_FALSE(record.name.empty());
    EXPECT_TRUE(std::all_of(record.name.begin(), record.name.end(), [](unsigned char c) {
      return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
    })) << record.name;
  }
}

TEST(RecordsTest, AreSortedByName) {
  EXPECT_TRUE(std::is_sorted(BuiltInRecords().begin(), BuiltInRecords().end(),
                             [](const BuiltInRecord& a, const BuiltInRecord& b) { return a.name < b.name; }));
}

TEST(RecordsTest, AreYamlWithATitleAndWithoutConsumers) {
  for (const BuiltInRecord& record : BuiltInRecords()) {
    const YAML::Node node = Parsed(record);
    ASSERT_TRUE(node.IsMap()) << record.name;
    EXPECT_TRUE(node["title"].IsDefined()) << record.name;
    EXPECT_FALSE(node["name"].IsDefined()) << record.name << ": the configuration names it";
    EXPECT_FALSE(node["consumers"].IsDefined()) << record.name;
    EXPECT_TRUE(absl::StrContains(record.yaml, "# ")) << record.name << " names no source";
  }
}

TEST(RecordsTest, NameUrlsThatAreUrlsAndGoThroughTls) {
  for (const BuiltInRecord& record : BuiltInRecords()) {
    const YAML::Node node = Parsed(record);
    std::vector<std::string> urls;
    for (const char* field : {"request_token_url", "authorize_url", "access_token_url"}) {
      if (node[field].IsDefined()) urls.push_back(node[field].as<std::string>());
    }
    for (const YAML::Node& base : node["api_base_urls"]) {
      urls.push_back(base.as<std::string>());
      EXPECT_TRUE(absl::EndsWith(urls.back(), "/")) << record.name << ": " << urls.back();
    }
    EXPECT_THAT(urls, Not(IsEmpty())) << record.name;
    for (const std::string& url : urls) {
      // A host that is a template ({shop}) is no URL until it is filled in.
      if (absl::StrContains(url, '{')) continue;
      const absl::StatusOr<oauth1::Url> parsed = oauth1::Url::Parse(url);
      ASSERT_THAT(parsed, IsOk()) << record.name << ": " << url;
      EXPECT_TRUE(parsed->origin().tls) << record.name << ": " << url;
      EXPECT_EQ(parsed->ToString(), url) << record.name;
    }
  }
}

TEST(RecordsTest, UseMethodsAndPlacementsThatThisVersionHas) {
  for (const BuiltInRecord& record : BuiltInRecords()) {
    const YAML::Node node = Parsed(record);
    if (node["signature_method"].IsDefined()) {
      EXPECT_THAT(oauth1::ParseSignatureMethod(node["signature_method"].as<std::string>()), IsOk()) << record.name;
    }
    if (node["placement"].IsDefined()) {
      EXPECT_THAT(oauth1::ParsePlacement(node["placement"].as<std::string>()), IsOk()) << record.name;
    }
  }
}

}  // namespace
}  // namespace oauth1d::providers
