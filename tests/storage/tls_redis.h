// A Redis server that speaks TLS, with the certificates of both sides, and a wiretap on the way to it.
#ifndef OAUTH1D_TESTS_STORAGE_TLS_REDIS_H_
#define OAUTH1D_TESTS_STORAGE_TLS_REDIS_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "server/base/task.h"
#include "storage/redis_options.h"
#include "tests/egress/test_certificates.h"
#include "tests/support/redis_server.h"

namespace oauth1d::storage {

std::string CertificatePem(const egress::TestCertificate& certificate);
Secret KeyPem(const egress::TestCertificate& certificate);

// A server on loopback for which its clients need a certificate of `client_authority`.
class TlsRedis {
 public:
  // `names` and `valid_seconds` as in TestAuthority::Issue.
  explicit TlsRedis(const std::string& names = "DNS:redis.test,IP:127.0.0.1", long valid_seconds = 24 * 3600,
                    std::vector<std::string> options = {});
  ~TlsRedis();

  // As the service's user, with a certificate of ours, where all is well.
  RedisOptions Options() const;
  RedisServer& server() { return *server_; }
  const egress::TestAuthority& authority() const { return authority_; }

 private:
  const egress::TestAuthority authority_;
  const egress::TestAuthority client_authority_;
  std::string folder_;
  std::unique_ptr<RedisServer> server_;
};

// Listens on loopback, keeps what comes, and passes it on to `port`; 0: to nobody, it only listens.
class Wiretap {
 public:
  explicit Wiretap(boost::asio::io_context& loop, int port = 0);
  ~Wiretap();

  std::string address() const;
  // What each connection has sent so far.
  const std::vector<std::string>& heard() const { return *heard_; }

 private:
  struct Line;

  static boost::asio::awaitable<void> Pass(std::shared_ptr<Line> line, bool up);
  boost::asio::awaitable<void> Accept(std::shared_ptr<bool> alive);

  boost::asio::io_context& loop_;
  const int port_;
  boost::asio::ip::tcp::acceptor acceptor_;
  std::vector<std::shared_ptr<Line>> lines_;
  const std::shared_ptr<std::vector<std::string>> heard_ = std::make_shared<std::vector<std::string>>();
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_TESTS_STORAGE_TLS_REDIS_H_
