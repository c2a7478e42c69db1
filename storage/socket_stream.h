// A ByteStream over TCP or a Unix socket.
#ifndef OAUTH1D_STORAGE_SOCKET_STREAM_H_
#define OAUTH1D_STORAGE_SOCKET_STREAM_H_

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <vector>

#include "server/base/environment.h"
#include "server/base/event.h"
#include "storage/byte_stream.h"

namespace oauth1d::storage {

class SocketStream : public ByteStream {
 public:
  SocketStream(boost::asio::io_context& loop, Environment& environment);

  Task<> Connect(RedisAddress address, absl::Duration patience) override;
  Task<size_t> ReadSome(absl::Span<char> buffer) override;
  Task<> Write(absl::string_view bytes) override;
  void Close() override;

 private:
  using Endpoint = boost::asio::generic::stream_protocol::endpoint;
  using Lookup = Event<absl::StatusOr<std::vector<Endpoint>>>;

  Task<std::vector<Endpoint>> FindEndpoints(RedisAddress address);
  Task<> ConnectTo(Endpoint endpoint, absl::Duration patience);

  Environment& environment_;
  boost::asio::generic::stream_protocol::socket socket_;
  boost::asio::ip::tcp::resolver resolver_;
  // Shared with the resolver's callback, which comes when getaddrinfo ends, however long ago we gave up.
  const std::shared_ptr<Lookup> lookup_ = std::make_shared<Lookup>();
  bool closed_ = false;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_SOCKET_STREAM_H_
