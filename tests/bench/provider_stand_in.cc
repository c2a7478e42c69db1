#include "tests/bench/provider_stand_in.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>

namespace oauth1d::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

std::string AnswerTo(const std::string& head) {
  std::string body = R"({"id_str":"1001","screen_name":"alice","name":"Alice Example"})";
  if (head.find(" /oauth/request_token ") != std::string::npos) {
    body = "oauth_token=hh5s93j4hdidpola&oauth_token_secret=hdhd0244k9j7ao03&oauth_callback_confirmed=true";
  } else if (head.find(" /oauth/access_token ") != std::string::npos) {
    body = "oauth_token=nnch734d00sl2jdk&oauth_token_secret=pfkkdhi9sl3r4s00&user_id=1001&screen_name=alice";
  }
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

// Requests without a body, one after another.
asio::awaitable<void> Serve(tcp::socket socket) {
  std::string buffer;
  boost::system::error_code error;
  for (;;) {
    const size_t size = co_await asio::async_read_until(socket, asio::dynamic_buffer(buffer), "\r\n\r\n",
                                                        asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    const std::string answer = AnswerTo(buffer.substr(0, size));
    buffer.erase(0, size);
    co_await asio::async_write(socket, asio::buffer(answer), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
  }
}

asio::awaitable<void> Accept(tcp::acceptor& acceptor) {
  boost::system::error_code error;
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    socket.set_option(tcp::no_delay(true), error);
    asio::co_spawn(acceptor.get_executor(), Serve(std::move(socket)), asio::detached);
  }
}

}  // namespace

ProviderStandIn::ProviderStandIn()
    : acceptor_(loop_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), thread_([this] {
        asio::co_spawn(loop_, Accept(acceptor_), asio::detached);
        loop_.run();
      }) {}

ProviderStandIn::~ProviderStandIn() {
  loop_.stop();
  thread_.join();
}

}  // namespace oauth1d::bench
