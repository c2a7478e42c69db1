// A provider as the service knows it: a frozen record, built from the configuration. Quirks are data here,
// never code that asks for a name.
#ifndef OAUTH1D_SERVER_PROVIDERS_PROVIDER_H_
#define OAUTH1D_SERVER_PROVIDERS_PROVIDER_H_

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/network_rules.h"
#include "server/base/secret.h"
#include "server/oauth1/body_hash.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/rsa_key.h"
#include "server/oauth1/signature.h"
#include "server/oauth1/signer.h"
#include "server/oauth1/token_response.h"
#include "server/providers/endpoints.h"

namespace oauth1d::providers {

// Client credentials (RFC 5849 section 1.1): who we are at the provider.
struct Consumer {
  std::string name;  // what callers say
  std::string key;
  Secret secret;                                  // empty where only RSA methods are used
  std::shared_ptr<const oauth1::RsaKey> rsa_key;  // null where only the other methods are used
  oauth1::Parameters parameters;                  // values of the provider's templates that are fixed for it, by name
  // The templates filled, where the provider leaves something open and this consumer fixes all of it; else null.
  std::shared_ptr<const Endpoints> endpoints;
  // What it was before its key was changed: flows and tokens go on with the key that they began with. Name, parameters
  // and endpoints are this one's.
  std::vector<std::shared_ptr<const Consumer>> previous;
};

// What to do when a provider does not send oauth_callback_confirmed=true (RFC 5849 section 2.1, and the session
// fixation of advisory 2009.1).
enum class CallbackConfirmed { kRequire, kWarn, kIgnore };

// How the state comes back from the provider, or, where it cannot, how the flow is found without it.
enum class CallbackMode {
  kQuery,         // oauth_callback carries ?state=
  kPath,          // oauth_callback ends in /STATE
  kNone,          // oauth_callback to the letter; found by oauth_token
  kOutOfBand,     // oauth_callback=oob, the URL is registered with the provider; found by oauth_token
  kAuthorizeUrl,  // the authorize URL carries the callback with ?state=
};

// Whether nothing of us comes back, so that a flow is found by its temporary token.
inline bool FoundByToken(CallbackMode mode) { return mode == CallbackMode::kNone || mode == CallbackMode::kOutOfBand; }

enum class ParametersIn { kBody, kQuery, kHeader };

// How the requests of one phase are made.
struct Phase {
  oauth1::SignatureMethod signature_method = oauth1::SignatureMethod::kHmacSha1;
  oauth1::Placement placement = oauth1::Placement::kHeader;
  std::string method = "POST";    // HTTP; of no meaning for API requests
  oauth1::Parameters parameters;  // sent each time
  ParametersIn parameters_in = ParametersIn::kBody;
};

// How the browser is sent to the authorize URL.
struct Authorize {
  std::string token_parameter = "oauth_token";
  std::string consumer_key_parameter;  // empty: not sent
  std::string callback_parameter;      // empty: not sent
  oauth1::Parameters parameters;
  std::string url_field;  // of the temporary credential response; empty: the record's URL is used
};

enum class RenewBy { kNothing, kSessionHandle, kUrl };

struct Renewal {
  RenewBy by = RenewBy::kNothing;
  std::string method = "GET";  // with kUrl
  // How long a token lives where the provider does not say; zero: unknown.
  absl::Duration lifetime = absl::ZeroDuration();
  std::vector<std::string> problems = {"token_expired"};  // mean: renew and send again
};

enum class Capability { kThreeLegged, kTwoLegged, kOutOfBand, kXauth, kImportOnly, kTokenExchangeOnly };

struct Provider {
  std::string name;  // what callers say
  std::string title;
  std::string icon_hint;
  std::string sunset_date;          // YYYY-MM-DD, or empty
  std::vector<Consumer> consumers;  // at least one
  std::set<Capability> capabilities;

  EndpointTemplates templates;
  // The templates filled; null where they leave something open, see FindClient.
  std::shared_ptr<const Endpoints> endpoints;

  Phase request_token;
  Authorize authorize;
  Phase access_token;
  Phase api;

  CallbackMode callback_mode = CallbackMode::kQuery;
  CallbackConfirmed callback_confirmed = CallbackConfirmed::kRequire;
  bool verifier_required = true;
  oauth1::TokenResponseFormat token_response;
  std::string refusal_prefix;  // a token call's answer that begins so is a refusal, whatever its status; empty: none

  oauth1::BodyHash body_hash = oauth1::BodyHash::kNone;
  bool sign_multipart_fields = false;
  bool send_version = true;
  bool empty_token = false;
  bool bare_plaintext = false;
  bool monotonic_timestamps = false;
  std::vector<std::string> timestamp_refused;  // what else a refusal of the clock may say

  Renewal renewal;
  std::string revocation_method = "POST";

  bool trace_context = false;  // the trace goes on there
  bool reveal_provider_token = false;
  bool explain_with_signature = false;
  // Names that a caller may add.
  std::vector<std::string> authorize_parameters;
  std::vector<std::string> request_token_parameters;
  std::shared_ptr<const NetworkRules> network_rules;  // never null

  bool three_legged() const {
    return !templates.request_token_url.empty() && !templates.authorize_url.empty() &&
           !templates.access_token_url.empty();
  }
  // The consumer of this name; for an empty name the only one. Null: there is none, or the choice is open.
  const Consumer* FindConsumer(absl::string_view consumer) const;
};

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_PROVIDER_H_
