// Names for log lines: who reads the log can follow a flow, but learns no state from it.
#ifndef OAUTH1D_SERVER_SEALING_LOG_ID_H_
#define OAUTH1D_SERVER_SEALING_LOG_ID_H_

#include <string>

#include "absl/strings/string_view.h"
#include "server/sealing/keyring.h"

namespace oauth1d::sealing {

// The first 8 bytes, in hex, of an HMAC-SHA256 over `text` with a key that comes from the keyring's active key:
// the same on every replica.
std::string LogId(const Keyring& keyring, absl::string_view text);

}  // namespace oauth1d::sealing

#endif  // OAUTH1D_SERVER_SEALING_LOG_ID_H_
