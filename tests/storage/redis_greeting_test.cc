#include "storage/redis_greeting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"

namespace oauth1d::storage {
namespace {

using ::testing::AllOf;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::Not;

Reply Text(Reply::Type type, std::string text) {
  Reply reply;
  reply.type = type;
  reply.text = std::move(text);
  return reply;
}

// What a server says to PING, INFO server, INFO memory, ROLE, and to the commands that try our rights.
struct Answers {
  Reply ping = Text(Reply::Type::kStatus, "PONG");
  std::string version = "7.0.15";
  std::string policy = "noeviction";
  std::string role = "master";
  std::map<size_t, std::string> errors;  // to the tried commands: get, set, pttl, del, eval, evalsha

  std::vector<Reply> ToReplies() const {
    Reply role_reply;
    role_reply.type = Reply::Type::kArray;
    role_reply.elements = {Text(Reply::Type::kString, role)};
    std::vector<Reply> replies = {
        ping, Text(Reply::Type::kString, "# Server\r\nredis_version:" + version + "\r\nredis_mode:standalone\r\n"),
        Text(Reply::Type::kString, "# Memory\r\nused_memory:1\r\nmaxmemory_policy:" + policy + "\r\n"), role_reply};
    for (size_t i = 0; i < 6; ++i) {
      const auto error = errors.find(i);
      replies.push_back(error == errors.end() ? Text(Reply::Type::kNil, "") : Text(Reply::Type::kError, error->second));
    }
    return replies;
  }
};

Verdict Judge(const Answers& answers) { return JudgeGreeting(RedisOptions("r:1"), answers.ToReplies()); }

auto Says(StoreState state, const std::string& why) {
  return AllOf(Field("state", &Verdict::state, state), Field("why", &Verdict::why, HasSubstr(why)));
}

TEST(RedisGreetingTest, AGoodServerIsUp) {
  const Verdict verdict = Judge(Answers());
  EXPECT_EQ(verdict.state, StoreState::kUp);
  EXPECT_EQ(verdict.why, "");
}

TEST(RedisGreetingTest, VersionsBeforeSevenAreUnsuitable) {
  Answers answers;
  for (const char* version : {"6.2.14", "5.0.0", "", "x", "7x"}) {
    answers.version = version;
    EXPECT_THAT(Judge(answers), Says(StoreState::kUnsuitable, "")) << version;
  }
  answers.version = "6.2.14";
  EXPECT_THAT(Judge(answers), Says(StoreState::kUnsuitable, "Redis 6.2.14 is too old"));
  answers.version = "10.1";
  EXPECT_THAT(Judge(answers), Says(StoreState::kUp, ""));
}

TEST(RedisGreetingTest, EvictionOfAnyKeyIsUnsuitable) {
  Answers answers;
  for (const char* policy : {"allkeys-lru", "allkeys-lfu", "allkeys-random"}) {
    answers.policy = policy;
    EXPECT_THAT(Judge(answers), Says(StoreState::kUnsuitable, policy));
  }
  answers.policy = "";
  EXPECT_THAT(Judge(answers), Says(StoreState::kUnsuitable, "does not tell"));
  answers.policy = "volatile-lru";
  EXPECT_THAT(Judge(answers), Says(StoreState::kUp, "volatile-lru drops pending logins"));
}

TEST(RedisGreetingTest, WhatMayMendItselfIsDown) {
  Answers answers;
  answers.role = "slave";
  EXPECT_THAT(Judge(answers), Says(StoreState::kDown, "no master"));
  answers = Answers();
  answers.ping = Text(Reply::Type::kError, "LOADING Redis is loading\x01");
  EXPECT_THAT(Judge(answers), Says(StoreState::kDown, "LOADING Redis is loading\\x01"));
  EXPECT_THAT(JudgeGreeting(RedisOptions("r:1"), {}), Says(StoreState::kDown, "cut short"));
}

TEST(RedisGreetingTest, AMissingRightIsDownAndNamed) {
  const char* const names[] = {"get", "set", "pttl", "del", "eval", "evalsha"};
  for (size_t i = 0; i < 6; ++i) {
    Answers answers;
    answers.errors[i] = "NOPERM this user has no permissions to run it\x01";
    EXPECT_THAT(Judge(answers), Says(StoreState::kDown, absl::StrCat("on oauth1d:*: ", names[i],
                                                                     " (NOPERM this user has "
                                                                     "no permissions to run it\\x01)")));
  }
  Answers answers;
  answers.errors = {{1, "NOPERM no"}, {4, "NOPERM no"}, {5, "NOPERM no"}};
  EXPECT_THAT(Judge(answers), Says(StoreState::kDown, "on oauth1d:*: set, eval, evalsha (NOPERM no)"));
}

TEST(RedisGreetingTest, WhatElseTheTriedCommandsAreToldIsOfNoAccount) {
  Answers answers;
  answers.errors = {{1, "OOM command not allowed"}, {3, "NOREPLICAS"}, {5, "NOSCRIPT No matching script"}};
  EXPECT_THAT(Judge(answers), Says(StoreState::kUp, ""));
}

TEST(RedisGreetingTest, AuthenticatesAsItIsTold) {
  RedisOptions options("r:1");
  EXPECT_THAT(EncodeGreeting(options), Not(HasSubstr("AUTH")));
  EXPECT_EQ(GreetingReplies(options), 10U);
  options.password = Secret("p w");
  EXPECT_THAT(EncodeGreeting(options), HasSubstr("*2\r\n$4\r\nAUTH\r\n$3\r\np w\r\n"));
  options.username = "oauth1d";
  EXPECT_THAT(EncodeGreeting(options), HasSubstr("*3\r\n$4\r\nAUTH\r\n$7\r\noauth1d\r\n$3\r\np w\r\n"));
  EXPECT_EQ(GreetingReplies(options), 11U);
}

}  // namespace
}  // namespace oauth1d::storage
