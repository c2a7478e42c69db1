// The chains that callers have shown.
#ifndef OAUTH1D_SERVER_CALLERS_SHOWN_CHAINS_H_
#define OAUTH1D_SERVER_CALLERS_SHOWN_CHAINS_H_

#include <deque>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/callers/identity.h"

namespace oauth1d::callers {

// A resumed TLS session tells the leaf alone (RFC 5077 tickets, as OpenSSL makes them, hold no more), and it outlives
// the configuration that its certificate was first verified under. What stands here helps to find a way from a leaf to
// its voucher, and vouches for nothing. Thread-safe.
class ShownChains {
 public:
  static ShownChains& OfThisProcess();

  void Keep(const Sha256Digest& leaf, std::string chain_pem);
  // Empty: unknown.
  std::string Find(const Sha256Digest& leaf) const;

 private:
  mutable absl::Mutex mutex_;
  std::map<Sha256Digest, std::string> chains_ ABSL_GUARDED_BY(mutex_);
  std::deque<Sha256Digest> order_ ABSL_GUARDED_BY(mutex_);  // of chains_, the oldest first
};

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_SHOWN_CHAINS_H_
