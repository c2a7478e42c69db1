// A keyring's file, read and rewritten by hand.
#ifndef OAUTH1D_CLIENT_CLI_KEYRING_FILE_H_
#define OAUTH1D_CLIENT_CLI_KEYRING_FILE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/config/file_watch.h"
#include "server/sealing/keyring.h"

namespace oauth1d::cli {

class KeyringFile {
 public:
  // Errors: kInvalidArgument: it cannot be read, or everything that is wrong with the keyring, a line a mistake; no
  // key.
  static absl::StatusOr<KeyringFile> Read(const std::string& path);

  const std::vector<sealing::Key>& keys() const { return keys_; }

  // Puts `keys` in place of what it holds, all at once, with the same mode and owner; where `path` is a symbolic link,
  // in place of what it leads to. Comments are lost.
  // Errors: kInvalidArgument; the file is as it was then. Also where it was changed since it was read.
  absl::Status Rewrite(const std::vector<sealing::Key>& keys) const;

 private:
  KeyringFile(std::string path, config::FileState state, std::vector<sealing::Key> keys)
      : path_(std::move(path)), state_(state), keys_(std::move(keys)) {}

  std::string path_;  // without symbolic links
  config::FileState state_;
  std::vector<sealing::Key> keys_;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_KEYRING_FILE_H_
