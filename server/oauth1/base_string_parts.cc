#include "server/oauth1/base_string_parts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/base/failure.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

// Encoded, as it stands in the base string.
using Pair = std::pair<absl::string_view, absl::string_view>;
using Pairs = std::vector<Pair>;

std::string Quoted(absl::string_view text) {
  constexpr size_t kMost = 80;
  return absl::StrCat("\"", EscapeForPeople(text, kMost), text.size() > kMost ? "…" : "", "\"");
}

// A name or value for people.
std::string Decoded(absl::string_view encoded) { return Quoted(PercentDecode(PercentDecode(encoded))); }

std::string OursAndTheirs(absl::string_view ours, absl::string_view theirs) {
  return absl::StrCat("ours is ", ours, ", theirs is ", theirs);
}

// What the two ways to write one text have to do with each other; empty: nothing that is known.
std::string EncodingHint(absl::string_view ours, absl::string_view theirs) {
  if (PercentDecode(theirs) == ours) return "; theirs is percent-encoded once more than ours";
  if (PercentDecode(ours) == theirs) return "; ours is percent-encoded once more than theirs";
  const std::string decoded = PercentDecode(PercentDecode(theirs));
  if (PercentDecode(PercentDecode(ours)) == decoded) {
    return "; both mean the same, encoded differently: only letters, digits and -._~ stay, %XX is in upper case";
  }
  const auto with_spaces = [](absl::string_view text) {
    return absl::StrReplaceAll(PercentDecode(PercentDecode(text)), {{"+", " "}});
  };
  if (with_spaces(ours) == with_spaces(theirs)) {
    return "; a space and a + are mixed up: a space is %20, in a form also +, and a + is %2B";
  }
  return "";
}

struct UrlParts {
  std::string scheme;
  std::string host;
  std::string port;
  std::string path;
};

// As far as it can be told; a text without "://" is all path.
UrlParts SplitUrl(absl::string_view url) {
  UrlParts parts;
  const size_t scheme_end = url.find("://");
  if (scheme_end == absl::string_view::npos) return {"", "", "", std::string(url)};
  parts.scheme = std::string(url.substr(0, scheme_end));
  url.remove_prefix(scheme_end + 3);
  const size_t path = std::min(url.find_first_of("/?"), url.size());
  absl::string_view authority = url.substr(0, path);
  parts.path = std::string(url.substr(path));
  const size_t colon = authority.rfind(':');
  if (colon != absl::string_view::npos && !absl::EndsWith(authority, "]")) {
    parts.port = std::string(authority.substr(colon + 1));
    authority = authority.substr(0, colon);
  }
  parts.host = std::string(authority);
  return parts;
}

std::string PortHint(absl::string_view scheme, absl::string_view port) {
  const bool standard = (scheme == "https" && port == "443") || (scheme == "http" && port == "80");
  return standard ? "; the scheme's own port is left out of a base string" : "";
}

std::string PathHint(absl::string_view ours, absl::string_view theirs) {
  if (absl::StrContains(theirs, "?")) return "; a base string has the query among its parameters, not in its URL";
  if (absl::StrCat(ours, "/") == theirs || absl::StrCat(theirs, "/") == ours) {
    return "; only one of them ends in a slash";
  }
  if (PercentDecode(theirs) == PercentDecode(ours)) return "; they are percent-encoded differently";
  return "";
}

std::string DescribeUrls(absl::string_view ours, absl::string_view theirs) {
  if (absl::StrContains(theirs, "://")) {
    return "the URL: theirs is not percent-encoded, as the second part of a base string has to be";
  }
  const UrlParts a = SplitUrl(PercentDecode(ours));
  const UrlParts b = SplitUrl(PercentDecode(theirs));
  if (b.scheme.empty() && absl::StrContains(PercentDecode(b.path), "://")) {
    return "the URL: theirs is percent-encoded once more than ours";
  }
  if (a.scheme != b.scheme) {
    const bool web = absl::EqualsIgnoreCase(b.scheme, "http") || absl::EqualsIgnoreCase(b.scheme, "https");
    return absl::StrCat("the URL's scheme: ", OursAndTheirs(Quoted(a.scheme), Quoted(b.scheme)),
                        web ? "; a proxy in front of the provider may end TLS: the URL to sign is the one that the "
                              "provider itself sees"
                            : "");
  }
  if (a.host != b.host) {
    return absl::StrCat("the URL's host: ", OursAndTheirs(Quoted(a.host), Quoted(b.host)),
                        absl::EqualsIgnoreCase(a.host, b.host) ? "; a base string has it in lower case" : "");
  }
  if (a.port != b.port) {
    const auto shown = [](absl::string_view port) { return port.empty() ? std::string("none") : Quoted(port); };
    return absl::StrCat("the URL's port: ", OursAndTheirs(shown(a.port), shown(b.port)),
                        PortHint(b.scheme, a.port.empty() ? b.port : a.port));
  }
  if (a.path != b.path) {
    return absl::StrCat("the URL's path: ", OursAndTheirs(Quoted(a.path), Quoted(b.path)), PathHint(a.path, b.path));
  }
  return absl::StrCat("the URL, though both mean the same", EncodingHint(ours, theirs));
}

Pairs SplitParameters(absl::string_view text) {
  Pairs pairs;
  if (text.empty()) return pairs;
  for (const absl::string_view piece : absl::StrSplit(text, "%26")) {
    pairs.push_back(absl::StrSplit(piece, absl::MaxSplits("%3D", 1)));
  }
  return pairs;
}

size_t CountOfName(const Pairs& sorted, absl::string_view name) {
  const auto begin = std::lower_bound(sorted.begin(), sorted.end(), Pair(name, ""));
  return std::find_if(begin, sorted.end(), [&](const Pair& pair) { return pair.first != name; }) - begin;
}

// `pair` stands more often in `here` than in `there`.
std::string DescribeMissing(const Pair& pair, absl::string_view there) {
  absl::string_view hint;
  if (pair.first == "oauth_signature") hint = "; it is never signed";
  if (pair.first == "realm") hint = "; the realm of the header is never signed, a parameter of that name is";
  return absl::StrCat("the parameter ", Decoded(pair.first), " with the value ", Decoded(pair.second),
                      " is missing in ", there, hint);
}

std::string DescribeParameters(absl::string_view our_text, absl::string_view their_text) {
  Pairs ours = SplitParameters(our_text);
  Pairs theirs = SplitParameters(their_text);
  const auto unsorted = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
  const Pair our_first = unsorted.first == ours.end() ? Pair() : *unsorted.first;
  const Pair their_first = unsorted.second == theirs.end() ? Pair() : *unsorted.second;
  std::sort(ours.begin(), ours.end());
  std::sort(theirs.begin(), theirs.end());
  const auto [a, b] = std::mismatch(ours.begin(), ours.end(), theirs.begin(), theirs.end());
  if (a == ours.end() && b == theirs.end()) {
    return absl::StrCat("the order of the parameters: where ours has ", Decoded(our_first.first), ", theirs has ",
                        Decoded(their_first.first),
                        "; they are sorted by their encoded names, as bytes, then by their values");
  }
  if (b == theirs.end()) return DescribeMissing(*a, "theirs");
  if (a == ours.end()) return DescribeMissing(*b, "ours");
  if (a->first == b->first && CountOfName(ours, a->first) == CountOfName(theirs, a->first)) {
    return absl::StrCat("the value of the parameter ", Decoded(a->first), ": ",
                        OursAndTheirs(Decoded(a->second), Decoded(b->second)), EncodingHint(a->second, b->second));
  }
  const std::string name_hint = a->first == b->first ? "" : EncodingHint(a->first, b->first);
  if (!name_hint.empty()) {
    return absl::StrCat("the name of a parameter: ", OursAndTheirs(Decoded(a->first), Decoded(b->first)), name_hint);
  }
  return *a < *b ? DescribeMissing(*a, "theirs") : DescribeMissing(*b, "ours");
}

}  // namespace

std::string DescribeDifference(absl::string_view ours, absl::string_view theirs) {
  const std::vector<absl::string_view> a = absl::StrSplit(ours, absl::MaxSplits('&', 2));
  const std::vector<absl::string_view> b = absl::StrSplit(theirs, absl::MaxSplits('&', 2));
  if (a.size() != 3) return "ours is no base string";
  if (b.size() != 3) return "theirs is no base string: that is METHOD&URL&PARAMETERS, each percent-encoded";
  if (a[0] != b[0]) {
    return absl::StrCat("the method: ", OursAndTheirs(Quoted(a[0]), Quoted(b[0])),
                        absl::EqualsIgnoreCase(a[0], b[0]) ? "; a base string has it in upper case" : "");
  }
  if (a[1] != b[1]) return DescribeUrls(a[1], b[1]);
  if (absl::StrContains(b[2], "&") || absl::StrContains(b[2], "=")) {
    return "the parameters: theirs are not percent-encoded as a whole; between them stands %26, before a value %3D";
  }
  return DescribeParameters(a[2], b[2]);
}

}  // namespace oauth1d::oauth1
