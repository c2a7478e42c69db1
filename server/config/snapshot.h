// The configuration, validated and frozen. After loading, no code touches a configuration message.
#ifndef OAUTH1D_SERVER_CONFIG_SNAPSHOT_H_
#define OAUTH1D_SERVER_CONFIG_SNAPSHOT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/secret.h"
#include "server/providers/owner.h"
#include "server/providers/provider.h"
#include "server/sealing/keyring.h"

namespace oauth1d::config {

// One-way TLS for callers; the texts of the files, checked to belong together.
struct ListenTls {
  std::string certificate_pem;
  Secret private_key_pem;
};

struct Listen {
  std::string address;  // host:port, [v6]:port or unix:/path
  absl::Duration drain_delay;
  bool reflection = false;
  std::optional<ListenTls> tls;
};

struct RedisOptions {
  std::string address;  // host:port or unix:/path
  std::string username;
  Secret password;  // empty: no AUTH
};

struct Store {
  std::optional<RedisOptions> redis;  // none: memory
};

struct Snapshot {
  Listen listen;
  Store store;
  std::shared_ptr<const sealing::Keyring> keyring;                    // never null
  std::vector<std::shared_ptr<const providers::Provider>> providers;  // in the file's order
  std::vector<std::shared_ptr<const providers::Owner>> owners;        // in the file's order
};

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_SNAPSHOT_H_
