#include "server/providers/owner.h"

#include <algorithm>

namespace oauth1d::providers {

bool Grant::AllowsCallback(absl::string_view callback_url) const {
  return std::find(callback_urls.begin(), callback_urls.end(), callback_url) != callback_urls.end();
}

const Grant* Owner::Find(absl::string_view provider) const {
  for (const Grant& grant : grants) {
    if (grant.provider->name == provider) return &grant;
  }
  return nullptr;
}

}  // namespace oauth1d::providers
