// A register of connections, with sockets that are real and a clock that is not.
#ifndef OAUTH1D_TESTS_RPC_CONNECTIONS_FIXTURE_H_
#define OAUTH1D_TESTS_RPC_CONNECTIONS_FIXTURE_H_

#include <gtest/gtest.h>
#include <netinet/in.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/rpc/connections.h"
#include "server/rpc/listener.h"
#include "tests/rpc/sockets.h"
#include "tests/support/fake_environment.h"

namespace oauth1d::rpc {

class ConnectionsTest : public ::testing::Test {
 protected:
  struct Open {
    Socket ours;
    Socket theirs;
    uint64_t id;
    std::string peer;
  };

  static ConnectionLimits Limits() {
    ConnectionLimits limits;
    limits.connections = 3;
    limits.per_identity = 2;
    limits.streams_per_connection = 5;
    return limits;
  }

  std::optional<Open> Admit() {
    Open open;
    open.theirs = Connect(listener_.address());
    sockaddr_storage name;
    socklen_t size = sizeof(name);
    do {
      open.ours = Socket(accept4(listener_.sockets().front(), reinterpret_cast<sockaddr*>(&name), &size, SOCK_CLOEXEC));
    } while (open.ours.number() < 0);
    open.peer = absl::StrCat("ipv4:127.0.0.1:", ntohs(reinterpret_cast<sockaddr_in&>(name).sin_port));
    const std::optional<Connections::Watch> watch = connections_.Admit(open.ours.number(), open.peer);
    if (!watch.has_value()) return std::nullopt;
    open.id = watch->id;
    return open;
  }

  // What connections_ shuts down within `time`, looking as often as it asks to.
  void Pass(absl::Duration time) {
    for (absl::Duration passed; passed < time;) {
      const absl::Duration step = connections_.Judge();
      environment_.Advance(step);
      passed += step;
    }
    connections_.Judge();
  }
  static bool IsShut(const Open& open) {
    char octet;
    return recv(open.ours.number(), &octet, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  }

  // A call on it on behalf of `identity`.
  absl::Status Call(const Open& open, absl::string_view identity) {
    return connections_.Attribute(*connections_.Of(open.peer), identity);
  }
  // A call that is refused before that.
  void CallAsNobody(const Open& open) { connections_.Of(open.peer)->CountCall(); }
  std::vector<Open> Admit(int count) {
    std::vector<Open> admitted;
    for (int i = 0; i < count; ++i) admitted.push_back(*Admit());
    return admitted;
  }
  static std::vector<bool> AreShut(const std::vector<Open>& open) {
    std::vector<bool> shut;
    for (const Open& one : open) shut.push_back(IsShut(one));
    return shut;
  }
  // The acceptor hears of their end.
  void ForgetThoseShut(const std::vector<Open>& open) {
    for (const Open& one : open) {
      if (IsShut(one)) connections_.Forget(one.id);
    }
  }
  void SetMost(int connections, int per_identity) {
    ConnectionLimits limits;
    limits.connections = connections;
    limits.per_identity = per_identity;
    connections_.SetLimits(limits);
  }
  // What no call reads.
  static void Bring(const Open& open, size_t size) {
    const std::string junk(size, 'x');
    std::string taken(size, 0);
    for (size_t sent = 0, got = 0; got < size;) {
      if (const ssize_t now = send(open.theirs.number(), &junk[sent], size - sent, MSG_DONTWAIT); now > 0) sent += now;
      if (const ssize_t now = recv(open.ours.number(), taken.data(), size, MSG_DONTWAIT); now > 0) got += now;
    }
  }

  FakeEnvironment environment_;
  Listener listener_ = *Listener::Open("127.0.0.1:0");
  Connections connections_{Limits(), environment_};
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_TESTS_RPC_CONNECTIONS_FIXTURE_H_
