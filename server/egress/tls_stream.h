// TLS over a Socket.
#ifndef OAUTH1D_SERVER_EGRESS_TLS_STREAM_H_
#define OAUTH1D_SERVER_EGRESS_TLS_STREAM_H_

#include <openssl/bio.h>

#include <memory>

#include "server/base/task.h"
#include "server/egress/stream.h"
#include "server/egress/time_limit.h"
#include "server/egress/tls_context.h"

namespace oauth1d::egress {

// OpenSSL reads and writes the socket itself, so that it is known to the byte what the kernel took.
class TlsStream : public Stream {
 public:
  // `ssl` as from TlsContext::NewConnection.
  TlsStream(SslPointer ssl, std::unique_ptr<Socket> socket);
  ~TlsStream() override;

  // To be called first. OK: the peer is who it should be.
  // Errors: PROVIDER_UNREACHABLE: no TLS, or no trust; and Socket::Wait's.
  Task<> Handshake(TimeLimit limit);

  Step Read(absl::Span<char> into) override;
  Step Write(absl::string_view first, absl::string_view second) override;
  bool Quiet() override;
  // Only where the socket died under the write: OpenSSL does not hear of that (SSL_get_error(3)).
  bool ReadsAfterBrokenWrite() const override { return wire_.dead && !broken_; }
  Socket& socket() override { return *socket_; }

 private:
  // What OpenSSL writes to.
  struct Wire {
    Socket* socket;
    bool dead = false;  // for writing
  };

  static int ReadSocket(BIO* bio, char* into, size_t size, size_t* read);
  static int WriteSocket(BIO* bio, const char* bytes, size_t size, size_t* written);
  static const BIO_METHOD* SocketBio();
  Step StepOf(int result, size_t bytes);

  const std::unique_ptr<Socket> socket_;
  Wire wire_;
  const SslPointer ssl_;
  bool broken_ = false;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_TLS_STREAM_H_
