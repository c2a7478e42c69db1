#include "server/egress/dns_lookup.h"

#include <ares.h>
#include <netinet/in.h>
#include <sys/time.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cstring>
#include <utility>

namespace oauth1d::egress {
namespace {

using boost::asio::ip::address;

// Two tries fit into the timeout of 2 s; c-ares doubles the second.
constexpr int kTryMilliseconds = 600;
constexpr int kTries = 2;

address AddressOf(const sockaddr& any) {
  if (any.sa_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &any, sizeof(v4));
    return boost::asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  sockaddr_in6 v6;
  std::memcpy(&v6, &any, sizeof(v6));
  boost::asio::ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return boost::asio::ip::address_v6(bytes, v6.sin6_scope_id);
}

DnsAnswer AnswerOf(int status, const ares_addrinfo* found) {
  DnsAnswer answer;
  if (status != ARES_SUCCESS) {
    const bool known = status == ARES_ENOTFOUND || status == ARES_ENODATA;
    answer.kind = known ? DnsAnswer::Kind::kNoSuchName : DnsAnswer::Kind::kFailed;
    answer.problem = ares_strerror(status);
    return answer;
  }
  int shortest = INT32_MAX;
  for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next) {
    if (node->ai_family != AF_INET && node->ai_family != AF_INET6) continue;
    answer.addresses.push_back(AddressOf(*node->ai_addr));
    shortest = std::min(shortest, node->ai_ttl);
  }
  answer.kind = answer.addresses.empty() ? DnsAnswer::Kind::kNoSuchName : DnsAnswer::Kind::kFound;
  answer.time_to_live = absl::Seconds(std::max(shortest, 0));
  return answer;
}

}  // namespace

DnsLookup::DnsLookup(boost::asio::io_context& loop, Environment& environment)
    : loop_(loop),
      timeout_(environment.NewAlarm(loop.get_executor())),
      tick_(environment.NewAlarm(loop.get_executor())) {}

DnsLookup::~DnsLookup() {
  done_ = nullptr;
  if (channel_ != nullptr) ares_destroy(channel_);  // calls OnAnswer, and OnSocketState for each socket
}

void DnsLookup::Start(std::string name, std::string name_servers, absl::Duration timeout,
                      std::function<void(DnsAnswer)> done) {
  done_ = std::move(done);
  if (!OpenChannel(name_servers)) {
    DnsAnswer answer;
    answer.problem = "the name service cannot be set up";
    Finish(std::move(answer));
    return;
  }
  timeout_->Set(timeout, [this] {
    DnsAnswer answer;
    answer.problem = "the name servers did not answer in time";
    Finish(std::move(answer));
  });
  ares_addrinfo_hints hints = {};
  hints.ai_flags = ARES_AI_NOSORT;
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, &DnsLookup::OnAnswer, this);
  ArmTick();
}

bool DnsLookup::OpenChannel(const std::string& name_servers) {
  static const int library = ares_library_init(ARES_LIB_INIT_ALL);
  if (library != ARES_SUCCESS) return false;
  // What is set here is not read from LOCALDOMAIN, RES_OPTIONS or HOSTALIASES.
  ares_options options = {};
  char lookups[] = "fb";  // /etc/hosts, then the name servers
  options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES;
  options.timeout = kTryMilliseconds;
  options.tries = kTries;
  options.ndots = 0;
  options.ndomains = 0;
  options.lookups = lookups;
  options.sock_state_cb = &DnsLookup::OnSocketState;
  options.sock_state_cb_data = this;
  const int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS | ARES_OPT_DOMAINS |
                   ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB | ARES_OPT_NOROTATE;
  if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) {
    channel_ = nullptr;
    return false;
  }
  return name_servers.empty() || ares_set_servers_ports_csv(channel_, name_servers.c_str()) == ARES_SUCCESS;
}

void DnsLookup::OnAnswer(void* self, int status, int, ares_addrinfo* found) {
  if (status != ARES_EDESTRUCTION) static_cast<DnsLookup*>(self)->Finish(AnswerOf(status, found));
  if (found != nullptr) ares_freeaddrinfo(found);
}

void DnsLookup::OnSocketState(void* self, int fd, int readable, int writable) {
  static_cast<DnsLookup*>(self)->WatchSocket(fd, readable != 0, writable != 0);
}

void DnsLookup::WatchSocket(int fd, bool readable, bool writable) {
  std::shared_ptr<Watch>& watch = watches_[fd];
  if (!readable && !writable) {  // about to be closed
    if (watch != nullptr) watch->descriptor.release();
    watches_.erase(fd);
    return;
  }
  if (watch == nullptr) {
    watch = std::make_shared<Watch>(loop_);
    boost::system::error_code error;
    watch->descriptor.assign(fd, error);
    if (error) {  // never answered then: the timeout ends it
      watches_.erase(fd);
      return;
    }
  }
  watch->wants_read = readable;
  watch->wants_write = writable;
  Arm(fd, watch);
}

void DnsLookup::Arm(int fd, const std::shared_ptr<Watch>& watch) {
  using boost::asio::posix::descriptor_base;
  const auto wait = [&](descriptor_base::wait_type type, bool Watch::*busy) {
    (*watch).*busy = true;
    watch->descriptor.async_wait(type, [weak = weak_from_this(), watch, fd, busy, type](boost::system::error_code) {
      (*watch).*busy = false;
      const std::shared_ptr<DnsLookup> self = weak.lock();
      if (self == nullptr || self->channel_ == nullptr || !watch->descriptor.is_open()) return;
      const bool reads = type == descriptor_base::wait_read;
      self->Process(reads ? fd : ARES_SOCKET_BAD, reads ? ARES_SOCKET_BAD : fd);
      if (watch->descriptor.is_open()) self->Arm(fd, watch);
    });
  };
  if (watch->wants_read && !watch->reading) wait(descriptor_base::wait_read, &Watch::reading);
  if (watch->wants_write && !watch->writing) wait(descriptor_base::wait_write, &Watch::writing);
}

void DnsLookup::Process(int read_fd, int write_fd) {
  ares_process_fd(channel_, read_fd, write_fd);
  ArmTick();
}

void DnsLookup::ArmTick() {
  timeval left;
  if (ares_timeout(channel_, nullptr, &left) == nullptr) {
    tick_->Cancel();
    return;
  }
  tick_->Set(absl::DurationFromTimeval(left) + absl::Milliseconds(1),
             [this] { Process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); });
}

void DnsLookup::Finish(DnsAnswer answer) {
  if (done_ == nullptr) return;
  timeout_->Cancel();
  // c-ares may be on the stack: the channel is destroyed in a later turn.
  boost::asio::post(
      loop_, [weak = weak_from_this(), done = std::exchange(done_, nullptr), answer = std::move(answer)]() mutable {
        if (weak.lock() != nullptr) done(std::move(answer));
      });
}

}  // namespace oauth1d::egress
