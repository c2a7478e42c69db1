#include "server/egress/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::egress {
namespace {

using Outcome = Step::Outcome;

long ControlSocket(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

std::string WhyNot(const SSL* ssl) {
  const long verified = SSL_get_verify_result(ssl);
  if (verified != X509_V_OK) return absl::StrCat("its certificate: ", X509_verify_cert_error_string(verified));
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  return reason != nullptr ? reason : "the connection ended";
}

}  // namespace

int TlsStream::ReadSocket(BIO* bio, char* into, size_t size, size_t* read) {
  const auto* const wire = static_cast<const Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const Step step = wire->socket->Read(absl::MakeSpan(into, size));
  *read = step.bytes;
  if (step.outcome == Outcome::kDone) return 1;
  if (step.outcome == Outcome::kWantRead) BIO_set_retry_read(bio);
  // Whoever asks BIO_eof wants to tell an end without close_notify from a dead socket.
  BIO_set_flags(bio, step.outcome == Outcome::kEnd ? BIO_FLAGS_IN_EOF : 0);
  return 0;
}

int TlsStream::WriteSocket(BIO* bio, const char* bytes, size_t size, size_t* written) {
  auto* const wire = static_cast<Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const Step step = wire->socket->Write(absl::string_view(bytes, size), absl::string_view());
  *written = step.bytes;
  if (step.outcome == Outcome::kDone) return 1;
  // Told of a fatal error, OpenSSL would have to be asked nothing more; an early answer may still be there to read.
  if (step.outcome == Outcome::kBroken) wire->dead = true;
  BIO_set_retry_write(bio);
  return 0;
}

// A BIO over a Socket. OpenSSL's own socket BIO would raise SIGPIPE, and not count what it wrote.
const BIO_METHOD* TlsStream::SocketBio() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_read_ex(made, &ReadSocket);
    BIO_meth_set_write_ex(made, &WriteSocket);
    BIO_meth_set_ctrl(made, &ControlSocket);
    return made;
  }();
  return method;
}

TlsStream::TlsStream(SslPointer ssl, std::unique_ptr<Socket> socket)
    : socket_(std::move(socket)), wire_{socket_.get()}, ssl_(std::move(ssl)) {
  BIO* const bio = BIO_new(SocketBio());
  BIO_set_data(bio, &wire_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);  // takes it
}

TlsStream::~TlsStream() {
  ERR_clear_error();
  if (!broken_ && !wire_.dead && SSL_is_init_finished(ssl_.get()) == 1) SSL_shutdown(ssl_.get());
  // Freed without this, OpenSSL would mark the session as not resumable.
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  ERR_clear_error();
}

Task<> TlsStream::Handshake(TimeLimit limit) {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) break;
    const Step step = StepOf(result, 0);
    if (step.outcome != Outcome::kWantRead && step.outcome != Outcome::kWantWrite) {
      co_return Fail(Reason::kProviderUnreachable, absl::StrCat("no trust by TLS: ", WhyNot(ssl_.get())));
    }
    absl::Status ready = co_await socket_->Wait(step.outcome, limit);
    if (!ready.ok()) {
      broken_ = true;
      co_return ready;
    }
  }
  // SSL_VERIFY_PEER has seen to it; this line stays true if someone changes that.
  if (SSL_get_verify_result(ssl_.get()) != X509_V_OK) {
    co_return Fail(Reason::kProviderUnreachable, absl::StrCat("no trust by TLS: ", WhyNot(ssl_.get())));
  }
  co_return absl::OkStatus();
}

Step TlsStream::Read(absl::Span<char> into) {
  ERR_clear_error();
  size_t bytes = 0;
  const int result = SSL_read_ex(ssl_.get(), into.data(), into.size(), &bytes);
  return StepOf(result, bytes);
}

Step TlsStream::Write(absl::string_view first, absl::string_view second) {
  ERR_clear_error();
  const absl::string_view now = first.empty() ? second : first;
  size_t bytes = 0;
  const int result = SSL_write_ex(ssl_.get(), now.data(), now.size(), &bytes);
  return StepOf(result, bytes);
}

bool TlsStream::Quiet() {
  ERR_clear_error();
  char byte;
  size_t bytes = 0;
  // Takes in session tickets that came after the answer; anything else that arrived speaks against this connection.
  const int result = SSL_peek_ex(ssl_.get(), &byte, 1, &bytes);
  return StepOf(result, bytes).outcome == Outcome::kWantRead;
}

Step TlsStream::StepOf(int result, size_t bytes) {
  Step step;
  if (result == 1) {
    step.outcome = Outcome::kDone;
    step.bytes = bytes;
    return step;
  }
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      step.outcome = Outcome::kWantRead;
      break;
    case SSL_ERROR_WANT_WRITE:
      step.outcome = wire_.dead ? Outcome::kBroken : Outcome::kWantWrite;
      break;
    case SSL_ERROR_ZERO_RETURN:
      step.outcome = Outcome::kEnd;  // close_notify
      break;
    default:
      broken_ = true;  // among them the end of TCP without close_notify: perhaps an attacker cut the answer
      break;
  }
  return step;
}

}  // namespace oauth1d::egress
