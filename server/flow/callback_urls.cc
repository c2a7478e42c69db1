#include "server/flow/callback_urls.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/failure.h"
#include "server/oauth1/url.h"

namespace oauth1d::flow {
namespace {

constexpr char kField[] = "callback_url";

}  // namespace

absl::StatusOr<AllowedCallback> CheckCallbackUrl(const providers::Grant& grant, absl::string_view callback_url) {
  AllowedCallback callback;
  callback.url = std::string(callback_url);
  if (callback_url.empty()) return FailField(kField, "is required");
  if (callback_url == kOutOfBand) {
    callback.out_of_band = true;
    if (!grant.AllowsCallback(callback_url)) return FailField(kField, "oob is not configured for this provider");
    return callback;
  }
  const absl::StatusOr<oauth1::Url> url = oauth1::Url::Parse(callback_url);
  if (!url.ok()) return FailField(kField, url.status().message());
  callback.secure = url->origin().tls;
  if (!callback.secure && !oauth1::IsLoopbackHost(url->origin().host)) {
    return FailField(kField,
                     "is plain http beyond loopback; use https (behind a proxy: let the framework see "
                     "X-Forwarded-Proto)");
  }
  if (!grant.AllowsCallback(callback_url)) {
    return FailField(kField, "is not one of the configuration's callback_urls for this provider, to the letter");
  }
  return callback;
}

std::string CallbackWithState(const AllowedCallback& callback, absl::string_view state, providers::CallbackMode mode) {
  if (callback.out_of_band) return std::string(kOutOfBand);
  const absl::string_view url = callback.url;
  switch (mode) {
    case providers::CallbackMode::kNone:
    case providers::CallbackMode::kOutOfBand:
      return callback.url;
    case providers::CallbackMode::kPath: {
      const size_t end = std::min(url.find('?'), url.size());
      const absl::string_view path = absl::StripSuffix(url.substr(0, end), "/");
      return absl::StrCat(path, "/", state, url.substr(end));
    }
    case providers::CallbackMode::kQuery:
    case providers::CallbackMode::kAuthorizeUrl:
      break;
  }
  return absl::StrCat(url, absl::StrContains(url, '?') ? "&" : "?", "state=", state);
}

std::optional<std::string> OAuthCallback(const AllowedCallback& callback, absl::string_view state,
                                         providers::CallbackMode mode) {
  if (mode == providers::CallbackMode::kAuthorizeUrl) return std::nullopt;
  if (mode == providers::CallbackMode::kOutOfBand) return std::string(kOutOfBand);
  return CallbackWithState(callback, state, mode);
}

}  // namespace oauth1d::flow
