// Who owns flows and tokens, and what an owner may use. Frozen with the configuration.
#ifndef OAUTH1D_SERVER_PROVIDERS_OWNER_H_
#define OAUTH1D_SERVER_PROVIDERS_OWNER_H_

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/providers/provider.h"
#include "server/providers/rpc.h"

namespace oauth1d::providers {

// What an owner may do with one provider. What is not granted is denied.
struct Grant {
  std::shared_ptr<const Provider> provider;  // never null
  std::vector<std::string> callback_urls;    // compared as whole strings; `oob` allows out-of-band
  bool application = false;                  // two-legged requests
  bool password_login = false;               // ImportAccessToken with a name and a password (xAuth)
  std::set<Rpc> rpcs;                        // empty: all
  std::set<std::string> methods;             // of HTTP; empty: all
  std::vector<std::string> path_prefixes;    // of requests, each beginning with `/`; empty: all
  int in_flight = 0;                         // RPCs at once; 0: no limit of its own
  int calls_per_second = 0;                  // 0: no limit

  bool AllowsCallback(absl::string_view callback_url) const;
  bool AllowsRpc(Rpc rpc) const;
  bool AllowsMethod(absl::string_view method) const;
  // `path` as it goes on the wire: nothing is decoded. A prefix counts up to a `/`, or to the path's end.
  bool AllowsPath(absl::string_view path) const;
};

struct Owner {
  std::string name;
  std::vector<Grant> grants;         // in the configuration's order
  std::set<std::string> also_opens;  // owners whose flows and tokens are this one's too
  int in_flight = 0;                 // RPCs at once; 0: the limit of all owners
  int pending_flows = 0;             // logins begun and not ended; 0: the limit of all owners
  int calls_per_second = 0;          // 0: no limit

  // Null: no such provider for this owner.
  const Grant* Find(absl::string_view provider) const;
  // Whether a flow or token of `owner` is this one's to use.
  bool Opens(absl::string_view owner) const;
};

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_OWNER_H_
