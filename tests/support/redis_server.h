// A real redis-server of a test's own, on a free port of loopback, in a folder of its own.
#ifndef OAUTH1D_TESTS_SUPPORT_REDIS_SERVER_H_
#define OAUTH1D_TESTS_SUPPORT_REDIS_SERVER_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace oauth1d {

// Keeps nothing on disk. Knows two users: `default`, who may do all and needs no password, and `oauth1d` with the
// password kPassword and the rights that the service asks for. Dies with the test process.
class RedisServer {
 public:
  static constexpr char kUsername[] = "oauth1d";
  static constexpr char kPassword[] = "correct horse";

  // Files of a server that speaks TLS too, and wants a certificate of its clients.
  struct Tls {
    std::string certificate_file;
    std::string key_file;
    std::string client_ca_file;
  };

  // Starts it with these options (`--maxmemory 1mb`) and waits until it answers. A test fails where it cannot.
  explicit RedisServer(std::vector<std::string> options = {}, std::optional<Tls> tls = std::nullopt);
  // Kills it and removes its folder.
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  int port() const { return port_; }
  std::string address() const;       // 127.0.0.1:port
  std::string unix_address() const;  // unix:/path
  int tls_port() const { return tls_port_; }
  pid_t pid() const { return pid_; }

  // kill -9, and wait until it is gone.
  void Kill();
  // Starts it again on the same port after Kill, empty.
  void Restart();
  // kill -STOP, kill -CONT.
  void Pause();
  void Resume();

  // What an administrator gets who says this: text or number as text, "(nil)", or the error's text.
  std::string Command(const std::vector<std::string>& arguments);

 private:
  bool Launch();
  bool WaitUntilItAnswers();

  const std::vector<std::string> options_;
  const std::optional<Tls> tls_;
  std::string folder_;
  int port_ = 0;
  int tls_port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace oauth1d

#endif  // OAUTH1D_TESTS_SUPPORT_REDIS_SERVER_H_
