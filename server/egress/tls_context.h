// Whom TLS trusts, and the sessions that can be resumed.
#ifndef OAUTH1D_SERVER_EGRESS_TLS_CONTEXT_H_
#define OAUTH1D_SERVER_EGRESS_TLS_CONTEXT_H_

#include <openssl/ssl.h>

#include <deque>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oauth1d::egress {

struct SslContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct SslSessionFree {
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SslContextPointer = std::unique_ptr<SSL_CTX, SslContextFree>;
using SslPointer = std::unique_ptr<SSL, SslFree>;
using SslSessionPointer = std::unique_ptr<SSL_SESSION, SslSessionFree>;

// Sessions of one origin under one set of rules.
class TlsSessions {
 public:
  // The newest, or null. A TLS 1.3 ticket is given out once (RFC 8446, appendix C.4).
  SslSessionPointer Take();
  void Keep(SslSessionPointer session);

 private:
  std::deque<SslSessionPointer> sessions_;
};

// Trust settings: TLS 1.2 or later, the peer is always verified. Used on one loop.
class TlsContext {
 public:
  // `ca_pem`: the certificates to trust; empty: the system's. Nothing comes from SSL_CERT_FILE or SSL_CERT_DIR.
  // kInvalidArgument if there is no certificate in it.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Create(absl::string_view ca_pem);

  // A client's half of a connection to `host`, which the peer's certificate must name. Sessions go to `sessions`.
  absl::StatusOr<SslPointer> NewConnection(const std::string& host, std::shared_ptr<TlsSessions> sessions) const;

 private:
  explicit TlsContext(SslContextPointer context) : context_(std::move(context)) {}

  const SslContextPointer context_;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_TLS_CONTEXT_H_
