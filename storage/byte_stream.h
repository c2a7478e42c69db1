// A connection that carries bytes both ways.
#ifndef OAUTH1D_STORAGE_BYTE_STREAM_H_
#define OAUTH1D_STORAGE_BYTE_STREAM_H_

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "server/base/task.h"
#include "storage/redis_address.h"

namespace oauth1d::storage {

// Used on one event loop, for one connection. One read and one write may be outstanding; whoever calls keeps the
// stream and the buffer alive until they have ended. Errors say what happened, for people: kUnavailable.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // OK once bytes may be sent to the right server (with TLS: once it has proved who it is). Where the address
  // stands for several servers, each gets its share of `patience`.
  virtual Task<> Connect(RedisAddress address, absl::Duration patience) = 0;
  // At least one byte.
  virtual Task<size_t> ReadSome(absl::Span<char> buffer) = 0;
  // All of them.
  virtual Task<> Write(absl::string_view bytes) = 0;
  // Ends whatever is outstanding with an error, and so does every later call.
  virtual void Close() = 0;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_BYTE_STREAM_H_
