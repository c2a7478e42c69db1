// A ByteStream through TLS.
#ifndef OAUTH1D_STORAGE_TLS_STREAM_H_
#define OAUTH1D_STORAGE_TLS_STREAM_H_

#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string>

#include "storage/byte_stream.h"
#include "storage/redis_options.h"

namespace oauth1d::storage {

// Connect ends well only when the server has proved to be `tls.server_name`; until then nothing but a ClientHello
// leaves, and there is no way around it. What it tells of a failure is for operators.
class TlsStream : public ByteStream {
 public:
  TlsStream(std::unique_ptr<ByteStream> wire, RedisTls tls);
  ~TlsStream() override;

  Task<> Connect(RedisAddress address, absl::Duration patience) override;
  Task<size_t> ReadSome(absl::Span<char> buffer) override;
  Task<> Write(absl::string_view bytes) override;
  void Close() override { wire_->Close(); }

 private:
  struct ContextFree {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  static int SeeVerification(int good, X509_STORE_CTX* verification);

  absl::Status Prepare();
  Task<> Handshake();
  absl::Status WhyNot();
  absl::Status Doubted(absl::Status lost) const;
  absl::string_view OursInDoubt() const;
  // Sends what OpenSSL has made.
  Task<> Flush();
  // Reads once, for OpenSSL.
  Task<> Fill();

  const std::unique_ptr<ByteStream> wire_;
  const RedisTls tls_;
  std::unique_ptr<SSL_CTX, ContextFree> context_;
  std::unique_ptr<SSL, SslFree> ssl_;
  BIO* arrived_ = nullptr;  // both are ssl_'s
  BIO* leaving_ = nullptr;
  bool flushing_ = false;
  bool heard_ = false;     // a byte has come
  bool accepted_ = false;  // so have bytes for our reader
  std::string names_;      // of a certificate that is not the server's
  std::array<char, 16384> incoming_;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_TLS_STREAM_H_
