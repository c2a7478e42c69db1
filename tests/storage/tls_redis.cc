#include "tests/storage/tls_redis.h"

#include <openssl/pem.h>
#include <stdlib.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace oauth1d::storage {
namespace {

using boost::asio::redirect_error;
using boost::asio::use_awaitable;
using boost::asio::ip::tcp;

using Bio = std::unique_ptr<BIO, int (*)(BIO*)>;

std::string TextOf(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return std::string(text, static_cast<size_t>(size));
}

std::string Write(const std::string& file, absl::string_view text) {
  std::ofstream(file) << text;
  return file;
}

}  // namespace

std::string CertificatePem(const egress::TestCertificate& certificate) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(bio.get(), certificate.certificate.get());
  return TextOf(bio.get());
}

Secret KeyPem(const egress::TestCertificate& certificate) {
  const Bio bio(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(bio.get(), certificate.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return Secret(TextOf(bio.get()));
}

TlsRedis::TlsRedis(const std::string& names, long valid_seconds, std::vector<std::string> options) {
  std::string pattern = (std::filesystem::temp_directory_path() / "redis-tls-XXXXXX").string();
  folder_ = mkdtemp(pattern.data());
  const egress::TestCertificate certificate = authority_.Issue(names, valid_seconds);
  const RedisServer::Tls tls = {Write(folder_ + "/server.pem", CertificatePem(certificate)),
                                Write(folder_ + "/server.key", KeyPem(certificate).Reveal()),
                                Write(folder_ + "/ca.pem", client_authority_.pem())};
  server_ = std::make_unique<RedisServer>(std::move(options), tls);
}

TlsRedis::~TlsRedis() {
  server_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

RedisOptions TlsRedis::Options() const {
  const egress::TestCertificate ours = client_authority_.Issue("DNS:oauth1d.test");
  RedisOptions options(absl::StrCat("127.0.0.1:", server_->tls_port()));
  options.username = RedisServer::kUsername;
  options.password = Secret(RedisServer::kPassword);
  options.tls.emplace();
  options.tls->ca_pem = authority_.pem();
  options.tls->certificate_pem = CertificatePem(ours);
  options.tls->private_key_pem = KeyPem(ours);
  options.tls->server_name = "redis.test";
  return options;
}

struct Wiretap::Line {
  tcp::socket caller;
  tcp::socket server;
  std::shared_ptr<std::vector<std::string>> heard;
  size_t number;
  bool listens_only;
};

Wiretap::Wiretap(boost::asio::io_context& loop, int port)
    : loop_(loop), port_(port), acceptor_(loop, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
  boost::asio::co_spawn(loop_, Accept(alive_), boost::asio::detached);
}

Wiretap::~Wiretap() {
  *alive_ = false;
  boost::system::error_code ignored;
  for (const auto& line : lines_) {
    line->caller.close(ignored);
    line->server.close(ignored);
  }
}

std::string Wiretap::address() const { return absl::StrCat("127.0.0.1:", acceptor_.local_endpoint().port()); }

boost::asio::awaitable<void> Wiretap::Accept(std::shared_ptr<bool> alive) {
  while (*alive) {
    boost::system::error_code error;
    tcp::socket caller(loop_);
    co_await acceptor_.async_accept(caller, redirect_error(use_awaitable, error));
    if (error || !*alive) co_return;
    auto line =
        std::shared_ptr<Line>(new Line{std::move(caller), tcp::socket(loop_), heard_, heard_->size(), port_ == 0});
    heard_->emplace_back();
    lines_.push_back(line);
    if (port_ != 0) {
      const tcp::endpoint server(boost::asio::ip::address_v4::loopback(), static_cast<uint16_t>(port_));
      co_await line->server.async_connect(server, redirect_error(use_awaitable, error));
      if (error || !*alive) co_return;
      boost::asio::co_spawn(loop_, Pass(line, false), boost::asio::detached);
    }
    boost::asio::co_spawn(loop_, Pass(line, true), boost::asio::detached);
  }
}

boost::asio::awaitable<void> Wiretap::Pass(std::shared_ptr<Line> line, bool up) {
  tcp::socket& from = up ? line->caller : line->server;
  tcp::socket& to = up ? line->server : line->caller;
  std::array<char, 16384> bytes;
  for (;;) {
    boost::system::error_code error;
    const size_t size = co_await from.async_read_some(boost::asio::buffer(bytes), redirect_error(use_awaitable, error));
    if (error) break;
    if (up) (*line->heard)[line->number].append(bytes.data(), size);
    if (up && line->listens_only) continue;
    co_await boost::asio::async_write(to, boost::asio::buffer(bytes.data(), size),
                                      redirect_error(use_awaitable, error));
    if (error) break;
  }
  boost::system::error_code ignored;
  line->caller.close(ignored);
  line->server.close(ignored);
}

}  // namespace oauth1d::storage
