#include "tests/egress/scripted_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "absl/strings/numbers.h"

namespace oauth1d::egress {

Peer::~Peer() {
  ssl_.reset();
  if (fd_ >= 0) close(fd_);
}

bool Peer::Accept(SSL_CTX* context) {
  ssl_.reset(SSL_new(context));
  SSL_set_fd(ssl_.get(), fd_);
  return SSL_accept(ssl_.get()) == 1;
}

std::string Peer::ReadSome() {
  char buffer[16 * 1024];
  const auto bytes = ssl_ != nullptr ? SSL_read(ssl_.get(), buffer, sizeof(buffer))
                                     : static_cast<int>(recv(fd_, buffer, sizeof(buffer), 0));
  return bytes > 0 ? std::string(buffer, static_cast<size_t>(bytes)) : std::string();
}

std::string Peer::ReadRequest() {
  std::string request = std::exchange(unread_, std::string());
  for (;;) {
    const size_t end = request.find("\r\n\r\n");
    if (end != std::string::npos) {
      size_t length = 0;
      const size_t field = request.find("Content-Length: ");
      if (field < end &&
          !absl::SimpleAtoi(request.substr(field + 16, request.find('\r', field) - field - 16), &length)) {
        std::abort();
      }
      const size_t size = end + 4 + length;
      if (request.size() >= size) {
        unread_ = request.substr(size);
        request.resize(size);
        record_(request);
        return request;
      }
    }
    const std::string more = ReadSome();
    if (more.empty()) return std::string();
    request += more;
  }
}

void Peer::Send(absl::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ssl_ != nullptr ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                                      : static_cast<int>(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (sent <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
}

void Peer::WaitForEnd() {
  while (!ReadSome().empty()) {
  }
}

void Peer::RelayTo(uint16_t port) {
  const int other = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  bool open = connect(other, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  pollfd both[2] = {{fd_, POLLIN, 0}, {other, POLLIN, 0}};
  while (open && poll(both, 2, -1) > 0) {
    for (int i = 0; i < 2 && open; ++i) {
      if (both[i].revents == 0) continue;
      char buffer[16 * 1024];
      const ssize_t bytes = recv(both[i].fd, buffer, sizeof(buffer), 0);
      open = bytes > 0 && send(both[1 - i].fd, buffer, static_cast<size_t>(bytes), MSG_NOSIGNAL) == bytes;
    }
  }
  close(other);
}

void Peer::HalfClose() {
  if (ssl_ != nullptr) SSL_shutdown(ssl_.get());
  shutdown(fd_, SHUT_WR);
}

void Peer::Reset() {
  const linger now = {1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
  Close();
}

void Peer::Close() {
  const int fd = fd_.exchange(-1);
  if (fd >= 0) close(fd);
}

void Peer::Interrupt() {
  const int fd = fd_;
  if (fd >= 0) shutdown(fd, SHUT_RDWR);
}

ScriptedServer::ScriptedServer(Script script, const TestCertificate* certificate, int most_tls)
    : script_(std::move(script)) {
  if (certificate != nullptr) {
    tls_ = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate(tls_, certificate->certificate.get());
    SSL_CTX_use_PrivateKey(tls_, certificate->key.get());
    if (most_tls != 0) {
      SSL_CTX_set_security_level(tls_, 0);
      SSL_CTX_set_min_proto_version(tls_, 0);
      SSL_CTX_set_max_proto_version(tls_, most_tls);
    }
  }
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 128) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { AcceptAll(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    for (const auto& peer : peers_) peer->Interrupt();
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  close(listener_);
  peers_.clear();
  SSL_CTX_free(tls_);
}

std::vector<std::string> ScriptedServer::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

void ScriptedServer::AcceptAll() {
  for (;;) {
    const int fd = accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    const int at_once = 1;  // what a script sends is on the wire when it goes on
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
    const auto peer = std::make_shared<Peer>(fd, [this](const std::string& request) {
      const std::lock_guard<std::mutex> lock(mutex_);
      requests_.push_back(request);
    });
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_) return;
    peers_.push_back(peer);
    const int number = connections_++;
    threads_.emplace_back([this, peer, number] { Run(peer, number); });
  }
}

void ScriptedServer::Run(const std::shared_ptr<Peer>& peer, int number) {
  // OpenSSL's own socket BIO raises SIGPIPE. Blocked on this thread alone: the client's side must do without.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  if (tls_ == nullptr || peer->Accept(tls_)) {
    if (tls_ != nullptr && SSL_session_reused(peer->ssl()) == 1) ++resumed_;
    script_(*peer, number);
  }
  peer->Close();
}

ScriptedServer::Script AlwaysAnswer(std::string answer) {
  return [answer = std::move(answer)](Peer& peer, int) {
    while (!peer.ReadRequest().empty()) peer.Send(answer);
  };
}

}  // namespace oauth1d::egress
