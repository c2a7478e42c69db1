#include "server/flow/callback_urls.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

std::string CallbackWithState(const AllowedCallback& callback, absl::string_view state) {
  if (callback.out_of_band) return std::string(kOutOfBand);
  return absl::StrCat(callback.url, absl::StrContains(callback.url, '?') ? "&" : "?", "state=", state);
}

}  // namespace oauth1d::flow
