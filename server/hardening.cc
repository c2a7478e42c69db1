#include "server/hardening.h"

#include <strings.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OAUTH1D_WITH_LEAK_SANITIZER
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define OAUTH1D_WITH_LEAK_SANITIZER
#endif

namespace oauth1d {
namespace {

// gRPC's traces print metadata and messages, so tokens and API keys. A proxy would see where we go; TLS key logs open
// what was recorded. OPENSSL_CONF and its like can load any library as a provider or engine: the system's openssl.cnf
// still counts. The rest turns the lookup of names. SSL_CERT_FILE and SSL_CERT_DIR stay: images name their roots so.
bool TakesOrders(absl::string_view name) {
  constexpr absl::string_view kNames[] = {"SSLKEYLOGFILE", "MALLOC_TRACE",     "LOCALDOMAIN", "RES_OPTIONS",
                                          "HOSTALIASES",   "RESOLV_HOST_CONF", "CARES_HOSTS"};
  constexpr absl::string_view kProxies[] = {"http_proxy", "https_proxy", "ftp_proxy",    "all_proxy",
                                            "grpc_proxy", "no_proxy",    "no_grpc_proxy"};
  const auto is_proxy = [&](absl::string_view one) { return absl::EqualsIgnoreCase(name, one); };
  return absl::StartsWith(name, "GRPC_") || absl::StartsWith(name, "OPENSSL_") ||
         std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         std::any_of(std::begin(kProxies), std::end(kProxies), is_proxy);
}

void CleanEnvironment() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const absl::string_view variable(*entry);
    const absl::string_view name = variable.substr(0, variable.find('='));
    if (!TakesOrders(name)) continue;
    names.emplace_back(name);
    // The address of a proxy may hold a password, and /proc/PID/environ shows this memory for ever.
    if (name.size() < variable.size()) explicit_bzero(*entry + name.size() + 1, variable.size() - name.size() - 1);
  }
  for (const std::string& name : names) unsetenv(name.c_str());
}

}  // namespace

void Harden() {
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#if !defined(OAUTH1D_WITH_LEAK_SANITIZER)
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);  // LeakSanitizer traces its own process, which this forbids
#endif
  umask(077);
  CleanEnvironment();
}

}  // namespace oauth1d
