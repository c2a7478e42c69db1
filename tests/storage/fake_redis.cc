#include "tests/storage/fake_redis.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "absl/strings/str_cat.h"
#include "storage/redis_protocol.h"

namespace oauth1d::storage {
namespace {

using boost::asio::redirect_error;
using boost::asio::use_awaitable;
using boost::asio::ip::tcp;

bool IsOfAGreeting(const FakeRedis::Words& command) {
  const std::string& word = command[0];
  return word == "AUTH" || word == "PING" || word == "INFO" || word == "ROLE" ||
         std::count(command.begin(), command.end(), "oauth1d:greeting") > 0;
}

}  // namespace

FakeRedis::FakeRedis(boost::asio::io_context& loop, Answer answer)
    : loop_(loop),
      answer_(std::move(answer)),
      acceptor_(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
  boost::asio::co_spawn(loop_, Accept(alive_), boost::asio::detached);
}

FakeRedis::~FakeRedis() {
  *alive_ = false;
  HangUp();
}

std::string FakeRedis::Bulk(absl::string_view text) { return absl::StrCat("$", text.size(), "\r\n", text, "\r\n"); }

std::optional<std::string> FakeRedis::GoodServer(const Words& command) {
  if (command[0] == "PING") return "+PONG\r\n";
  if (command[0] == "ROLE") return "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n";
  if (command[0] == "INFO" && command[1] == "server") return Bulk("# Server\r\nredis_version:7.0.15\r\n");
  if (command[0] == "INFO") return Bulk("# Memory\r\nmaxmemory_policy:noeviction\r\n");
  return "+OK\r\n";
}

std::optional<std::string> FakeRedis::OnlyGreets(const Words& command) {
  return IsOfAGreeting(command) ? GoodServer(command) : std::nullopt;
}

std::string FakeRedis::address() const { return absl::StrCat("127.0.0.1:", acceptor_.local_endpoint().port()); }

void FakeRedis::Say(std::string bytes) {
  boost::system::error_code ignored;
  boost::asio::write(*sockets_.back(), boost::asio::buffer(bytes), ignored);
}

void FakeRedis::HangUp() {
  boost::system::error_code ignored;
  for (const Socket& socket : sockets_) socket->close(ignored);
}

boost::asio::awaitable<void> FakeRedis::Accept(std::shared_ptr<bool> alive) {
  while (*alive) {
    boost::system::error_code error;
    auto socket = std::make_shared<tcp::socket>(loop_);
    co_await acceptor_.async_accept(*socket, redirect_error(use_awaitable, error));
    if (error || !*alive) co_return;
    sockets_.push_back(socket);
    boost::asio::co_spawn(loop_, Serve(socket, alive), boost::asio::detached);
  }
}

boost::asio::awaitable<void> FakeRedis::Serve(Socket socket, std::shared_ptr<bool> alive) {
  ReplyReader reader;  // a command is an array of strings, as a reply may be
  std::array<char, 65536> incoming;
  while (true) {
    boost::system::error_code error;
    const size_t size =
        co_await socket->async_read_some(boost::asio::buffer(incoming), redirect_error(use_awaitable, error));
    if (error || !*alive) co_return;
    reader.Feed(absl::string_view(incoming.data(), size));
    std::string answers;
    bool commands = false;
    while (true) {
      absl::StatusOr<std::optional<Reply>> next = reader.Next();
      if (!next.ok()) co_return;
      if (!next->has_value()) break;
      Words words;
      for (Reply& word : (*next)->elements) words.push_back(std::move(word.text));
      answers += answer_(words).value_or("");
      if (IsOfAGreeting(words)) continue;
      commands = true;
      commands_.push_back(std::move(words));
    }
    reads_with_commands_ += commands ? 1 : 0;
    co_await boost::asio::async_write(*socket, boost::asio::buffer(answers), redirect_error(use_awaitable, error));
    if (error || !*alive) co_return;
  }
}

}  // namespace oauth1d::storage
