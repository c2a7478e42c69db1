#include "client/cli/transfer_arguments.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "client/cli/part_argument.h"
#include "tests/client/scratch_folder.h"

namespace oauth1d::cli {
namespace {

class TransferArgumentsTest : public ::testing::Test {
 protected:
  TransferArgumentsTest() {
    command_.provider = "twitter";
    command_.words = {"items"};
    command_.application = true;
  }

  v1::HttpCall Call() { return PrepareTransfer(command_).request.call(); }
  std::string File(const std::string& name, const std::string& text) {
    std::ofstream(scratch_.path() + "/" + name, std::ios::binary) << text;
    return scratch_.path() + "/" + name;
  }
  static std::string Drain(const StreamedBody& body) {
    std::string text;
    char piece[70'000];
    for (ssize_t size = 0; (size = body.read(piece, sizeof piece)) > 0;) text.append(piece, static_cast<size_t>(size));
    return text;
  }

  const ScratchFolder scratch_;
  TransferCommand command_;
};

TEST_F(TransferArgumentsTest, ChoosesTheMethodAsCurlDoes) {
  EXPECT_EQ(Call().method(), "GET");
  command_.words = {"post", "items"};
  EXPECT_EQ(Call().method(), "POST");
  EXPECT_EQ(Call().url(), "items");
  command_.explicit_method = "POST";
  EXPECT_EQ(Call().method(), "POST");
  command_.explicit_method = "GET";
  EXPECT_THROW(Call(), std::runtime_error);
  command_.words = {"items"};
  command_.explicit_method = "";
  command_.data = {"a=b"};
  EXPECT_EQ(Call().method(), "POST");
  command_.data_in_query = true;
  EXPECT_EQ(Call().method(), "GET");
  EXPECT_EQ(Call().url(), "items?a=b");
}

TEST_F(TransferArgumentsTest, JoinsDataInItsOrder) {
  command_.data = {"a=1", "@" + File("data", "b=2\r\n")};
  command_.binary_data = {"@" + File("binary", "c\n")};
  command_.encoded_data = {"d=x y", "e f", "=g&", "h@" + File("text", "\xc3\xa9\n")};
  EXPECT_EQ(Call().body(), "a=1&b=2&c\n&d=x%20y&e%20f&g%26&h=%C3%A9%0A");
  EXPECT_EQ(Call().content_type(), "application/x-www-form-urlencoded");
}

TEST_F(TransferArgumentsTest, AHeaderMayNameTheTypeOfABody) {
  command_.headers = {"Content-TYPE:  application/json ", "X-A: 1"};
  command_.data = {"{}"};
  EXPECT_EQ(Call().content_type(), "application/json");
  ASSERT_EQ(Call().headers_size(), 1);
  EXPECT_EQ(Call().headers(0).name(), "X-A");
}

TEST_F(TransferArgumentsTest, PartsAreTextsAndFiles) {
  const PartArgument text = ParsePart("a=b=c;type=text/csv");
  EXPECT_EQ(text.name + "|" + text.text + "|" + text.content_type, "a|b=c|text/csv");
  const PartArgument file = ParsePart("a=@/tmp/x.png;filename=y.png;type=image/png");
  EXPECT_EQ(file.file + "|" + file.filename + "|" + file.content_type, "/tmp/x.png|y.png|image/png");
  EXPECT_EQ(ParsePart("a=@/tmp/x.png").filename, "x.png");
  EXPECT_EQ(ParsePart("a=<x").filename, "");
  EXPECT_EQ(ParsePart("a=semi;colon").text, "semi;colon");
  EXPECT_THROW(ParsePart("nothing"), std::runtime_error);
}

TEST_F(TransferArgumentsTest, WhatIsSmallIsOneMessage) {
  command_.data = {std::string(1000, 'x')};
  EXPECT_FALSE(PrepareTransfer(command_).streamed);
  command_.output = "-";
  EXPECT_TRUE(PrepareTransfer(command_).streamed) << "an answer may be of any size";
}

TEST_F(TransferArgumentsTest, WhatIsLargeIsStreamed) {
  const std::string large(4 << 20, 'x');
  command_.binary_data = {"@" + File("large", large)};
  Transfer transfer = PrepareTransfer(command_);
  ASSERT_TRUE(transfer.streamed && transfer.body.has_value());
  EXPECT_EQ(transfer.request.call().content_length(), large.size());
  EXPECT_TRUE(transfer.request.call().body().empty());
  EXPECT_EQ(Drain(*transfer.body), large);
}

TEST_F(TransferArgumentsTest, TheLastPartMayBeLarge) {
  const std::string large(4 << 20, 'x');
  command_.parts = {"title=film", "media=@" + File("film", large)};
  const Transfer transfer = PrepareTransfer(command_);
  ASSERT_TRUE(transfer.body.has_value());
  EXPECT_EQ(transfer.request.call().multipart().parts_size(), 2);
  EXPECT_TRUE(transfer.request.call().multipart().parts(1).data().empty());
  EXPECT_EQ(transfer.request.call().content_length(), large.size());
  command_.parts = {"media=@" + scratch_.path() + "/film", "title=film"};
  EXPECT_THROW(PrepareTransfer(command_), std::runtime_error);
}

TEST_F(TransferArgumentsTest, RefusesWhatCannotBe) {
  command_.data = {"a=b"};
  command_.form = {"c=d"};
  EXPECT_THROW(Call(), std::runtime_error);
  command_.form = {};
  command_.data = {"@" + scratch_.path() + "/missing"};
  EXPECT_THROW(Call(), std::runtime_error);
  command_.data = {};
  command_.data_in_query = true;
  EXPECT_THROW(Call(), std::runtime_error);
  command_.data_in_query = false;
  command_.upload_file = scratch_.path();
  EXPECT_THROW(Call(), std::runtime_error);
  command_.upload_file = "";
  command_.words = {"GET", "a", "b"};
  EXPECT_THROW(Call(), std::runtime_error);
}

}  // namespace
}  // namespace oauth1d::cli
