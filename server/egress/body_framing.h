// How the body of a streamed request is framed on the wire (RFC 9112, section 6).
#ifndef OAUTH1D_SERVER_EGRESS_BODY_FRAMING_H_
#define OAUTH1D_SERVER_EGRESS_BODY_FRAMING_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oauth1d::egress {

// Made for one body. `end` is its last part, and must live as long.
class BodyFraming {
 public:
  // `length`: of the whole body. Nothing: it goes out chunked.
  BodyFraming(std::optional<uint64_t> length, absl::string_view end) : length_(length), end_(end) {}

  // What to send for the next piece, which may be empty. INVALID_REQUEST on content_length if there are more bytes than
  // it says.
  absl::StatusOr<std::string> Piece(std::string piece);
  // What to send after the last piece. INVALID_REQUEST on content_length if there were fewer.
  absl::StatusOr<std::string> End();

  // Every byte of a body of known length was given out: who has them all has the body, whatever the source may still
  // say.
  bool whole() const { return length_.has_value() && given_ == *length_; }

 private:
  const std::optional<uint64_t> length_;
  const absl::string_view end_;
  uint64_t given_ = 0;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_BODY_FRAMING_H_
