// A primary, two replicas and three Sentinels, all real, on loopback.
#ifndef OAUTH1D_TESTS_STORAGE_SENTINEL_GROUP_H_
#define OAUTH1D_TESTS_STORAGE_SENTINEL_GROUP_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/redis_options.h"
#include "tests/support/redis_server.h"

namespace oauth1d::storage {

// Ready for a failover once it is there. The Sentinels know the primary as kName and want a password from everybody;
// the service's user there has the rights that its documentation asks for. All die with the test process.
class SentinelGroup {
 public:
  static constexpr char kName[] = "mymaster";
  static constexpr char kPassword[] = "watch and ward";

  SentinelGroup();
  ~SentinelGroup();
  SentinelGroup(const SentinelGroup&) = delete;
  SentinelGroup& operator=(const SentinelGroup&) = delete;

  // As the service's user, at Redis and at the Sentinels.
  RedisOptions Options() const;
  // The server that most Sentinels name; null: they do not agree.
  RedisServer* Primary();
  RedisServer* OtherThan(const RedisServer* server);
  // Until all Sentinels name another primary than `old`, and that one takes writes; gives it.
  RedisServer* WaitForAnotherPrimary(const RedisServer* old);
  // What an administrator gets from a Sentinel.
  std::string Ask(size_t sentinel, const std::vector<std::string>& command);
  void KillSentinel(size_t sentinel);
  void StartSentinel(size_t sentinel);
  size_t sentinels() const { return sentinels_.size(); }

 private:
  struct Sentinel {
    std::string folder;
    int port = 0;
    pid_t pid = -1;
  };

  void Configure(Sentinel& sentinel);
  int NamedBy(size_t sentinel);

  std::vector<std::unique_ptr<RedisServer>> servers_;
  std::vector<Sentinel> sentinels_;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_TESTS_STORAGE_SENTINEL_GROUP_H_
