// A value that must not be seen: a consumer secret, a token secret, a key.
#ifndef OAUTH1D_SERVER_BASE_SECRET_H_
#define OAUTH1D_SERVER_BASE_SECRET_H_

#include <cstddef>
#include <ostream>
#include <string>

#include "absl/strings/string_view.h"

namespace oauth1d {

// Owns bytes in memory of their own (secret_memory.h), and wipes them when it goes or is assigned over. It cannot be
// printed, concatenated or compared with ==; whoever needs the bytes says Reveal(), which is easy to find in a review.
// Not thread-safe for writing; any number of threads may read.
class Secret {
 public:
  Secret() = default;
  explicit Secret(absl::string_view bytes);
  // Takes the bytes out of `text` and wipes it, its unused capacity included.
  static Secret Take(std::string& text);

  Secret(const Secret& other);
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  // Never null, which OpenSSL's HMAC takes for "the key as before".
  absl::string_view Reveal() const { return bytes_ == nullptr ? "" : absl::string_view(bytes_, size_); }
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }

  friend bool operator==(const Secret&, const Secret&) = delete;
  friend std::ostream& operator<<(std::ostream&, const Secret&) = delete;

 private:
  char* bytes_ = nullptr;
  size_t size_ = 0;
};

// Compares in a time that depends on the lengths alone.
bool EqualInConstantTime(absl::string_view a, absl::string_view b);

// Overwrites the text, its unused capacity included, and empties it.
void WipeText(std::string& text);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_BASE_SECRET_H_
