// What is said to a Redis server before it gets a command: who we are, and whether it is one to rely on.
#ifndef OAUTH1D_STORAGE_REDIS_GREETING_H_
#define OAUTH1D_STORAGE_REDIS_GREETING_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/base/task.h"
#include "storage/byte_stream.h"
#include "storage/redis_address.h"
#include "storage/redis_options.h"
#include "storage/redis_protocol.h"
#include "storage/store_state.h"

namespace oauth1d::storage {

// The greeting of a server of options.kind as bytes to send in one go. Holds the password: wipe it.
std::string EncodeGreeting(const RedisOptions& options);

// How many replies it gets.
size_t GreetingReplies(const RedisOptions& options);

struct Verdict {
  StoreState state;
  std::string why;  // as StateListener tells it
};

// What the replies, GreetingReplies in number, say:
// kUp: a master of version 7.0 or later that takes writes and evicts no key that has no expiry.
// kDown: wrong password, missing rights (each is tried, and told by its command), a replica, loading, refusing writes:
// others can mend that meanwhile. kUnsuitable: too old (no script flags: a full server could not swap), an allkeys-*
// policy (it would drop logins silently), or not telling these. Of a Sentinel no more is asked than that it is one.
Verdict JudgeGreeting(const RedisOptions& options, absl::Span<const Reply> replies);

// Connects to `address` and says the greeting. What follows is read by `reader`. Errors: the way to the
// server failed, which is no different from kDown. Stream and reader are the caller's and must live on.
Task<Verdict> ConnectAndGreet(ByteStream* stream, ReplyReader* reader, RedisAddress address, RedisOptions options,
                              absl::Duration patience);

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_REDIS_GREETING_H_
