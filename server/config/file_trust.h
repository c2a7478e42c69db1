// Whose files may be believed, and who else may change them.
#ifndef OAUTH1D_SERVER_CONFIG_FILE_TRUST_H_
#define OAUTH1D_SERVER_CONFIG_FILE_TRUST_H_

#include <sys/types.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace oauth1d::config {

// Root's files, and those of `us`, the user of this process. Errors: kInvalidArgument that says whose `what`, such as
// "the file", is.
absl::Status CheckOwner(uid_t owner, uid_t us, absl::string_view what = "the file");

// What decides what is run: root's or ours, and written by its owner alone. Errors: kInvalidArgument that says what is
// wrong with `what`, and what to do.
absl::Status CheckOnlyOwnerWrites(uid_t owner, mode_t mode, uid_t us, absl::string_view what);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_FILE_TRUST_H_
