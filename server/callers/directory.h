// Who a caller is: from what it proves to the owner that it stands for.
#ifndef OAUTH1D_SERVER_CALLERS_DIRECTORY_H_
#define OAUTH1D_SERVER_CALLERS_DIRECTORY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/callers/identity.h"
#include "server/providers/owner.h"

namespace oauth1d::callers {

struct Caller {
  std::shared_ptr<const providers::Owner> owner;  // never null
  // For log lines, never a secret: the SPIFFE ID or DNS name, `key:` and the first 8 hexadecimal digits of a key's
  // digest, both joined by `+`; `anyone` as long as no identity is configured.
  std::string identity;
};

// Frozen with the configuration; any number of threads.
class Directory {
 public:
  struct Options {
    std::vector<std::shared_ptr<const providers::Owner>> owners;
    std::vector<Identity> identities;  // each owner among `owners`
    std::vector<TrustDomain> trust_domains;
    std::string client_ca_pem;  // vouches for DNS names; empty: certificates without a SPIFFE ID prove nothing
  };

  // Errors: kInvalidArgument: PEM that does not parse.
  static absl::StatusOr<std::shared_ptr<const Directory>> Create(Options options);

  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory();

  // Without any identity configured every caller is the owner `default`. Else exactly what an identity asks for must
  // be proven: a certificate that is valid at `now` and came from the CA that counts for it, an API key whose digest is
  // known (compared in constant time). Nothing counts without TLS.
  // Fail closed: whoever shows more than an identity asks for is not that identity, so nothing that is shown goes
  // unchecked. Only what no identity at all asks for is ignored: an `authorization` where nobody has keys. Of several
  // identities that are proven the first in `identities` counts.
  // Errors: kUnauthenticated with reason CALLER_UNKNOWN, whose message tells what was missing, but never which of the
  // things shown was the wrong one.
  absl::StatusOr<Caller> Identify(const Peer& peer, absl::Time now) const;

  // Whether callers must prove who they are.
  bool has_identities() const;
  const std::vector<std::shared_ptr<const providers::Owner>>& owners() const;

 private:
  struct State;
  explicit Directory(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;
};

}  // namespace oauth1d::callers

#endif  // OAUTH1D_SERVER_CALLERS_DIRECTORY_H_
