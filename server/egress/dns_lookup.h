// One lookup of one name, with c-ares on the event loop.
#ifndef OAUTH1D_SERVER_EGRESS_DNS_LOOKUP_H_
#define OAUTH1D_SERVER_EGRESS_DNS_LOOKUP_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/environment.h"

struct ares_channeldata;
struct ares_addrinfo;

namespace oauth1d::egress {

struct DnsAnswer {
  enum class Kind { kFound, kNoSuchName, kFailed };
  Kind kind = Kind::kFailed;
  std::vector<boost::asio::ip::address> addresses;
  absl::Duration time_to_live = absl::ZeroDuration();  // the shortest among them
  std::string problem;
};

// A channel of its own for each lookup: it reads the current resolv.conf, and giving it up touches no other.
class DnsLookup : public std::enable_shared_from_this<DnsLookup> {
 public:
  DnsLookup(boost::asio::io_context& loop, Environment& environment);
  DnsLookup(const DnsLookup&) = delete;
  DnsLookup& operator=(const DnsLookup&) = delete;
  ~DnsLookup();

  // Calls `done` once, in a later turn of the loop, unless the lookup is destroyed before. `name` is absolute: no
  // search list applies. `name_servers` as "127.0.0.1:5300,…"; empty: the system's.
  void Start(std::string name, std::string name_servers, absl::Duration timeout, std::function<void(DnsAnswer)> done);

 private:
  // A socket of c-ares, which closes it: the descriptor is only lent to the loop.
  struct Watch {
    explicit Watch(boost::asio::io_context& loop) : descriptor(loop) {}
    boost::asio::posix::stream_descriptor descriptor;
    bool wants_read = false, wants_write = false;
    bool reading = false, writing = false;
  };

  static void OnAnswer(void* self, int status, int timeouts, ares_addrinfo* found);
  static void OnSocketState(void* self, int fd, int readable, int writable);

  bool OpenChannel(const std::string& name_servers);
  void WatchSocket(int fd, bool readable, bool writable);
  void Arm(int fd, const std::shared_ptr<Watch>& watch);
  void Process(int read_fd, int write_fd);
  void ArmTick();
  void Finish(DnsAnswer answer);

  boost::asio::io_context& loop_;
  ares_channeldata* channel_ = nullptr;
  std::map<int, std::shared_ptr<Watch>> watches_;
  std::unique_ptr<Alarm> timeout_;
  std::unique_ptr<Alarm> tick_;  // when c-ares wants to try again
  std::function<void(DnsAnswer)> done_;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_DNS_LOOKUP_H_
