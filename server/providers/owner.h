// Who owns flows and tokens, and what an owner may use. Frozen with the configuration.
#ifndef OAUTH1D_SERVER_PROVIDERS_OWNER_H_
#define OAUTH1D_SERVER_PROVIDERS_OWNER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/providers/provider.h"

namespace oauth1d::providers {

// What an owner may do with one provider. What is not granted is denied.
struct Grant {
  std::shared_ptr<const Provider> provider;  // never null
  std::vector<std::string> callback_urls;    // compared as whole strings; `oob` allows out-of-band
  bool application = false;                  // two-legged requests
  bool password_login = false;               // ImportAccessToken with a name and a password (xAuth)

  bool AllowsCallback(absl::string_view callback_url) const;
};

struct Owner {
  std::string name;
  std::vector<Grant> grants;  // in the configuration's order

  // Null: no such provider for this owner.
  const Grant* Find(absl::string_view provider) const;
};

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_OWNER_H_
