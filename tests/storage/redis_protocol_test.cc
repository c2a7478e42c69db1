#include "storage/redis_protocol.h"

#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::storage {
namespace {

constexpr char kConversation[] =
    "+OK\r\n"
    "-OOM command not allowed\r\n"
    ":-42\r\n"
    "$-1\r\n"
    "*-1\r\n"
    "$0\r\n\r\n"
    "*3\r\n$4\r\na\r\nb\r\n:9223372036854775807\r\n*2\r\n+in\r\n$-1\r\n"
    "*0\r\n";

std::string Describe(const Reply& reply) {
  switch (reply.type) {
    case Reply::Type::kNil:
      return "nil";
    case Reply::Type::kStatus:
      return "+" + reply.text;
    case Reply::Type::kError:
      return "-" + reply.text;
    case Reply::Type::kString:
      return "'" + reply.text + "'";
    case Reply::Type::kInteger:
      return absl::StrCat(reply.integer);
    case Reply::Type::kArray:
      break;
  }
  std::string text = "[";
  for (const Reply& element : reply.elements) absl::StrAppend(&text, Describe(element), " ");
  return text + "]";
}

constexpr char kMeaning[] =
    "+OK|-OOM command not allowed|-42|nil|nil|''|['a\r\nb' 9223372036854775807 [+in nil ] ]|[]|";

// Everything that can be read now, and the error that ended it, if one did.
absl::Status ReadAll(ReplyReader& reader, std::string& replies) {
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<Reply> reply, reader.Next());
    if (!reply.has_value()) return absl::OkStatus();
    absl::StrAppend(&replies, Describe(*reply), "|");
  }
}

TEST(AppendCommandTest, ArgumentsAreBytes) {
  std::string out = "before";
  const std::vector<std::string> command = {"SET", std::string("a\0\r\n", 4), ""};
  AppendCommand(out, absl::Span<const std::string>(command));
  EXPECT_EQ(out, std::string("before*3\r\n$3\r\nSET\r\n$4\r\na\0\r\n\r\n$0\r\n\r\n", 35));
}

TEST(ReplyReaderTest, ReadsEveryKindWholeOrByteByByte) {
  const std::string conversation(kConversation, sizeof(kConversation) - 1);
  for (const size_t piece : {conversation.size(), size_t{1}, size_t{2}, size_t{7}}) {
    ReplyReader reader;
    std::string replies;
    for (size_t at = 0; at < conversation.size(); at += piece) {
      reader.Feed(absl::string_view(conversation).substr(at, piece));
      ASSERT_THAT(ReadAll(reader, replies), IsOk());
    }
    EXPECT_EQ(replies, kMeaning) << piece;
  }
}

TEST(ReplyReaderTest, TellsTheKindOfAnError) {
  ReplyReader reader;
  reader.Feed("-READONLY You can't write\r\n-LOADING\r\n+READONLY no error\r\n");
  for (const absl::string_view code : {"READONLY", "LOADING", ""}) {
    ASSERT_OK_AND_ASSIGN(const std::optional<Reply> reply, reader.Next());
    ASSERT_TRUE(reply.has_value());
    EXPECT_EQ(reply->ErrorCode(), code);
  }
}

TEST(ReplyReaderTest, WhatIsNotTheProtocolIsAnErrorForGood) {
  for (const absl::string_view garbage :
       {"HTTP/1.1 400 Bad Request\r\n", "\r\n", "$-2\r\n", "$x\r\n", ":1x\r\n", ":99999999999999999999\r\n", "*-2\r\n",
        "*2147483648\r\n", "%1\r\n+a\r\n+b\r\n", "_\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"}) {
    ReplyReader reader;
    reader.Feed(garbage);
    EXPECT_THAT(reader.Next(), FailsWith(Reason::kStoreUnavailable)) << garbage;
    reader.Feed("+OK\r\n");
    EXPECT_THAT(reader.Next(), FailsWith(Reason::kStoreUnavailable)) << garbage;
  }
}

TEST(ReplyReaderTest, RepliesAreBounded) {
  {
    ReplyReader many;
    many.Feed(absl::StrCat("*", ReplyReader::kMaxReplyElements + 1, "\r\n"));
    EXPECT_THAT(many.Next(), FailsWith(Reason::kStoreUnavailable));
  }
  {
    ReplyReader nested;
    nested.Feed("*2\r\n*4000\r\n");
    for (int i = 0; i < 4000; ++i) nested.Feed(":1\r\n");
    nested.Feed("*4000\r\n");
    EXPECT_THAT(nested.Next(), FailsWith(Reason::kStoreUnavailable));
  }
  {
    // Announced as huge: kept only up to the bound.
    ReplyReader large;
    large.Feed("$1000000000\r\n");
    const std::string piece(size_t{1} << 20, 'x');
    absl::Status status;
    int pieces = 0;
    while (status.ok() && pieces < 100) {
      large.Feed(piece);
      ++pieces;
      status = large.Next().status();
    }
    EXPECT_THAT(status, FailsWith(Reason::kStoreUnavailable));
    EXPECT_EQ(pieces, 8);
  }
  {
    // Many strings that are large together.
    ReplyReader sum;
    const std::string piece = absl::StrCat("$1048576\r\n", std::string(size_t{1} << 20, 'x'), "\r\n");
    sum.Feed("*100\r\n");
    absl::Status status;
    int pieces = 0;
    while (status.ok() && pieces < 100) {
      sum.Feed(piece);
      ++pieces;
      status = sum.Next().status();
    }
    EXPECT_THAT(status, FailsWith(Reason::kStoreUnavailable));
    EXPECT_EQ(pieces, 9);
  }
}

TEST(ReplyReaderTest, RepliesOfUsualSizeNeverAddUp) {
  ReplyReader reader;
  const std::string reply = absl::StrCat("*2\r\n$1048576\r\n", std::string(size_t{1} << 20, 'x'), "\r\n:1\r\n");
  for (int i = 0; i < 20; ++i) {
    reader.Feed(reply);
    std::string replies;
    ASSERT_THAT(ReadAll(reader, replies), IsOk());
    EXPECT_EQ(replies.size(), (size_t{1} << 20) + 8);
  }
}

// A real conversation with some bytes changed, cut anywhere: ends in replies or one error, never worse.
TEST(ReplyReaderTest, GarbledConversationsEndCleanly) {
  std::mt19937 random(7);
  const std::string conversation(kConversation, sizeof(kConversation) - 1);
  constexpr absl::string_view kSpice = "\r\n+-:$*0123456789\0\xff%_>";
  int errors = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string garbled = conversation;
    for (size_t change = 1 + random() % 4; change > 0; --change) {
      garbled[random() % garbled.size()] = kSpice[random() % kSpice.size()];
    }
    ReplyReader reader;
    std::string replies;
    absl::Status status;
    for (size_t at = 0; at < garbled.size() && status.ok();) {
      const size_t piece = 1 + random() % 16;
      reader.Feed(absl::string_view(garbled).substr(at, piece));
      at += piece;
      status = ReadAll(reader, replies);
    }
    errors += status.ok() ? 0 : 1;
  }
  EXPECT_GT(errors, 1000);
}

}  // namespace
}  // namespace oauth1d::storage
