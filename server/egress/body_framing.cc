#include "server/egress/body_framing.h"

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::egress {

absl::StatusOr<std::string> BodyFraming::Piece(std::string piece) {
  if (length_.has_value()) {
    if (end_.size() > *length_ - given_ || piece.size() > *length_ - given_ - end_.size()) {
      return FailField("content_length", "is less than the body has");
    }
    given_ += piece.size();
    return piece;
  }
  if (piece.empty()) return piece;  // a chunk of this size would be the last one
  return absl::StrCat(absl::Hex(piece.size()), "\r\n", piece, "\r\n");
}

absl::StatusOr<std::string> BodyFraming::End() {
  if (!length_.has_value()) {
    if (end_.empty()) return "0\r\n\r\n";
    return absl::StrCat(absl::Hex(end_.size()), "\r\n", end_, "\r\n0\r\n\r\n");
  }
  if (*length_ - given_ != end_.size()) {
    return FailField("content_length", "is more than the body has");
  }
  given_ = *length_;
  return std::string(end_);
}

}  // namespace oauth1d::egress
