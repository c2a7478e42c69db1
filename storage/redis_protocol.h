// The Redis protocol (RESP2), without I/O: bytes in, values out. Reading is hiredis's parser; writing is so
// little that it is here.
#ifndef OAUTH1D_STORAGE_REDIS_PROTOCOL_H_
#define OAUTH1D_STORAGE_REDIS_PROTOCOL_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

struct redisReader;

namespace oauth1d::storage {

struct Reply {
  enum class Type { kNil, kStatus, kString, kInteger, kArray, kError };

  // The first word of an error, which says what kind it is (READONLY, OOM, …); empty where it is none.
  absl::string_view ErrorCode() const;
  bool IsStatus(absl::string_view expected) const { return type == Type::kStatus && text == expected; }

  Type type = Type::kNil;
  int64_t integer = 0;
  std::string text;             // of a status, string or error; any bytes
  std::vector<Reply> elements;  // of an array
};

// Appends the command to `out`. Arguments may hold any bytes. Reserves first, so that an argument that is a
// secret leaves no copy behind in a block that `out` outgrew, as long as `out` was empty.
void AppendCommand(std::string& out, absl::Span<const absl::string_view> arguments);
void AppendCommand(std::string& out, absl::Span<const std::string> arguments);

// Splits what a server sends into replies.
class ReplyReader {
 public:
  // The size of a reply is bounded: nothing that a server sends makes us keep more than this.
  static constexpr size_t kMaxReplyBytes = size_t{8} << 20;
  static constexpr size_t kMaxReplyElements = 4096;

  ReplyReader();
  ~ReplyReader();
  ReplyReader(const ReplyReader&) = delete;
  ReplyReader& operator=(const ReplyReader&) = delete;

  // Takes bytes as they come, cut anywhere. Call Next until it has no more before feeding again.
  void Feed(absl::string_view bytes);

  // The next complete reply, or nothing yet. kUnavailable with reason STORE_UNAVAILABLE: these bytes are not the
  // protocol or exceed a bound; so does every later call: where a reply begins is lost.
  absl::StatusOr<std::optional<Reply>> Next();

  // How much the reply that is being read holds so far; for the parser's callbacks.
  struct Size {
    size_t bytes = 0;
    size_t elements = 0;
  };

 private:
  Size size_;
  const std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
};

}  // namespace oauth1d::storage

#endif  // OAUTH1D_STORAGE_REDIS_PROTOCOL_H_
