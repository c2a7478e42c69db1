// The signature base string (RFC 5849 section 3.4.1).
#ifndef OAUTH1D_SERVER_OAUTH1_SIGNATURE_BASE_H_
#define OAUTH1D_SERVER_OAUTH1_SIGNATURE_BASE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/oauth1/arena.h"
#include "server/oauth1/short_text.h"
#include "server/oauth1/url.h"

namespace oauth1d::oauth1 {

// Where a parameter came from (section 3.4.1.3.1).
enum class ParameterSource { kQuery, kForm, kProtocol };

// Gathers the parameters of one request after another, in buffers that it keeps. Parameters are encoded first and
// sorted then: the other order gives another signature when a name or value holds a reserved character.
class SignatureBase {
 public:
  struct NormalizedParameter {
    std::string name;   // encoded
    std::string value;  // encoded
    ParameterSource source;
    // Of its source, the how-manieth it was: 0 is the first.
    size_t place;
  };

  // Begins a request.
  void Clear();
  // Encodes them. `oauth_signature` is never added (section 3.4.1.3.1).
  void Add(absl::string_view name, absl::string_view value, ParameterSource source);
  // Adds a protocol parameter; its name consists of unreserved characters.
  void Add(const ShortText<32>& name, absl::string_view value);
  // Adds every pair of an encoded query or form body: decoded ('+' is a space) and encoded again.
  void AddEncoded(absl::string_view encoded, ParameterSource source);
  // Sorts, and joins method in upper case, base string URI and normalized parameters.
  void Finish(absl::string_view http_method, const Url& url);

  // After Finish, until the next Clear.
  absl::string_view text() const { return {text_.data(), text_size_}; }
  // In the order of the base string.
  std::vector<NormalizedParameter> Parameters() const;

  // Overwrites everything; texts and parameters are void then.
  void Wipe() {
    arena_.Wipe();
    text_.Wipe();
  }

 private:
  // One parameter in arena_, as it goes into the base string: encoded twice, with %3D between and %26 behind. The order
  // of texts that are encoded twice is that of texts encoded once: a '%' always becomes the same three bytes.
  struct Pair {
    uint64_t prefix;  // the first eight bytes of the name, as a number: it settles nearly every comparison
    size_t begin;
    size_t value;
    size_t end;  // of the value
    size_t place;
    ParameterSource source;
  };
  absl::string_view NameOf(const Pair& pair) const;
  absl::string_view ValueOf(const Pair& pair) const;
  void Keep(size_t begin, size_t value, size_t end, ParameterSource source);
  bool Precedes(size_t a, size_t b) const;
  bool SortByPrefix();
  void Sort();

  Arena arena_;
  size_t used_ = 0;  // of arena_
  std::vector<Pair> pairs_;
  std::vector<size_t> order_;     // of pairs_
  size_t places_[3] = {0, 0, 0};  // by source
  std::string uri_;
  Arena text_;
  size_t text_size_ = 0;
};

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_SIGNATURE_BASE_H_
