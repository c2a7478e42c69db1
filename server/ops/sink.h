// Where lines end: stderr, or a file.
#ifndef OAUTH1D_SERVER_OPS_SINK_H_
#define OAUTH1D_SERVER_OPS_SINK_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oauth1d::ops {

// A descriptor that is written to without waiting for a reader: pipes and sockets never block, whoever else holds their
// other end, and the descriptor's own flags stay as they are, since other processes share them. For one thread.
class Sink {
 public:
  static std::unique_ptr<Sink> Stderr();
  // Appends; 0600 if the file is made. Errors: kUnavailable: it cannot be opened.
  static absl::StatusOr<std::unique_ptr<Sink>> OpenFile(const std::string& path);
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink();

  // Writes as much as goes, and leaves the rest in `text`. 0: all of it; EAGAIN: nothing was taken for `patience`; else
  // another number of errno.
  int PutAll(std::string& text, absl::Duration patience);
  // Waits until there may be room, or an error to tell. False: not in that time.
  bool AwaitRoom(absl::Duration longest);

 private:
  enum class Kind { kOther, kPipe, kSocket };

  Sink(int descriptor, bool owned);
  // As write(2), in a way that returns EAGAIN rather than to wait, as far as the kernel has one.
  ptrdiff_t PutSome(absl::string_view bytes);

  const int descriptor_;
  const bool owned_;
  Kind kind_ = Kind::kOther;
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_SINK_H_
