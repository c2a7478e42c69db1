#include "storage/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::storage {
namespace {

using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;
using Certificate = std::unique_ptr<X509, void (*)(X509*)>;

// Most of a certificate's names that an operator is told.
constexpr int kMostNames = 4;

absl::Status Trouble(absl::string_view what) { return Fail(Reason::kStoreUnavailable, what); }

Bio Over(absl::string_view pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free); }

Certificate NextCertificate(BIO* pem) {
  return Certificate(PEM_read_bio_X509(pem, nullptr, nullptr, nullptr), &X509_free);
}

// What ended the reading must be the end of the text, not a certificate that cannot be read.
bool ReadToItsEnd() {
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  return at_end;
}

bool Trust(SSL_CTX* context, absl::string_view ca_pem) {
  if (ca_pem.empty()) {
    // The system's. The folder is read as a handshake needs it; either may be missing.
    SSL_CTX_load_verify_dir(context, X509_get_default_cert_dir());
    SSL_CTX_load_verify_file(context, X509_get_default_cert_file());
    ERR_clear_error();
    return true;
  }
  const Bio pem = Over(ca_pem);
  int certificates = 0;
  while (const Certificate certificate = NextCertificate(pem.get())) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get()) != 1) return false;
    ++certificates;
  }
  return ReadToItsEnd() && certificates > 0;
}

// Our certificate, those above it, and the key of ours.
bool ShowOurs(SSL_CTX* context, const RedisTls& tls) {
  const Bio pem = Over(tls.certificate_pem);
  const Certificate ours = NextCertificate(pem.get());
  if (ours == nullptr || SSL_CTX_use_certificate(context, ours.get()) != 1) return false;
  while (const Certificate above = NextCertificate(pem.get())) {
    if (SSL_CTX_add1_chain_cert(context, above.get()) != 1) return false;
  }
  if (!ReadToItsEnd()) return false;
  const Bio key_pem = Over(tls.private_key_pem.Reveal());
  // An empty passphrase, for otherwise OpenSSL would ask at the terminal.
  char passphrase[] = "";
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, passphrase), &EVP_PKEY_free);
  return key != nullptr && SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_check_private_key(context) == 1;
}

// An empty name, or one that begins with a dot, would have OpenSSL check none, or a whole domain.
bool Expect(SSL* ssl, const std::string& server_name) {
  X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl);
  boost::system::error_code not_a_number;
  boost::asio::ip::make_address(server_name, not_a_number);
  if (!not_a_number) return X509_VERIFY_PARAM_set1_ip_asc(expected, server_name.c_str()) == 1;  // and no SNI: RFC 6066
  // Certificates and SNI have no root dot.
  const std::string name = server_name.substr(0, server_name.size() - (server_name.ends_with('.') ? 1 : 0));
  if (name.empty() || name.starts_with('.')) return false;
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return X509_VERIFY_PARAM_set1_host(expected, name.c_str(), name.size()) == 1 &&
         SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
}

// `"a.example", "b.example"`: whoever sent it may have written anything.
std::string NamesOf(X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free);
  std::string told;
  for (int i = 0; names != nullptr && i < std::min(sk_GENERAL_NAME_num(names.get()), kMostNames); ++i) {
    int kind = 0;
    const void* const value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &kind);
    if (kind != GEN_DNS) continue;
    const auto* const text = static_cast<const ASN1_STRING*>(value);
    const absl::string_view name(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                 static_cast<size_t>(ASN1_STRING_length(text)));
    absl::StrAppend(&told, told.empty() ? "" : ", ", "\"", EscapeForPeople(name, 64), "\"");
  }
  return told.empty() ? "other names" : told;
}

// Whether the other side ended TLS because of who we are, or are not.
bool OursWasRefused(int reason) {
  return reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED || reason == SSL_R_TLSV1_ALERT_UNKNOWN_CA ||
         reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE || reason == SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED ||
         reason == SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN || reason == SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED ||
         reason == SSL_R_TLSV1_ALERT_ACCESS_DENIED || reason == SSL_R_TLSV1_ALERT_DECRYPT_ERROR;
}

}  // namespace

TlsStream::TlsStream(std::unique_ptr<ByteStream> wire, RedisTls tls) : wire_(std::move(wire)), tls_(std::move(tls)) {}

TlsStream::~TlsStream() = default;

Task<> TlsStream::Connect(RedisAddress address, absl::Duration patience) {
  CO_RETURN_IF_ERROR(Prepare());
  CO_RETURN_IF_ERROR(co_await wire_->Connect(std::move(address), patience));
  co_return co_await Handshake();
}

absl::Status TlsStream::Prepare() {
  ERR_clear_error();
  context_.reset(SSL_CTX_new(TLS_client_method()));
  if (context_ == nullptr) return Trouble("no TLS context");
  SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, &SeeVerification);
  SSL_CTX_set_options(context_.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_OFF);
  if (!Trust(context_.get(), tls_.ca_pem)) return Trouble("TLS: the CA certificates to trust cannot be read");
  if (!tls_.certificate_pem.empty() && !ShowOurs(context_.get(), tls_)) {
    ERR_clear_error();
    return Trouble("TLS: our certificate and its private key cannot be read, or do not belong together");
  }
  ssl_.reset(SSL_new(context_.get()));
  if (ssl_ == nullptr) return Trouble("no TLS connection");
  if (!Expect(ssl_.get(), tls_.server_name)) {
    ERR_clear_error();
    return Trouble("TLS: there is no server name to look for in the server's certificate");
  }
  arrived_ = BIO_new(BIO_s_mem());
  leaving_ = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl_.get(), arrived_, leaving_);
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_connect_state(ssl_.get());
  return absl::OkStatus();
}

Task<> TlsStream::Handshake() {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    const int error = SSL_get_error(ssl_.get(), result);
    // An alert that OpenSSL made is not sent: it would be a byte to a server that is not ours.
    if (result != 1 && error != SSL_ERROR_WANT_READ) co_return WhyNot();
    if (result == 1) break;
    CO_RETURN_IF_ERROR(co_await Flush());
    absl::Status more = co_await Fill();
    if (!more.ok() && !heard_) {
      co_return Trouble(absl::StrCat("the server did not begin TLS; is this its TLS port? (", more.message(), ")"));
    }
    CO_RETURN_IF_ERROR(more);
  }
  // SSL_VERIFY_PEER has seen to it; this line stays true if someone changes that.
  if (SSL_get_verify_result(ssl_.get()) != X509_V_OK) co_return WhyNot();
  co_return co_await Flush();
}

// Why the handshake, or what came after it, failed.
absl::Status TlsStream::WhyNot() {
  const unsigned long error = ERR_peek_last_error();
  const int reason = ERR_GET_REASON(error);
  const long verified = SSL_get_verify_result(ssl_.get());
  ERR_clear_error();
  if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return Trouble(absl::StrCat("TLS: the server's certificate is not for \"", EscapeForPeople(tls_.server_name),
                                "\"; it names ", names_));
  }
  if (verified != X509_V_OK) {
    return Trouble(
        absl::StrCat("TLS: the server's certificate is not trusted: ", X509_verify_cert_error_string(verified)));
  }
  if (reason == SSL_R_WRONG_VERSION_NUMBER) return Trouble("the server speaks no TLS on this port");
  if (reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION || reason == SSL_R_UNSUPPORTED_PROTOCOL) {
    return Trouble("TLS: the server speaks no TLS 1.2 or later");
  }
  if (OursWasRefused(reason)) {
    return Trouble(absl::StrCat(
        "TLS: the server ", tls_.certificate_pem.empty() ? "wants a certificate of ours" : "refused our certificate"));
  }
  if (reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE) {
    return Trouble(absl::StrCat("TLS: the server ended the handshake (", OursInDoubt(), ")"));
  }
  const char* const text = ERR_reason_error_string(error);
  return Trouble(absl::StrCat("TLS failed: ", text == nullptr ? "no reason known" : text));
}

int TlsStream::SeeVerification(int good, X509_STORE_CTX* verification) {
  X509* const certificate = X509_STORE_CTX_get0_cert(verification);
  if (good == 1 || certificate == nullptr) return good;
  const auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  static_cast<TlsStream*>(SSL_get_app_data(ssl))->names_ = NamesOf(certificate);
  return 0;
}

Task<size_t> TlsStream::ReadSome(absl::Span<char> buffer) {
  for (;;) {
    ERR_clear_error();
    size_t size = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size);
    if (result == 1) {
      accepted_ = true;
      co_return size;
    }
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_ZERO_RETURN) co_return Trouble("the server closed the connection");
    if (error != SSL_ERROR_WANT_READ) co_return WhyNot();
    // The answer to a key update, if any.
    CO_RETURN_IF_ERROR(co_await Flush());
    absl::Status more = co_await Fill();
    if (!more.ok()) co_return Doubted(std::move(more));
  }
}

Task<> TlsStream::Write(absl::string_view bytes) {
  ERR_clear_error();
  size_t written = 0;
  // Into memory, so all of them at once.
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
  if (result != 1) co_return WhyNot();
  absl::Status sent = co_await Flush();
  if (!sent.ok()) co_return Doubted(std::move(sent));
  co_return absl::OkStatus();
}

// TLS 1.3 tells only after the handshake what the server thinks of our certificate, and what we have sent by then may
// drown its alert.
absl::Status TlsStream::Doubted(absl::Status lost) const {
  if (accepted_) return lost;
  return Trouble(absl::StrCat(lost.message(), " (", OursInDoubt(), ")"));
}

absl::string_view TlsStream::OursInDoubt() const {
  return tls_.certificate_pem.empty() ? "does the server want a certificate of ours?"
                                      : "did the server refuse our certificate?";
}

Task<> TlsStream::Flush() {
  // Reader and writer may both have something: one write at a time, which takes along what the other has made.
  if (std::exchange(flushing_, true)) co_return absl::OkStatus();
  absl::Status status;
  while (status.ok() && BIO_pending(leaving_) > 0) {
    std::string bytes(BIO_pending(leaving_), '\0');
    BIO_read(leaving_, bytes.data(), static_cast<int>(bytes.size()));
    status = co_await wire_->Write(bytes);
  }
  flushing_ = false;
  co_return status;
}

Task<> TlsStream::Fill() {
  CO_ASSIGN_OR_RETURN(const size_t size, co_await wire_->ReadSome(absl::MakeSpan(incoming_)));
  heard_ = true;
  if (BIO_write(arrived_, incoming_.data(), static_cast<int>(size)) <= 0) co_return Trouble("no memory for TLS");
  co_return absl::OkStatus();
}

}  // namespace oauth1d::storage
