#include "storage/socket_stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::storage {
namespace {

using boost::asio::redirect_error;
using boost::asio::use_awaitable;
using boost::system::error_code;

absl::Status Trouble(absl::string_view what, const error_code& error) {
  return Fail(Reason::kStoreUnavailable, absl::StrCat(what, ": ", error.message()));
}

absl::Status Closed() { return Fail(Reason::kStoreUnavailable, "the connection was closed"); }

}  // namespace

SocketStream::SocketStream(boost::asio::io_context& loop, Environment& environment)
    : environment_(environment), socket_(loop), resolver_(loop) {}

Task<> SocketStream::Connect(RedisAddress address, absl::Duration patience) {
  CO_ASSIGN_OR_RETURN(const std::vector<Endpoint> endpoints, co_await FindEndpoints(std::move(address)));
  absl::Status status = Fail(Reason::kStoreUnavailable, "the name has no address");
  for (size_t i = 0; i < endpoints.size(); ++i) {
    if (closed_) co_return Closed();
    status = co_await ConnectTo(endpoints[i], patience / static_cast<double>(endpoints.size()));
    if (status.ok()) break;
  }
  co_return status;
}

Task<size_t> SocketStream::ReadSome(absl::Span<char> buffer) {
  error_code error;
  const size_t size = co_await socket_.async_read_some(boost::asio::buffer(buffer.data(), buffer.size()),
                                                       redirect_error(use_awaitable, error));
  if (closed_) co_return Closed();
  if (error) co_return Trouble("cannot read", error);
  co_return size;
}

Task<> SocketStream::Write(absl::string_view bytes) {
  error_code error;
  co_await boost::asio::async_write(socket_, boost::asio::buffer(bytes.data(), bytes.size()),
                                    redirect_error(use_awaitable, error));
  if (closed_) co_return Closed();
  if (error) co_return Trouble("cannot write", error);
  co_return absl::OkStatus();
}

void SocketStream::Close() {
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
  resolver_.cancel();
  lookup_->Set(Closed());
}

Task<std::vector<SocketStream::Endpoint>> SocketStream::FindEndpoints(RedisAddress address) {
  std::vector<Endpoint> endpoints;
  if (!address.path.empty()) {
    endpoints.emplace_back(boost::asio::local::stream_protocol::endpoint(address.path));
    co_return endpoints;
  }
  // RFC 6761 section 6.3: no name server, and no /etc/hosts that may be missing, is asked for localhost.
  if (address.host == "localhost") address.host = "127.0.0.1";
  error_code not_an_address;
  const auto numeric = boost::asio::ip::make_address(address.host, not_an_address);
  if (!not_an_address) {
    endpoints.emplace_back(boost::asio::ip::tcp::endpoint(numeric, address.port));
    co_return endpoints;
  }
  // Not awaited directly: getaddrinfo cannot be interrupted, but whoever waits for it can.
  resolver_.async_resolve(
      address.host, absl::StrCat(address.port), boost::asio::ip::resolver_base::numeric_service,
      [lookup = lookup_](const error_code& error, const boost::asio::ip::tcp::resolver::results_type& results) {
        if (error) {
          lookup->Set(Trouble("cannot look up the name", error));
          return;
        }
        std::vector<Endpoint> found;
        for (const auto& result : results) found.emplace_back(result.endpoint());
        lookup->Set(std::move(found));
      });
  std::optional<absl::StatusOr<std::vector<Endpoint>>> found = co_await lookup_->Wait();
  if (!found.has_value()) co_return Closed();
  co_return *std::move(found);
}

Task<> SocketStream::ConnectTo(Endpoint endpoint, absl::Duration patience) {
  const std::unique_ptr<Alarm> alarm = environment_.NewAlarm(socket_.get_executor());
  alarm->Set(patience, [this] {
    error_code ignored;
    socket_.close(ignored);
  });
  error_code error;
  co_await socket_.async_connect(endpoint, redirect_error(use_awaitable, error));
  error_code ignored;
  if (closed_) co_return Closed();
  if (error) {
    socket_.close(ignored);
    co_return Trouble("cannot connect", error);
  }
  // Fails on a Unix socket, which has nothing to delay.
  socket_.set_option(boost::asio::ip::tcp::no_delay(true), ignored);
  co_return absl::OkStatus();
}

}  // namespace oauth1d::storage
