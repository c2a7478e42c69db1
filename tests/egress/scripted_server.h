// A server that does to its clients what a test tells it to: raw bytes over TCP or TLS, delays, resets, garbage.
#ifndef OAUTH1D_TESTS_EGRESS_SCRIPTED_SERVER_H_
#define OAUTH1D_TESTS_EGRESS_SCRIPTED_SERVER_H_

#include <openssl/ssl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/egress/test_certificates.h"

namespace oauth1d::egress {

// One connection, as its script sees it. Blocking, on a thread of its own.
class Peer {
 public:
  // `record` hears of every whole request.
  Peer(int fd, std::function<void(const std::string&)> record) : fd_(fd), record_(std::move(record)) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  // Head and body (by Content-Length) of the next request; empty if the client went away.
  std::string ReadRequest();
  // What is there, one byte at least; empty if the client went away.
  std::string ReadSome();
  void Send(absl::string_view bytes);
  // Until the client closes; whatever it still sends is taken in.
  void WaitForEnd();
  // Passes bytes on, both ways, to 127.0.0.1 until one side ends.
  void RelayTo(uint16_t port);
  void HalfClose();
  // What follows is an RST instead of a FIN (SO_LINGER 0).
  void Reset();
  void Close();

  bool Accept(SSL_CTX* context);
  // Ends every wait, from another thread.
  void Interrupt();
  SSL* ssl() { return ssl_.get(); }

 private:
  struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  std::atomic<int> fd_;
  const std::function<void(const std::string&)> record_;
  std::unique_ptr<SSL, SslFree> ssl_;
  std::string unread_;
};

class ScriptedServer {
 public:
  // `number` counts the connections from 0. At its end the connection is closed.
  using Script = std::function<void(Peer& peer, int number)>;

  // On 127.0.0.1, any port. With a certificate it speaks TLS.
  explicit ScriptedServer(Script script, const TestCertificate* certificate = nullptr, int most_tls = 0);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();

  uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  int resumed_sessions() const { return resumed_; }
  // Those that ReadRequest saw, of all connections.
  std::vector<std::string> requests() const;

 private:
  void AcceptAll();
  void Run(const std::shared_ptr<Peer>& peer, int number);

  const Script script_;
  SSL_CTX* tls_ = nullptr;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::atomic<int> resumed_ = 0;
  mutable std::mutex mutex_;
  bool stopping_ = false;
  std::vector<std::string> requests_;
  std::vector<std::shared_ptr<Peer>> peers_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// Answers every request on a connection with these bytes.
ScriptedServer::Script AlwaysAnswer(std::string answer);

}  // namespace oauth1d::egress

#endif  // OAUTH1D_TESTS_EGRESS_SCRIPTED_SERVER_H_
