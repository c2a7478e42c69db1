// The bytes of one connection, plain or through TLS.
#ifndef OAUTH1D_SERVER_EGRESS_STREAM_H_
#define OAUTH1D_SERVER_EGRESS_STREAM_H_

#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "server/egress/socket.h"

namespace oauth1d::egress {

class Stream {
 public:
  virtual ~Stream() = default;
  // None of these waits: that is done on socket().
  virtual Step Read(absl::Span<char> into) = 0;
  // Bytes of `second` only after all of `first`. After anything but kDone the same bytes must come again.
  virtual Step Write(absl::string_view first, absl::string_view second) = 0;
  // Whether nothing has arrived since the last answer.
  virtual bool Quiet() = 0;
  // Whether reading makes sense after a Write that was kBroken: the peer may have answered before it hung up.
  virtual bool ReadsAfterBrokenWrite() const = 0;
  virtual Socket& socket() = 0;
};

class PlainStream : public Stream {
 public:
  explicit PlainStream(std::unique_ptr<Socket> socket) : socket_(std::move(socket)) {}

  Step Read(absl::Span<char> into) override { return socket_->Read(into); }
  Step Write(absl::string_view first, absl::string_view second) override { return socket_->Write(first, second); }
  bool Quiet() override { return socket_->Quiet(); }
  bool ReadsAfterBrokenWrite() const override { return true; }
  Socket& socket() override { return *socket_; }

 private:
  const std::unique_ptr<Socket> socket_;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_STREAM_H_
