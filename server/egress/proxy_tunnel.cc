#include "server/egress/proxy_tunnel.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/secret.h"
#include "server/base/status_macros.h"

namespace oauth1d::egress {
namespace {

using Outcome = Step::Outcome;

constexpr size_t kMostAnswer = size_t{8} * 1024;

absl::Status Refused(absl::string_view why) { return Fail(Reason::kProviderUnreachable, why); }

// Nothing that could be read as two requests leaves this house, whoever forgot to check it.
bool IsHost(absl::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

std::string Authority(const Origin& origin) {
  const bool v6 = absl::StrContains(origin.host, ':');
  return absl::StrCat(v6 ? "[" : "", origin.host, v6 ? "]:" : ":", origin.port);
}

// RFC 7617.
Secret Credentials(const HttpProxy& proxy) {
  std::string pair = absl::StrCat(proxy.username, ":", proxy.password.Reveal());
  std::string encoded = absl::Base64Escape(pair);
  WipeText(pair);
  return Secret::Take(encoded);
}

Secret ConnectHead(const HttpProxy& proxy, const Origin& origin) {
  const std::string authority = Authority(origin);
  const std::string start = absl::StrCat("CONNECT ", authority, " HTTP/1.1\r\nHost: ", authority, "\r\n");
  if (proxy.username.empty()) return Secret(absl::StrCat(start, "\r\n"));
  const Secret credentials = Credentials(proxy);
  std::string head = absl::StrCat(start, "Proxy-Authorization: Basic ", credentials.Reveal(), "\r\n\r\n");
  return Secret::Take(head);
}

// Only what a status line begins with: HTTP/1.1 200. 0: it is none.
int StatusOf(absl::string_view head) {
  const bool line = head.size() > 12 && absl::StartsWith(head, "HTTP/1.") && absl::ascii_isdigit(head[7]) &&
                    head[8] == ' ' && (head[12] == ' ' || head[12] == '\r');
  const absl::string_view digits = line ? head.substr(9, 3) : absl::string_view();
  int status = 0;
  for (const char c : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return 0;
    status = status * 10 + (c - '0');
  }
  return status;
}

absl::Status CheckAnswer(absl::string_view head, const HttpProxy& proxy, const Origin& origin) {
  const int status = StatusOf(head);
  const std::string to = EscapeForPeople(Authority(origin));
  if (status >= 200 && status < 300) return absl::OkStatus();
  if (status == 0) return Refused("what answers at the address of the proxy does not speak HTTP/1");
  if (status == 407 && proxy.username.empty()) {
    return Refused("the proxy wants a username and a password (407): set them in the provider's egress.proxy");
  }
  if (status == 407) return Refused("the proxy refused the username and password of the provider's egress.proxy (407)");
  if (status == 403) return Refused(absl::StrCat("the proxy does not allow connections to ", to, " (403)"));
  if (status >= 502 && status <= 504) {
    return Refused(absl::StrCat("the proxy could not reach ", to, " (", status, ")"));
  }
  return Refused(absl::StrCat("the proxy answered CONNECT ", to, " with status ", status));
}

Task<> SendHead(Socket* socket, absl::string_view head, TimeLimit limit) {
  while (!head.empty()) {
    const Step step = socket->Write(head, absl::string_view());
    if (step.outcome == Outcome::kDone) {
      head.remove_prefix(step.bytes);
    } else if (step.outcome == Outcome::kWantWrite) {
      CO_RETURN_IF_ERROR(co_await socket->Wait(step.outcome, limit));
    } else {
      co_return Refused("the proxy closed the connection before it was asked for a tunnel");
    }
  }
  co_return absl::OkStatus();
}

}  // namespace

Task<> OpenTunnel(Socket* socket, const HttpProxy* proxy, Origin origin, TimeLimit limit) {
  if (!IsHost(origin.host)) co_return Fail(Reason::kInternal, "a host that cannot be sent to a proxy");
  {
    const Secret head = ConnectHead(*proxy, origin);
    CO_RETURN_IF_ERROR(co_await SendHead(socket, head.Reveal(), limit));
  }
  const auto buffer = std::make_unique<char[]>(kMostAnswer);
  size_t size = 0;
  while (size < kMostAnswer) {
    const Step step = socket->Read(absl::MakeSpan(buffer.get() + size, kMostAnswer - size));
    if (step.outcome == Outcome::kDone) {
      size += step.bytes;
      const absl::string_view answer(buffer.get(), size);
      const size_t end = answer.find("\r\n\r\n");
      if (end == absl::string_view::npos) continue;
      CO_RETURN_IF_ERROR(CheckAnswer(answer, *proxy, origin));
      // The origin says nothing before it is asked, neither in TLS nor in HTTP.
      if (end + 4 != size) co_return Refused("the proxy sent bytes of its own behind its answer to CONNECT");
      co_return absl::OkStatus();
    }
    if (step.outcome != Outcome::kWantRead) {
      co_return Refused("the proxy closed the connection without an answer to CONNECT");
    }
    CO_RETURN_IF_ERROR(co_await socket->Wait(step.outcome, limit));
  }
  co_return Refused("the head of the proxy's answer to CONNECT is longer than 8 KiB");
}

}  // namespace oauth1d::egress
