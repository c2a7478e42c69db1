#include "server/oauth1/signature_base.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

// Encoded parameters in one buffer; positions, since the buffer moves as it grows.
class EncodedParameters {
 public:
  void Add(absl::string_view name, absl::string_view value) {
    Span span;
    span.name = buffer_.size();
    AppendPercentEncoded(name, buffer_);
    span.value = buffer_.size();
    AppendPercentEncoded(value, buffer_);
    span.end = buffer_.size();
    spans_.push_back(span);
  }

  // Sorted by name, then by value, as bytes (section 3.4.1.3.2), and encoded once more as a part of the base
  // string: of an encoded text that touches the '%' alone.
  void AppendNormalized(std::string& out) {
    std::sort(spans_.begin(), spans_.end(), [this](const Span& a, const Span& b) {
      const int by_name = Name(a).compare(Name(b));
      return by_name != 0 ? by_name < 0 : Value(a) < Value(b);
    });
    bool first = true;
    for (const Span& span : spans_) {
      if (!first) out += "%26";
      first = false;
      AppendTwiceEncoded(Name(span), out);
      out += "%3D";
      AppendTwiceEncoded(Value(span), out);
    }
  }

  size_t size() const { return buffer_.size(); }

 private:
  struct Span {
    size_t name;
    size_t value;
    size_t end;
  };

  absl::string_view Name(const Span& span) const {
    return absl::string_view(buffer_).substr(span.name, span.value - span.name);
  }
  absl::string_view Value(const Span& span) const {
    return absl::string_view(buffer_).substr(span.value, span.end - span.value);
  }

  static void AppendTwiceEncoded(absl::string_view encoded, std::string& out) {
    for (const char c : encoded) {
      if (c == '%') {
        out += "%25";
      } else {
        out.push_back(c);
      }
    }
  }

  std::string buffer_;
  std::vector<Span> spans_;
};

}  // namespace

std::string SignatureBaseString(absl::string_view method, const Url& url, absl::string_view form,
                                const Parameters& protocol) {
  EncodedParameters parameters;
  for (const absl::string_view encoded : {absl::string_view(url.query()), form}) {
    for (const Parameter& parameter : ParseForm(encoded)) {
      // Section 3.4.1.3.1: never signed, wherever it stands.
      if (parameter.name != "oauth_signature") parameters.Add(parameter.name, parameter.value);
    }
  }
  for (const Parameter& parameter : protocol) parameters.Add(parameter.name, parameter.value);
  std::string base = PercentEncode(absl::AsciiStrToUpper(method));
  base.reserve(base.size() + 64 + 2 * parameters.size());
  base.push_back('&');
  AppendPercentEncoded(url.BaseStringUri(), base);
  base.push_back('&');
  parameters.AppendNormalized(base);
  return base;
}

}  // namespace oauth1d::oauth1
