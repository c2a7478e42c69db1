// What the service keeps between two calls: bytes with an expiry. The store knows nothing of OAuth.
#ifndef OAUTH1D_STORAGE_KEY_VALUE_STORE_H_
#define OAUTH1D_STORAGE_KEY_VALUE_STORE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/base/deadline.h"
#include "server/base/task.h"

namespace oauth1d::storage {

// A value and how long it will still be there, by the store's own clock.
struct Entry {
  std::string value;
  absl::Duration remaining;
};

// Four verbs over one flat space of keys. Each is atomic and strongly ordered per key (as far as the server
// behind it is: a failover may forget the last writes). Expiry is at millisecond resolution and at least one
// millisecond.
//
// An instance is used on one event loop; several instances may share their data. Any number of calls may be
// outstanding. A call that is cancelled or whose deadline passes is abandoned, not undone.
//
// Errors of all verbs: kUnavailable with reason STORE_UNAVAILABLE: the store did not answer in time or is away.
// kCancelled, kDeadlineExceeded: the caller's own doing; the outcome is unknown.
class KeyValueStore {
 public:
  virtual ~KeyValueStore() = default;

  // Creates `key`. False: it exists already, and keeps its value.
  // Errors: kResourceExhausted with reason STORE_FULL: nothing was written. kUnavailable: it may have been.
  virtual Task<bool> Put(std::string key, std::string value, absl::Duration ttl, Deadline deadline) = 0;

  // The value of `key`, or nothing where it is not there or has expired.
  virtual Task<std::optional<Entry>> Get(std::string key, Deadline deadline) = 0;

  // Replaces the value of `key` with `next` if it is still `expected`, in one atomic step, and sets its expiry.
  // Of several concurrent callers with the same `expected`, at most one gets true. Works on a full store too.
  // Errors: kUnavailable if the store did not answer (the swap may or may not have happened: read again).
  virtual Task<bool> Swap(std::string key, std::string expected, std::string next, absl::Duration ttl,
                          Deadline deadline) = 0;

  // Removes `key`. OK where it was not there.
  virtual Task<> Erase(std::string key, Deadline deadline) = 0;

  // What is known of the store without asking it: OK, or the error that a Put would meet right now (away, or it
  // refused a write as full within the last second). Lets a caller give up before it does work for nothing.
  virtual absl::Status KnownState() = 0;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_KEY_VALUE_STORE_H_
