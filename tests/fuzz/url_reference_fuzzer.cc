// Whatever a caller gives as url: what is accepted lies inside a base, and stays there when it is read again.
#include <algorithm>

#include "absl/strings/match.h"
#include "server/base/failure.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/url_reference.h"
#include "tests/fuzz/fuzzed.h"

namespace oauth1d::oauth1 {
namespace {

const std::vector<Url>& Bases() {
  static const auto* const bases =
      new std::vector<Url>{*Url::Parse("https://api.example.com/1.1/"), *Url::Parse("http://[::1]:8080/a/b/")};
  return *bases;
}

void CheckUrl(absl::string_view text) {
  const absl::StatusOr<Url> url = Url::Parse(text);
  if (!url.ok()) return Promise(absl::IsInvalidArgument(url.status()), "a bad URL is an invalid argument");
  const absl::StatusOr<Url> again = Url::Parse(url->ToString());
  Promise(again.ok() && again->ToString() == url->ToString(), "a URL that was accepted is accepted as it is written");
  Promise(again->origin() == url->origin(), "and has the same origin");
  Promise(!HasControlCharacters(url->ToString()), "no control character passes");
  Promise(absl::EndsWith(text, url->has_query() ? "?" + url->query() : url->path()) || url->path() == "/",
          "path and query stay byte for byte");
}

void CheckReference(absl::string_view text) {
  const absl::StatusOr<Url> url = ResolveInside(Bases(), text);
  if (!url.ok()) {
    return Promise(absl::IsInvalidArgument(url.status()) || ReasonOf(url.status()) == Reason::kDestinationDenied,
                   "a refusal is one of two");
  }
  const std::string whole = url->ToString();
  Promise(absl::StartsWith(whole, "https://api.example.com/1.1/") || absl::StartsWith(whole, "http://[::1]:8080/a/b/"),
          "what is accepted lies below a base");
  std::string path = url->path();
  for (int decodings = 0; decodings < 8; ++decodings) {
    std::replace(path.begin(), path.end(), '\\', '/');
    Promise(!absl::StrContains(path + "/", "/../") && !absl::StrContains(path, "/..;"), "no decoding makes it climb");
    path = PercentDecode(path);
  }
  const absl::StatusOr<Url> again = ResolveInside(Bases(), whole);
  Promise(again.ok() && again->ToString() == whole, "and stays where it is");
}

}  // namespace
}  // namespace oauth1d::oauth1

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = oauth1d::AsText(data, size);
  oauth1d::oauth1::CheckUrl(text);
  oauth1d::oauth1::CheckReference(text);
  return 0;
}
