// A server that speaks Redis's protocol and says what a test tells it to say: other versions, silence, garbage.
#ifndef OAUTH1D_TESTS_STORAGE_FAKE_REDIS_H_
#define OAUTH1D_TESTS_STORAGE_FAKE_REDIS_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/base/task.h"

namespace oauth1d::storage {

// Runs on the loop of the test, on a free port of loopback.
class FakeRedis {
 public:
  using Words = std::vector<std::string>;
  // The bytes that answer a command; nothing: no answer (yet).
  using Answer = std::function<std::optional<std::string>(const Words& command)>;

  explicit FakeRedis(boost::asio::io_context& loop, Answer answer = GoodServer);
  ~FakeRedis();
  FakeRedis(const FakeRedis&) = delete;
  FakeRedis& operator=(const FakeRedis&) = delete;

  // What a server says that passes every check; +OK to what it does not know.
  static std::optional<std::string> GoodServer(const Words& command);
  // As GoodServer to the greeting, and no answer to anything else.
  static std::optional<std::string> OnlyGreets(const Words& command);
  static std::string Bulk(absl::string_view text);

  std::string address() const;
  int connections() const { return static_cast<int>(sockets_.size()); }
  // All commands so far but those of greetings.
  const std::vector<Words>& commands() const { return commands_; }
  // How many reads brought commands of that kind.
  int reads_with_commands() const { return reads_with_commands_; }

  void SetAnswer(Answer answer) { answer_ = std::move(answer); }
  // Says this on the newest connection, asked or not.
  void Say(std::string bytes);
  // Closes all connections; new ones are welcome.
  void HangUp();

 private:
  using Socket = std::shared_ptr<boost::asio::ip::tcp::socket>;

  boost::asio::awaitable<void> Accept(std::shared_ptr<bool> alive);
  boost::asio::awaitable<void> Serve(Socket socket, std::shared_ptr<bool> alive);

  boost::asio::io_context& loop_;
  Answer answer_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<Socket> sockets_;
  std::vector<Words> commands_;
  int reads_with_commands_ = 0;
  // Tells a coroutine that this is still there.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_TESTS_STORAGE_FAKE_REDIS_H_
