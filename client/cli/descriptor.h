// A file descriptor that is closed when it goes.
#ifndef OAUTH1D_CLIENT_CLI_DESCRIPTOR_H_
#define OAUTH1D_CLIENT_CLI_DESCRIPTOR_H_

#include <unistd.h>

#include <cstddef>
#include <utility>

namespace oauth1d::cli {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }

  int get() const { return number_; }
  bool valid() const { return number_ >= 0; }

 private:
  int number_;
};

// All of it, over interruptions. False: errno says why.
inline bool WriteAll(int descriptor, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t written = write(descriptor, bytes, size);
    if (written < 0) return false;
    bytes += written;
    size -= static_cast<size_t>(written);
  }
  return true;
}

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_DESCRIPTOR_H_
