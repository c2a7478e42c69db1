#include "server/flow/flow_lookup.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace oauth1d::flow {
namespace {

bool HasCookieFor(const std::vector<BindingCookie>& cookies, absl::string_view lookup) {
  const std::string secure = BindingCookieName(lookup, true);
  const std::string plain = BindingCookieName(lookup, false);
  return std::any_of(cookies.begin(), cookies.end(),
                     [&](const BindingCookie& cookie) { return cookie.name == secure || cookie.name == plain; });
}

}  // namespace

std::string LookupByToken(absl::string_view provider, absl::string_view consumer, absl::string_view temporary_token) {
  std::string lookup = "token";
  for (const absl::string_view part : {provider, consumer, temporary_token}) {
    absl::StrAppend(&lookup, " ", part.size(), ":", part);
  }
  return lookup;
}

std::string FindLookup(const providers::Provider& provider, const oauth1::Callback& callback,
                       const std::vector<BindingCookie>& cookies) {
  std::vector<std::string> candidates;
  const std::string& token = callback.token.empty() ? callback.denied : callback.token;
  if (providers::FoundByToken(provider.callback_mode) && !token.empty()) {
    for (const providers::Consumer& consumer : provider.consumers) {
      candidates.push_back(LookupByToken(provider.name, consumer.name, token));
    }
  }
  const bool in_path = provider.callback_mode == providers::CallbackMode::kPath && callback.state.empty();
  const std::string& state = in_path ? callback.last_path_segment : callback.state;
  if (!state.empty()) candidates.push_back(state);
  for (const std::string& candidate : candidates) {
    if (HasCookieFor(cookies, candidate)) return candidate;
  }
  return candidates.empty() ? "" : candidates.front();
}

}  // namespace oauth1d::flow
