#include "server/providers/owner.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace oauth1d::providers {
namespace {

bool IsInside(absl::string_view path, absl::string_view prefix) {
  if (!absl::StartsWith(path, prefix)) return false;
  return path.size() == prefix.size() || absl::EndsWith(prefix, "/") || path[prefix.size()] == '/';
}

}  // namespace

bool Grant::AllowsCallback(absl::string_view callback_url) const {
  return std::find(callback_urls.begin(), callback_urls.end(), callback_url) != callback_urls.end();
}

bool Grant::AllowsRpc(Rpc rpc) const { return rpcs.empty() || rpcs.contains(rpc); }

bool Grant::AllowsMethod(absl::string_view method) const {
  return methods.empty() || methods.contains(std::string(method));
}

bool Grant::AllowsPath(absl::string_view path) const {
  return path_prefixes.empty() || std::any_of(path_prefixes.begin(), path_prefixes.end(),
                                              [&](const std::string& prefix) { return IsInside(path, prefix); });
}

const Grant* Owner::Find(absl::string_view provider) const {
  for (const Grant& grant : grants) {
    if (grant.provider->name == provider) return &grant;
  }
  return nullptr;
}

bool Owner::Opens(absl::string_view owner) const { return owner == name || also_opens.contains(std::string(owner)); }

}  // namespace oauth1d::providers
