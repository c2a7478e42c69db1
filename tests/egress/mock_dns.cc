#include "tests/egress/mock_dns.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"

namespace oauth1d::egress {
namespace {

constexpr size_t kHeader = 12;
constexpr int kTypeA = 1;
constexpr int kTypeAaaa = 28;

void Append16(std::string& to, unsigned value) {
  to.push_back(static_cast<char>(value >> 8));
  to.push_back(static_cast<char>(value));
}

// The name of the question; `*at` then stands behind it.
std::string NameOf(const std::string& message, size_t* at) {
  std::string name;
  while (*at < message.size() && message[*at] != 0) {
    const auto length = static_cast<size_t>(message[*at]);
    absl::StrAppend(&name, name.empty() ? "" : ".", message.substr(*at + 1, length));
    *at += 1 + length;
  }
  ++*at;
  return name;
}

}  // namespace

MockDns::MockDns() {
  socket_ = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

MockDns::~MockDns() {
  // An empty datagram ends it: shutdown does not wake a reader of an unconnected UDP socket.
  sockaddr_in self = {};
  self.sin_family = AF_INET;
  self.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  self.sin_port = htons(port_);
  sendto(socket_, "", 0, 0, reinterpret_cast<sockaddr*>(&self), sizeof(self));
  thread_.join();
  close(socket_);
}

void MockDns::Set(const std::string& name, std::vector<std::string> addresses, uint32_t time_to_live) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Name& known = names_[name];
  known.mood = Mood::kAnswer;
  known.addresses = std::move(addresses);
  known.time_to_live = time_to_live;
}

void MockDns::SetMood(const std::string& name, Mood mood) {
  const std::lock_guard<std::mutex> lock(mutex_);
  names_[name].mood = mood;
}

int MockDns::questions(const std::string& name) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = names_.find(name);
  return found == names_.end() ? 0 : found->second.questions;
}

std::vector<std::string> MockDns::names() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, known] : names_) {
    if (known.questions > 0) names.push_back(name);
  }
  return names;
}

std::string MockDns::address() const { return absl::StrCat("127.0.0.1:", port_); }

void MockDns::Serve() {
  for (;;) {
    char buffer[4096];
    sockaddr_in from = {};
    socklen_t size = sizeof(from);
    const ssize_t bytes = recvfrom(socket_, buffer, sizeof(buffer), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (bytes <= static_cast<ssize_t>(kHeader)) return;
    const std::string answer = Answer(std::string(buffer, static_cast<size_t>(bytes)));
    if (!answer.empty()) {
      sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
    }
  }
}

std::string MockDns::Answer(const std::string& question) {
  size_t at = kHeader;
  const std::string name = NameOf(question, &at);
  const int type = static_cast<unsigned char>(question[at + 1]);
  const std::lock_guard<std::mutex> lock(mutex_);
  Name& known = names_[name];
  if (type == kTypeA) ++known.questions;
  if (known.mood == Mood::kSilent) return std::string();

  std::string records;
  unsigned count = 0;
  for (const std::string& text : known.addresses) {
    const bool v6 = text.find(':') != std::string::npos;
    if (known.mood != Mood::kAnswer || type != (v6 ? kTypeAaaa : kTypeA)) continue;
    char bytes[16];
    inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), bytes);
    const size_t length = v6 ? 16 : 4;
    Append16(records, 0xc00c);  // the name of the question
    Append16(records, static_cast<unsigned>(type));
    Append16(records, 1);
    Append16(records, known.time_to_live >> 16);
    Append16(records, known.time_to_live & 0xffff);
    Append16(records, static_cast<unsigned>(length));
    records.append(bytes, length);
    ++count;
  }
  const unsigned code = known.mood == Mood::kNoSuchName ? 3 : known.mood == Mood::kServerFailure ? 2 : 0;
  std::string answer = question.substr(0, 2);
  Append16(answer, 0x8180 | code);
  Append16(answer, 1);
  Append16(answer, count);
  Append16(answer, 0);
  Append16(answer, 0);
  return answer + question.substr(kHeader, at + 4 - kHeader) + records;
}

}  // namespace oauth1d::egress
