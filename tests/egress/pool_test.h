// What the tests of the pool share: a loop, a clock that stands still, and a pool that may go to loopback.
#ifndef OAUTH1D_TESTS_EGRESS_POOL_TEST_H_
#define OAUTH1D_TESTS_EGRESS_POOL_TEST_H_

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <utility>

#include "server/egress/http_pool.h"
#include "tests/egress/scripted_server.h"
#include "tests/support/fake_environment.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::egress {

inline constexpr char kOk[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline AddressBlock Block(absl::string_view text) { return *ParseAddressBlock(text); }

class PoolTest : public ::testing::Test {
 protected:
  PoolTest() { Rebuild(HttpPoolOptions()); }

  void Rebuild(HttpPoolOptions options) {
    pool_.reset();
    pool_ = std::make_unique<HttpPool>(loop_, environment_, std::move(options));
  }

  // Plain http to loopback is allowed.
  static std::shared_ptr<NetworkRules> LoopbackRules() {
    auto rules = std::make_shared<NetworkRules>();
    rules->allow_plain_http = true;
    rules->allow_blocks.push_back(Block("127.0.0.0/8"));
    return rules;
  }

  HttpRequest Request(uint16_t port, std::string method = "GET", std::string target = "/") {
    HttpRequest request;
    request.origin.tls = false;
    request.origin.host = "127.0.0.1";
    request.origin.port = port;
    request.rules = rules_;
    request.method = std::move(method);
    request.target = std::move(target);
    request.max_answer_body = 1024 * 1024;
    request.may_use_stale_connection = true;
    return request;
  }

  auto Start(HttpRequest request, absl::Duration time = absl::Seconds(25)) {
    const Deadline deadline = Deadline::After(environment_, time);
    return StartTask(loop_, [this, request = std::move(request), deadline] { return pool_->Send(request, deadline); });
  }

  absl::StatusOr<HttpResponse> Send(HttpRequest request, absl::Duration time = absl::Seconds(25)) {
    const auto running = Start(std::move(request), time);
    if (!RunUntil(loop_, [&] { return running->done(); })) ADD_FAILURE() << "no answer, no error";
    return running->done() ? *std::move(running->result) : absl::InternalError("the test waits no longer");
  }

  // On the loop, as in the service. Emitted outside of it, Asio 1.81 would post the cancellation with a pointer to a
  // signal that dies with the task.
  template <typename Result>
  void Cancel(const std::shared_ptr<Running<Result>>& running) {
    boost::asio::post(loop_, [running] { running->cancellation.emit(boost::asio::cancellation_type::terminal); });
  }

  // Runs the loop until `time` of real time has passed.
  void RunFor(std::chrono::milliseconds time) {
    RunUntil(
        loop_, [] { return false; }, time);
  }

  FakeEnvironment environment_;
  boost::asio::io_context loop_;
  std::shared_ptr<NetworkRules> rules_ = LoopbackRules();
  std::unique_ptr<HttpPool> pool_;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_TESTS_EGRESS_POOL_TEST_H_
