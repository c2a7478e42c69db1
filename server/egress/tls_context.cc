#include "server/egress/tls_context.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <utility>

namespace oauth1d::egress {
namespace {

constexpr size_t kMostSessions = 4;
constexpr int kLeastSecurityLevel = 2;  // Debian's own: keys of 112 bits, no SHA-1 signatures, no anonymous peers

// Each SSL owns a share of its origin's sessions: it may outlive the pool that made it.
void FreeSessions(void*, void* sessions, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<std::shared_ptr<TlsSessions>*>(sessions);
}
int SessionsIndex() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, &FreeSessions);
  return index;
}

int OnNewSession(SSL* ssl, SSL_SESSION* session) {
  auto* const sessions = static_cast<std::shared_ptr<TlsSessions>*>(SSL_get_ex_data(ssl, SessionsIndex()));
  if (sessions == nullptr) return 0;
  (*sessions)->Keep(SslSessionPointer(session));
  return 1;
}

bool TrustPem(SSL_CTX* context, absl::string_view ca_pem) {
  const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new_mem_buf(ca_pem.data(), static_cast<int>(ca_pem.size())),
                                                &BIO_free);
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  int certificates = 0;
  for (;;) {
    const std::unique_ptr<X509, void (*)(X509*)> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr),
                                                             &X509_free);
    if (certificate == nullptr) break;
    if (X509_STORE_add_cert(store, certificate.get()) != 1) return false;
    ++certificates;
  }
  // What ends the reading must be the end of the text, not a certificate that cannot be read.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return certificates > 0 && at_end;
}

void TrustSystem(SSL_CTX* context) {
  // The folder is read as a handshake needs it; loading all roots would take 20 ms. Either may be missing.
  SSL_CTX_load_verify_dir(context, X509_get_default_cert_dir());
  SSL_CTX_load_verify_file(context, X509_get_default_cert_file());
  ERR_clear_error();
}

}  // namespace

SslSessionPointer TlsSessions::Take() {
  while (!sessions_.empty()) {
    SslSessionPointer session = std::move(sessions_.back());
    sessions_.pop_back();
    if (SSL_SESSION_is_resumable(session.get()) != 1) continue;
    if (SSL_SESSION_get_protocol_version(session.get()) < TLS1_3_VERSION) {
      SSL_SESSION_up_ref(session.get());
      sessions_.emplace_back(session.get());
    }
    return session;
  }
  return nullptr;
}

void TlsSessions::Keep(SslSessionPointer session) {
  sessions_.push_back(std::move(session));
  if (sessions_.size() > kMostSessions) sessions_.pop_front();
}

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Create(absl::string_view ca_pem) {
  SslContextPointer context(SSL_CTX_new(TLS_client_method()));
  if (context == nullptr) return absl::InternalError("no TLS context");
  // An OPENSSL_CONF may ask for more than this, and never for less.
  if (SSL_CTX_get_min_proto_version(context.get()) < TLS1_2_VERSION) {
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  }
  if (SSL_CTX_get_security_level(context.get()) < kLeastSecurityLevel) {
    SSL_CTX_set_security_level(context.get(), kLeastSecurityLevel);
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  // Idle connections give their 34 KiB of buffers back.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_clear_options(context.get(), SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context.get(), &OnNewSession);
  constexpr unsigned char kHttp11[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context.get(), kHttp11, sizeof(kHttp11) - 1);
  if (ca_pem.empty()) {
    TrustSystem(context.get());
  } else if (!TrustPem(context.get(), ca_pem)) {
    return absl::InvalidArgumentError("no PEM certificates");
  }
  return std::unique_ptr<TlsContext>(new TlsContext(std::move(context)));
}

absl::StatusOr<SslPointer> TlsContext::NewConnection(const std::string& host,
                                                     std::shared_ptr<TlsSessions> sessions) const {
  SslPointer ssl(SSL_new(context_.get()));
  if (ssl == nullptr) return absl::InternalError("no TLS connection");
  X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl.get());
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  boost::system::error_code not_a_number;
  boost::asio::ip::make_address(host, not_a_number);
  bool set = true;
  if (!not_a_number) {  // RFC 6066, section 3: no SNI for an address
    set = X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1;
  } else {
    // Certificates and SNI have no root dot.
    const std::string name = host.substr(0, host.size() - (host.ends_with('.') ? 1 : 0));
    set = X509_VERIFY_PARAM_set1_host(expected, name.c_str(), name.size()) == 1 &&
          SSL_set_tlsext_host_name(ssl.get(), name.c_str()) == 1;
  }
  if (!set) return absl::InternalError("the TLS connection cannot be set up");
  if (const SslSessionPointer session = sessions->Take()) SSL_set_session(ssl.get(), session.get());
  auto share = std::make_unique<std::shared_ptr<TlsSessions>>(std::move(sessions));
  if (SSL_set_ex_data(ssl.get(), SessionsIndex(), share.get()) == 1) {
    static_cast<void>(share.release());  // FreeSessions has it now
  }
  SSL_set_connect_state(ssl.get());
  return ssl;
}

}  // namespace oauth1d::egress
