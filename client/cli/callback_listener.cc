#include "client/cli/callback_listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <list>
#include <stdexcept>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/base/environment.h"
#include "server/oauth1/url.h"

namespace oauth1d::cli {
namespace {

constexpr size_t kMostGuests = 32;
constexpr size_t kLongestHead = 16 * 1024;

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string Respond(const Page& page) {
  const std::string body = RenderPage(page);
  return absl::StrCat("HTTP/1.1 ", page.status, page.status == 200 ? " OK" : " Not OK",
                      "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: ", body.size(),
                      "\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff"
                      "\r\nContent-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
                      "frame-ancestors 'none'\r\nConnection: close\r\n\r\n",
                      body);
}

// The value of a field of a request's head; empty: none.
std::string FieldOf(const std::string& head, absl::string_view name) {
  for (const absl::string_view line : absl::StrSplit(head, "\r\n")) {
    const std::pair<absl::string_view, absl::string_view> field = absl::StrSplit(line, absl::MaxSplits(':', 1));
    if (absl::EqualsIgnoreCase(field.first, name)) return std::string(absl::StripAsciiWhitespace(field.second));
  }
  return "";
}

Descriptor Listen(const std::string& host, uint16_t port) {
  const bool v6 = host == "::1";
  Descriptor socket(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return socket;
  const int yes = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  int bound = -1;
  if (v6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    bound = bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (host != "localhost" && inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) errno = EADDRNOTAVAIL;
    bound = bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  if (bound != 0 || listen(socket.get(), 16) != 0) return Descriptor();
  return socket;
}

}  // namespace

std::string RenderPage(const Page& page) {
  return absl::StrCat(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>",
      Escaped(page.title),
      "</title><style>body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1.5em}"
      "</style></head><body><main role=\"",
      page.status == 200 ? "status" : "alert", "\"><h1>", Escaped(page.title), "</h1><p>", Escaped(page.text),
      "</p></main></body></html>\n");
}

CallbackListener::CallbackListener(const std::string& callback_url) {
  const absl::StatusOr<oauth1::Url> url = oauth1::Url::Parse(callback_url);
  if (!url.ok()) throw std::runtime_error(absl::StrCat("--callback: ", url.status().message()));
  const Origin& origin = url->origin();
  if (origin.tls || !oauth1::IsLoopbackHost(origin.host)) {
    throw std::runtime_error(
        "--callback: this listener takes http://127.0.0.1:PORT/path; for others use --pin, or "
        "oauth1ctl start and complete");
  }
  port_ = origin.port;
  authority_ = url->HostAndPort();
  path_ = url->path();
  listening_ = Listen(origin.host, origin.port);
  if (!listening_.valid()) {
    throw std::runtime_error(absl::StrCat("--callback: cannot listen on ", authority_, ": ", std::strerror(errno)));
  }
}

CallbackListener::End CallbackListener::Serve(const Interrupt& interrupt, absl::Duration time, const Handler& handler) {
  Environment& environment = RealEnvironment();
  const absl::Duration end = environment.Uptime() + time;
  std::list<Guest> guests;
  bool over = false;
  while (!over) {
    const absl::Duration left = end - environment.Uptime();
    if (left <= absl::ZeroDuration()) return End::kTimedOut;
    std::vector<pollfd> waiting{{interrupt.descriptor(), POLLIN, 0}, {listening_.get(), POLLIN, 0}};
    for (const Guest& guest : guests) waiting.push_back({guest.socket.get(), POLLIN, 0});
    if (poll(waiting.data(), waiting.size(), static_cast<int>(absl::ToInt64Milliseconds(left) + 1)) < 0) continue;
    if (waiting[0].revents != 0) return End::kInterrupted;
    auto guest = guests.begin();
    for (size_t i = 2; i < waiting.size() && !over; ++i) {
      const auto current = guest++;
      if (waiting[i].revents == 0) continue;
      char piece[4096];
      const ssize_t size = recv(current->socket.get(), piece, sizeof piece, 0);
      if (size > 0) current->received.append(piece, static_cast<size_t>(size));
      const size_t whole = current->received.find("\r\n\r\n");
      if (whole != std::string::npos) {
        const std::string answer = Answer(current->received.substr(0, whole), handler, over);
        // What a page of a few hundred bytes does not fit into is no browser of ours.
        send(current->socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
        shutdown(current->socket.get(), SHUT_WR);
      }
      if (size <= 0 || whole != std::string::npos || current->received.size() > kLongestHead) guests.erase(current);
    }
    if (waiting[1].revents != 0) {
      Descriptor socket(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
      if (socket.valid()) guests.push_back({std::move(socket), ""});
      // Browsers open connections ahead of use: the oldest is the least likely to be used.
      if (guests.size() > kMostGuests) guests.pop_front();
    }
  }
  return End::kOver;
}

std::string CallbackListener::Answer(const std::string& head, const Handler& handler, bool& over) const {
  const std::vector<std::string> words = absl::StrSplit(head.substr(0, head.find("\r\n")), ' ');
  if (words.size() != 3 || words[0] != "GET") return Respond({405, "Not here", "This address takes GET requests."});
  // Another name for loopback in a page of somebody else's (DNS rebinding) is not ours.
  if (!absl::EqualsIgnoreCase(FieldOf(head, "host"), authority_)) {
    return Respond({400, "Not here", "This address was reached by a name that is not its own."});
  }
  const std::string path = words[1].substr(0, words[1].find('?'));
  // A provider whose callback may carry no query carries the state as one more segment.
  if (path != path_ && !absl::StartsWith(path, absl::EndsWith(path_, "/") ? path_ : path_ + "/")) {
    return Respond({404, "Nothing here", "oauth1ctl waits for a login to come back, at another address."});
  }
  const Reply reply = handler(absl::StrCat("http://", authority_, words[1]));
  over = reply.over;
  return Respond(reply.page);
}

}  // namespace oauth1d::cli
