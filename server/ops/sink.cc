#include "server/ops/sink.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace oauth1d::ops {

std::unique_ptr<Sink> Sink::Stderr() { return std::unique_ptr<Sink>(new Sink(STDERR_FILENO, false)); }

absl::StatusOr<std::unique_ptr<Sink>> Sink::OpenFile(const std::string& path) {
  // Not blocking: a FIFO without a reader is an error, not a wait.
  const int descriptor = open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
  if (descriptor < 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot append to ", path, ": ", std::generic_category().message(errno)));
  }
  return std::unique_ptr<Sink>(new Sink(descriptor, true));
}

Sink::Sink(int descriptor, bool owned) : descriptor_(descriptor), owned_(owned) {
  struct stat about {};
  if (fstat(descriptor_, &about) != 0) return;
  if (S_ISFIFO(about.st_mode)) kind_ = Kind::kPipe;
  if (S_ISSOCK(about.st_mode)) kind_ = Kind::kSocket;
}

Sink::~Sink() {
  if (owned_) close(descriptor_);
}

int Sink::PutAll(std::string& text, absl::Duration patience) {
  while (!text.empty()) {
    const ptrdiff_t count = PutSome(text);
    if (count > 0) {
      text.erase(0, static_cast<size_t>(count));
      continue;
    }
    const int error = count == 0 ? EIO : errno;
    if (error == EINTR) continue;
    if (error != EAGAIN) return error;
    if (!AwaitRoom(patience)) return EAGAIN;
  }
  return 0;
}

ptrdiff_t Sink::PutSome(absl::string_view bytes) {
  if (kind_ == Kind::kSocket) return send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (kind_ == Kind::kPipe) {
    const iovec whole{const_cast<char*>(bytes.data()), bytes.size()};
    const ptrdiff_t count = pwritev2(descriptor_, &whole, 1, -1, RWF_NOWAIT);
    if (count >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS)) return count;
    // Linux before 6.4: what poll calls writable takes this much at once, unless somebody else was quicker.
    if (!AwaitRoom(absl::ZeroDuration())) {
      errno = EAGAIN;
      return -1;
    }
    return write(descriptor_, bytes.data(), std::min<size_t>(bytes.size(), PIPE_BUF));
  }
  if (!AwaitRoom(absl::ZeroDuration())) {  // a terminal that was told to stop
    errno = EAGAIN;
    return -1;
  }
  return write(descriptor_, bytes.data(), bytes.size());
}

bool Sink::AwaitRoom(absl::Duration longest) {
  pollfd room{descriptor_, POLLOUT, 0};
  return poll(&room, 1, static_cast<int>(absl::ToInt64Milliseconds(longest))) > 0;
}

}  // namespace oauth1d::ops
