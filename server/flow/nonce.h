// oauth_nonce (RFC 5849 section 3.3).
#ifndef OAUTH1D_SERVER_FLOW_NONCE_H_
#define OAUTH1D_SERVER_FLOW_NONCE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/environment.h"

namespace oauth1d::flow {

// Makes nonces of 22 characters of [A-Za-z0-9], 131 bits, each letter as likely as any other: providers refuse longer
// ones, or '-' and '_' (oauthlib's default). Draws its randomness 4 KiB at a time: one draw costs as much as half a
// signature. One thread; a forked child draws its own.
class Nonces {
 public:
  explicit Nonces(Environment& environment) : environment_(environment) {}

  // Errors: kInternal as Environment::RandomBytes.
  absl::StatusOr<std::string> Next();

 private:
  Environment& environment_;
  std::string pool_;
  size_t used_ = 0;
  uint64_t process_ = 0;  // ForkCount when the pool was drawn
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_NONCE_H_
