// The configuration, validated and frozen. After loading, no code touches a configuration message.
#ifndef OAUTH1D_SERVER_CONFIG_SNAPSHOT_H_
#define OAUTH1D_SERVER_CONFIG_SNAPSHOT_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/secret.h"
#include "server/callers/directory.h"
#include "server/callers/quotas.h"
#include "server/providers/house_rules.h"
#include "server/providers/owner.h"
#include "server/providers/provider.h"
#include "server/sealing/keyring.h"

namespace oauth1d::config {

// TLS for callers; the texts of the files, checked to belong together.
struct ListenTls {
  std::string certificate_pem;
  Secret private_key_pem;
  // Everybody who may vouch for a caller: client_ca_file and all trust bundles. Empty: certificates are not asked for.
  std::string caller_ca_pem;
  bool api_keys_alone = false;  // a caller need not show a certificate
};

struct Listen {
  std::string address;  // host:port, [v6]:port or unix:/path
  absl::Duration drain_delay;
  bool reflection = false;
  std::optional<ListenTls> tls;
};

struct RedisTls {
  std::string ca_pem;           // empty: the system's roots
  std::string certificate_pem;  // empty: none of our own
  Secret private_key_pem;
  std::string server_name;  // empty: the host that is connected to
};

struct RedisSentinel {
  std::vector<std::string> addresses;  // host:port; at least one
  std::string primary;
  std::string username;
  Secret password;  // empty: no AUTH
  std::optional<RedisTls> tls;
};

struct RedisOptions {
  std::string address;                    // host:port or unix:/path; empty with Sentinel
  std::optional<RedisSentinel> sentinel;  // finds the address
  std::string username;
  Secret password;  // empty: no AUTH
  std::optional<RedisTls> tls;
};

struct Store {
  std::optional<RedisOptions> redis;  // none: memory
};

// What the port takes on; each at least 1.
struct ConnectionLimits {
  int connections = 4096;
  int connections_per_identity = 64;
  int streams_per_connection = 100;
  size_t metadata_bytes = 8 * 1024;
};

struct Audit {
  std::string file;               // absolute; empty: stderr
  bool refuse_when_full = false;  // else lines are dropped and counted
};

struct Metrics {
  std::string address;      // host:port or [v6]:port; empty: none
  bool configured = false;  // else the service does without it where it is taken
};

struct Snapshot {
  Listen listen;
  Store store;
  std::shared_ptr<const sealing::Keyring> keyring;                    // never null
  std::vector<std::shared_ptr<const providers::Provider>> providers;  // in the file's order
  std::vector<std::shared_ptr<const providers::Owner>> owners;        // in the file's order
  std::shared_ptr<const callers::Directory> directory;                // never null
  std::shared_ptr<const providers::HouseRules> rules;                 // never null
  callers::QuotaLimits quotas;
  ConnectionLimits connections;
  Audit audit;
  Metrics metrics;
};

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_SNAPSHOT_H_
