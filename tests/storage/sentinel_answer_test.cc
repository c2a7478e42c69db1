#include "storage/sentinel_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

using ::testing::HasSubstr;

Reply Text(const std::string& text) {
  Reply reply;
  reply.type = Reply::Type::kString;
  reply.text = text;
  return reply;
}

Reply List(const std::vector<std::string>& words) {
  Reply reply;
  reply.type = Reply::Type::kArray;
  for (const std::string& word : words) reply.elements.push_back(Text(word));
  return reply;
}

Reply Error(const std::string& text) {
  Reply reply = Text(text);
  reply.type = Reply::Type::kError;
  return reply;
}

const std::vector<std::string> kMaster = {"name", "mymaster", "config-epoch", "7", "num-slaves", "2"};

SentinelAnswer Says(uint64_t epoch, const std::string& host) {
  SentinelAnswer answer;
  answer.epoch = epoch;
  answer.address.emplace().host = host;
  answer.address->port = 6379;
  return answer;
}

TEST(SentinelAnswerTest, ReadsAddressAndEpoch) {
  for (const std::string host : {"10.0.0.5", "redis-0.redis.svc.cluster.local", "fd00::5"}) {
    const auto answer = ReadSentinelAnswer(List(kMaster), List({host, "6379"}));
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->epoch, 7U);
    EXPECT_EQ(answer->address->host, host);
    EXPECT_EQ(answer->address->port, 6379);
  }
}

TEST(SentinelAnswerTest, ANameThatItDoesNotKnowIsNoTrouble) {
  const auto answer = ReadSentinelAnswer(Error("ERR No such master with that name"), Reply());
  ASSERT_THAT(answer, IsOk());
  EXPECT_FALSE(answer->address.has_value());
}

TEST(SentinelAnswerTest, WhatIsNoHostAndPortIsRefusedAndShownEscaped) {
  const std::vector<std::vector<std::string>> bad = {{"", "6379"},
                                                     {"a b", "6379"},
                                                     {"a\r\nb", "6379"},
                                                     {"a", "0"},
                                                     {"a", "65536"},
                                                     {"a", "-1"},
                                                     {"a", "6379x"},
                                                     {"a", " 6379"},
                                                     {"a", ""},
                                                     {"/r.sock", "1"},
                                                     {"a@b", "1"},
                                                     {std::string(254, 'a'), "1"},
                                                     {std::string(1, 0), "1"},
                                                     {"a", "000001"}};
  for (const auto& words : bad) {
    const auto answer = ReadSentinelAnswer(List(kMaster), List(words));
    ASSERT_FALSE(answer.ok()) << words[0] << " " << words[1];
    EXPECT_THAT(answer.status(), FailsWith(Reason::kStoreUnavailable));
    EXPECT_EQ(answer.status().message().find('\n'), absl::string_view::npos);
  }
}

TEST(SentinelAnswerTest, OtherShapesAreRefused) {
  const Reply address = List({"a", "1"});
  for (const Reply& shape : {Text("a:1"), List({"a"}), List({"a", "1", "2"}), List({}), Error("NOPERM no")}) {
    EXPECT_FALSE(ReadSentinelAnswer(List(kMaster), shape).ok());
  }
  for (const Reply& shape : {Text("x"), List({}), List({"config-epoch"}), List({"config-epoch", "-1"}),
                             List({"config-epoch", "99999999999999999999"}), Error("NOPERM no")}) {
    EXPECT_FALSE(ReadSentinelAnswer(shape, address).ok());
  }
}

TEST(SentinelAnswerTest, TheHighestEpochCountsAndAmongEqualsThePresentAddress) {
  const std::vector<SentinelAnswer> answers = {Says(1, "old"), Says(3, "new"), SentinelAnswer(), Says(3, "same")};
  EXPECT_EQ(BestOf(answers, std::nullopt, "m")->host, "new");
  EXPECT_EQ(BestOf(answers, Says(3, "same").address, "m")->host, "same");
  EXPECT_EQ(BestOf(answers, Says(1, "old").address, "m")->host, "new");
  const std::vector<SentinelAnswer> nobody = {SentinelAnswer(), SentinelAnswer()};
  EXPECT_THAT(BestOf(nobody, std::nullopt, "m\n").status().message(), HasSubstr("no Sentinel knows a primary called"));
}

}  // namespace
}  // namespace oauth1d::storage
