// A name server on 127.0.0.1 that answers what a test tells it to.
#ifndef OAUTH1D_TESTS_EGRESS_MOCK_DNS_H_
#define OAUTH1D_TESTS_EGRESS_MOCK_DNS_H_

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace oauth1d::egress {

class MockDns {
 public:
  enum class Mood { kAnswer, kNoSuchName, kServerFailure, kSilent };

  MockDns();
  MockDns(const MockDns&) = delete;
  MockDns& operator=(const MockDns&) = delete;
  ~MockDns();

  // IPv4 and IPv6 addresses as text.
  void Set(const std::string& name, std::vector<std::string> addresses, uint32_t time_to_live = 10);
  void SetMood(const std::string& name, Mood mood);
  // Questions for A records of this name so far.
  int questions(const std::string& name) const;
  // Every name that was asked for.
  std::vector<std::string> names() const;
  std::string address() const;  // for ResolverOptions::name_servers

 private:
  struct Name {
    Mood mood = Mood::kNoSuchName;
    std::vector<std::string> addresses;
    uint32_t time_to_live = 10;
    int questions = 0;
  };

  void Serve();
  std::string Answer(const std::string& question);

  int socket_ = -1;
  uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::map<std::string, Name> names_;
  std::thread thread_;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_TESTS_EGRESS_MOCK_DNS_H_
