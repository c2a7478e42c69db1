#include "server/config/yaml_to_proto.h"

#include <gmock/gmock.h>
#include <google/protobuf/type.pb.h>
#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/config/near_miss.h"

namespace oauth1d::config {
namespace {

template <typename Message>
std::string Value(const std::string& yaml) {
  Message message;
  Findings findings("text");
  ReadYaml(yaml, YamlReading(), message, findings);
  if (!findings.ok()) return ToString(findings.Faults()[0]);
  return absl::StrCat(message.value());
}

TEST(YamlToProtoTest, ReadsNumbers) {
  EXPECT_EQ(Value<google::protobuf::Int32Value>("value: -7"), "-7");
  EXPECT_EQ(Value<google::protobuf::Int64Value>("value: 9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(Value<google::protobuf::UInt32Value>("value: 4294967295"), "4294967295");
  EXPECT_EQ(Value<google::protobuf::UInt64Value>("value: 0"), "0");
  EXPECT_EQ(Value<google::protobuf::DoubleValue>("value: 1.5e1"), "15");
  EXPECT_EQ(Value<google::protobuf::BoolValue>("value: true"), "1");
  EXPECT_EQ(Value<google::protobuf::StringValue>("value: 0x10"), "0x10");
  EXPECT_EQ(Value<google::protobuf::StringValue>("value: \"null\""), "null");
}

TEST(YamlToProtoTest, RefusesWhatIsNoNumber) {
  const std::string range = "value: must be a whole number from -2147483648 to 2147483647, not ";
  EXPECT_EQ(Value<google::protobuf::Int32Value>("value: 2147483648"), range + "\"2147483648\" (1:8)");
  EXPECT_EQ(Value<google::protobuf::Int32Value>("value: '7'"), range + "text in quotes: \"7\" (1:8)");
  EXPECT_EQ(Value<google::protobuf::Int32Value>("value: 0x7"), range + "\"0x7\" (1:8)");
  EXPECT_EQ(Value<google::protobuf::Int32Value>("value: 1.0"), range + "\"1.0\" (1:8)");
  EXPECT_EQ(Value<google::protobuf::DoubleValue>("value: nan"), "value: must be a number, not \"nan\" (1:8)");
}

TEST(YamlToProtoTest, RefusesTypesThatConfigurationsDoNotUse) {
  google::protobuf::Type type;
  Findings findings("text");
  ReadYaml("syntax: SYNTAX_PROTO3", YamlReading(), type, findings);
  ASSERT_FALSE(findings.ok());
  EXPECT_EQ(ToString(findings.Faults()[0]), "syntax: has a type that configurations do not use (1:9)");
}

TEST(YamlToProtoTest, ReadsDurations) {
  const auto read = [](const std::string& text) {
    v1::Listen listen;
    Findings findings("text");
    ReadYaml("drain_delay: " + text, YamlReading(), listen, findings);
    return findings.ok() ? listen.drain_delay().seconds() * 1000 + listen.drain_delay().nanos() / 1'000'000 : -1;
  };
  EXPECT_EQ(read("0s"), 0);
  EXPECT_EQ(read("250ms"), 250);
  EXPECT_EQ(read("1500ms"), 1500);
  EXPECT_EQ(read("5s"), 5000);
  EXPECT_EQ(read("1m"), 60'000);
  EXPECT_EQ(read("1h"), 3'600'000);
  EXPECT_EQ(read("168h"), 604'800'000);
  for (const std::string bad : {"5", "s", "5 s", "1.5s", "-1s", "+1s", "1h30m", "169h", "1S", "[1s]", "{seconds: 1}"}) {
    EXPECT_EQ(read(bad), -1) << bad;
  }
}

TEST(YamlToProtoTest, KnowsWhereThingsStand) {
  v1::Config config;
  Findings findings("text");
  ReadYaml(
      "# first\nlisten:\n  address:\n    here\nproviders:\n  - name: a\n  - name: b\n    egress:\n      ca_file: c\n",
      YamlReading(), config, findings);
  ASSERT_TRUE(findings.ok());
  const auto at = [&](const char* path) {
    const Position position = findings.PositionOf(path);
    return absl::StrCat(position.line, ":", position.column);
  };
  EXPECT_EQ(at(""), "2:1");
  EXPECT_EQ(at("listen"), "2:1");
  EXPECT_EQ(at("listen.address"), "4:5");
  EXPECT_EQ(at("listen.tls.key_file"), "2:1");  // what is not there: the nearest around it
  EXPECT_EQ(at("providers[1]"), "7:5");
  EXPECT_EQ(at("providers[1].egress.ca_file"), "9:16");
  EXPECT_EQ(at("providers[1].egress.allow_cidrs[3]"), "8:5");
  EXPECT_EQ(at("owners"), "2:1");
}

TEST(YamlToProtoTest, AnEmptyMapSetsAMessage) {
  v1::Config config;
  Findings findings("text");
  ReadYaml("store: {memory: {}}", YamlReading(), config, findings);
  EXPECT_TRUE(findings.ok());
  EXPECT_TRUE(config.store().has_memory());
}

TEST(YamlToProtoTest, AListKeepsItsLength) {
  v1::Config config;
  Findings findings("text");
  ReadYaml("owners: [a, {name: b}, ~]", YamlReading(), config, findings);
  EXPECT_EQ(config.owners_size(), 3);
  EXPECT_EQ(config.owners(1).name(), "b");
  EXPECT_EQ(findings.Faults().size(), 2U);
}

// None of these may take long, whatever is made of them; ten seconds is far from what any of them takes.
TEST(YamlToProtoTest, HugeAndTwistedTextsEndSoon) {
  const auto repeated = [](const std::string& text) {
    std::string all;
    while (all.size() + text.size() <= kMaxYamlBytes) all += text;
    return all;
  };
  std::string bomb = "a0: &a0 [x]\n";
  for (int i = 1; i < 100; ++i) {
    absl::StrAppend(&bomb, "a", i, ": &a", i, " [*a", i - 1, ", *a", i - 1, ", *a", i - 1, "]\n");
  }
  for (const std::string& text : {repeated("["),          repeated("{"),
                                  repeated("- "),         repeated("? "),
                                  repeated("a: "),        repeated("a: b\n"),
                                  repeated("- a\n"),      repeated("&a "),
                                  repeated("!a "),        repeated("'"),
                                  repeated("\""),         repeated("\n"),
                                  repeated("#"),          repeated("---\n"),
                                  repeated("|\n"),        repeated("[a,"),
                                  repeated("{a: "),       repeated("\xEF\xBB\xBF"),
                                  repeated("%TAG ! a\n"), bomb}) {
    v1::Config config;
    Findings findings("text");
    const absl::Time start = absl::Now();
    ReadYaml(text, YamlReading(), config, findings);
    EXPECT_LT(absl::Now() - start, absl::Seconds(10)) << text.substr(0, 10);
    EXPECT_FALSE(findings.ok()) << text.substr(0, 10);
  }
}

TEST(NearMissTest, FindsWhatWasMeant) {
  const std::vector<std::string> known = {"address", "drain_delay", "reflection", "tls"};
  EXPECT_EQ(NearMiss("adress", known), "address");
  EXPECT_EQ(NearMiss("drain-delay", known), "drain_delay");
  EXPECT_EQ(NearMiss("Reflection", known), "reflection");
  EXPECT_EQ(NearMiss("tsl", known), "");
  EXPECT_EQ(NearMiss("tlss", known), "tls");
  EXPECT_EQ(NearMiss("port", known), "");
  EXPECT_EQ(NearMiss("", known), "");
}

}  // namespace
}  // namespace oauth1d::config
