#include "server/config/file_trust.h"

#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/status_macros.h"

namespace oauth1d::config {

absl::Status CheckOwner(uid_t owner, uid_t us, absl::string_view what) {
  if (owner == 0 || owner == us) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(what, " belongs to the user ", owner,
                                                 ": it must belong to root or to the user of this process, ", us));
}

absl::Status CheckOnlyOwnerWrites(uid_t owner, mode_t mode, uid_t us, absl::string_view what) {
  RETURN_IF_ERROR(CheckOwner(owner, us, what));
  if ((mode & (S_IWGRP | S_IWOTH)) == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("%s may write %s (mode %04o): chmod go-w it",
                                                    (mode & S_IWOTH) != 0 ? "everybody" : "the group", what,
                                                    mode & 07777U));
}

}  // namespace oauth1d::config
