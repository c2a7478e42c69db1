#include "server/egress/socket.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "server/base/failure.h"
#include "server/egress/cancelled.h"

namespace oauth1d::egress {
namespace {

using boost::asio::ip::tcp;
using Outcome = Step::Outcome;

Step StepOf(const boost::system::error_code& error, size_t bytes, Outcome if_blocked) {
  Step step;
  step.bytes = bytes;
  if (!error) {
    step.outcome = Outcome::kDone;
  } else if (error == boost::asio::error::would_block || error == boost::asio::error::try_again) {
    step.outcome = if_blocked;
  } else if (error == boost::asio::error::eof) {
    step.outcome = Outcome::kEnd;
  }
  return step;
}

}  // namespace

Socket::Socket(tcp::socket socket, Environment& environment, std::shared_ptr<OpenSockets> open_sockets)
    : socket_(std::move(socket)), environment_(environment), open_sockets_(std::move(open_sockets)) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  // A request leaves in one write; waiting for the acknowledgement of the one before would only delay it.
  socket_.set_option(tcp::no_delay(true), ignored);
  open_sockets_->Add(this);
}

Socket::~Socket() { open_sockets_->Remove(this); }

Step Socket::Read(absl::Span<char> into) {
  boost::system::error_code error;
  const size_t bytes = socket_.read_some(boost::asio::buffer(into.data(), into.size()), error);
  bytes_in_ += bytes;
  return StepOf(error, bytes, Outcome::kWantRead);
}

Step Socket::Write(absl::string_view first, absl::string_view second) {
  std::array<boost::asio::const_buffer, 2> buffers;
  buffers[0] = boost::asio::const_buffer(first.data(), first.size());
  buffers[1] = boost::asio::const_buffer(second.data(), second.size());
  boost::system::error_code error;
  const size_t bytes = socket_.write_some(buffers, error);
  bytes_out_ += bytes;
  return StepOf(error, bytes, Outcome::kWantWrite);
}

bool Socket::Quiet() {
  char byte;
  boost::system::error_code error;
  socket_.receive(boost::asio::buffer(&byte, 1), tcp::socket::message_peek, error);
  return error == boost::asio::error::would_block || error == boost::asio::error::try_again;
}

Task<> Socket::Wait(Outcome what, TimeLimit limit) {
  if (co_await Cancelled()) co_return absl::CancelledError("cancelled");
  if (limit.at.Passed(environment_)) co_return ExpiryError(limit.expiry);
  Waiter& waiter = waiters_[0].waiting ? waiters_[1] : waiters_[0];
  if (waiter.alarm == nullptr) waiter.alarm = environment_.NewAlarm(socket_.get_executor());
  waiter.waiting = true;
  waiter.expired = false;
  waiter.alarm->Set(limit.at.Remaining(environment_), [this, &waiter] {
    waiter.expired = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);  // both; the other one tries again
  });
  const tcp::socket::wait_type type = what == Outcome::kWantWrite ? tcp::socket::wait_write : tcp::socket::wait_read;
  boost::system::error_code error;
  co_await socket_.async_wait(type, boost::asio::redirect_error(boost::asio::use_awaitable, error));
  waiter.alarm->Cancel();
  waiter.waiting = false;
  if (co_await Cancelled()) co_return absl::CancelledError("cancelled");
  if (!socket_.is_open()) co_return Fail(Reason::kProviderUnreachable, "shutting down");
  if (error && waiter.expired) co_return ExpiryError(limit.expiry);
  co_return absl::OkStatus();
}

boost::asio::ip::address Socket::peer() const {
  boost::system::error_code error;
  const tcp::endpoint endpoint = socket_.remote_endpoint(error);
  return error ? boost::asio::ip::address() : endpoint.address();
}

boost::asio::ip::address Socket::local() const {
  boost::system::error_code error;
  const tcp::endpoint endpoint = socket_.local_endpoint(error);
  return error ? boost::asio::ip::address() : endpoint.address();
}

void Socket::Close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace oauth1d::egress
