// A provider as the service knows it: a frozen record, built from the configuration. Quirks are data here,
// never code that asks for a name.
#ifndef OAUTH1D_SERVER_PROVIDERS_PROVIDER_H_
#define OAUTH1D_SERVER_PROVIDERS_PROVIDER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/base/network_rules.h"
#include "server/base/secret.h"
#include "server/oauth1/signature.h"
#include "server/oauth1/signer.h"
#include "server/oauth1/url.h"

namespace oauth1d::providers {

// Client credentials (RFC 5849 section 1.1): who we are at the provider.
struct Consumer {
  std::string name;  // what callers say
  std::string key;
  Secret secret;
};

// What to do when a provider does not send oauth_callback_confirmed=true (RFC 5849 section 2.1, and the session
// fixation of advisory 2009.1).
enum class CallbackConfirmed { kRequire, kWarn, kIgnore };

struct Provider {
  std::string name;  // what callers say
  std::string title;
  std::string icon_hint;
  std::string sunset_date;          // YYYY-MM-DD, or empty
  std::vector<Consumer> consumers;  // at least one
  // The three endpoints; none of them where users do not log in.
  std::optional<oauth1::Url> request_token_url;
  std::optional<oauth1::Url> authorize_url;
  std::optional<oauth1::Url> access_token_url;
  std::vector<oauth1::Url> api_bases;  // each path ends in '/'; the first is the base of relative urls
  std::string token_method = "POST";   // of the two token calls
  oauth1::SignatureMethod signature_method = oauth1::SignatureMethod::kHmacSha1;
  oauth1::Placement placement = oauth1::Placement::kHeader;
  std::string realm;  // sent in the Authorization header; empty: none
  CallbackConfirmed callback_confirmed = CallbackConfirmed::kRequire;
  bool reveal_provider_token = false;
  // Names that a caller may add.
  std::vector<std::string> authorize_parameters;
  std::vector<std::string> request_token_parameters;
  std::shared_ptr<const NetworkRules> network_rules;  // never null

  bool three_legged() const { return request_token_url && authorize_url && access_token_url; }
  // The consumer of this name; for an empty name the only one. Null: there is none, or the choice is open.
  const Consumer* FindConsumer(absl::string_view consumer) const;
};

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_PROVIDER_H_
