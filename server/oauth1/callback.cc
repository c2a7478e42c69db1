#include "server/oauth1/callback.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

constexpr size_t kMaxField = 4096;

std::string* FieldOf(Callback& callback, absl::string_view name) {
  if (name == "state") return &callback.state;
  if (name == "oauth_token") return &callback.token;
  if (name == "oauth_verifier") return &callback.verifier;
  if (name == "denied") return &callback.denied;
  if (name == "oauth_problem") return &callback.problem;
  return nullptr;
}

// A URL's text before its query and after its authority; empty for a text that is a query itself.
absl::string_view PathOf(absl::string_view text) {
  text = text.substr(0, text.find('?'));
  if (absl::StartsWith(text, "/")) return text;
  const size_t authority = text.find("://");
  if (authority == absl::string_view::npos || absl::StrContains(text.substr(0, authority), '=')) return "";
  const size_t path = text.find('/', authority + 3);
  return path == absl::string_view::npos ? "" : text.substr(path);
}

std::string LastPathSegment(absl::string_view text) {
  absl::string_view path = PathOf(text);
  // Web frameworks redirect to the same path with a slash behind it.
  absl::ConsumeSuffix(&path, "/");
  std::string segment = PercentDecode(path.substr(path.rfind('/') + 1));
  return segment.size() > kMaxField || HasControlCharacters(segment) ? "" : segment;
}

// The query of a URL; a text that is no URL is a query already.
absl::string_view QueryOf(absl::string_view text) {
  const size_t question = text.find('?');
  const bool url = absl::StartsWithIgnoreCase(text, "http://") || absl::StartsWithIgnoreCase(text, "https://") ||
                   absl::StartsWith(text, "/") || absl::StartsWith(text, "?");
  if (!url) return text;
  return question == absl::string_view::npos ? absl::string_view() : text.substr(question + 1);
}

}  // namespace

absl::StatusOr<Callback> ParseCallback(absl::string_view query_or_url) {
  Callback callback;
  query_or_url = query_or_url.substr(0, query_or_url.find('#'));
  callback.last_path_segment = LastPathSegment(query_or_url);
  std::string query(QueryOf(query_or_url));
  std::replace(query.begin(), query.end(), '?', '&');
  for (const Parameter& parameter : ParseForm(query)) {
    if (parameter.name == "oauth_problem_advice" && callback.problem_advice.empty()) {
      callback.problem_advice = parameter.value.substr(0, kMaxField);
    }
    std::string* const field = FieldOf(callback, parameter.name);
    if (field == nullptr || parameter.value.empty()) continue;
    if (parameter.value.size() > kMaxField || HasControlCharacters(parameter.value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("has a ", parameter.name, " that is no text of at most 4096 bytes"));
    }
    if (!field->empty() && *field != parameter.value) {
      return absl::InvalidArgumentError(absl::StrCat("has two different values of ", parameter.name));
    }
    *field = parameter.value;
  }
  return callback;
}

bool IsDenial(const Callback& callback) { return !callback.denied.empty() || callback.problem == "user_refused"; }

}  // namespace oauth1d::oauth1
