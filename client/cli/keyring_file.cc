#include "client/cli/keyring_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "client/cli/key_file.h"
#include "server/base/status_macros.h"
#include "server/config/findings.h"
#include "server/config/keyring_text.h"

namespace oauth1d::cli {
namespace {

absl::Status Cannot(absl::string_view what, const std::string& path, int error) {
  return absl::InvalidArgumentError(absl::StrCat(what, " ", path, ": ", std::strerror(error)));
}

// A new file beside another one, which it is to replace. Gone with the object, unless it did.
class NewFile {
 public:
  explicit NewFile(const std::string& target) : target_(target) {
    const std::filesystem::path path(target);
    folder_ = path.parent_path().string();
    name_ = absl::StrCat(folder_, "/.", path.filename().string(), ".XXXXXX");
    descriptor_ = ::mkostemp(name_.data(), O_CLOEXEC);  // of mode 0600
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!replaced_) ::unlink(name_.c_str());
  }

  absl::Status Fill(absl::string_view text) {
    if (descriptor_ < 0) return Cannot("cannot make", name_, errno);
    struct stat facts {};
    if (::stat(target_.c_str(), &facts) != 0) return Cannot("cannot look at", target_, errno);
    if ((facts.st_uid != ::geteuid() || facts.st_gid != ::getegid()) &&
        ::fchown(descriptor_, facts.st_uid, facts.st_gid) != 0) {
      return Cannot("cannot keep the owner of", target_, errno);
    }
    if (::fchmod(descriptor_, facts.st_mode & 07777U) != 0) return Cannot("cannot keep the mode of", target_, errno);
    while (!text.empty()) {
      const ssize_t count = ::write(descriptor_, text.data(), text.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return Cannot("cannot write", name_, errno);
      text.remove_prefix(static_cast<size_t>(count));
    }
    return ::fsync(descriptor_) == 0 ? absl::OkStatus() : Cannot("cannot write", name_, errno);
  }

  absl::Status Replace() {
    if (::rename(name_.c_str(), target_.c_str()) != 0) return Cannot("cannot replace", target_, errno);
    replaced_ = true;
    const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return absl::OkStatus();
    ::fsync(folder);  // best effort: the file itself is whole either way
    ::close(folder);
    return absl::OkStatus();
  }

 private:
  std::string target_;
  std::string folder_;
  std::string name_;
  int descriptor_ = -1;
  bool replaced_ = false;
};

}  // namespace

absl::StatusOr<KeyringFile> KeyringFile::Read(const std::string& path) {
  std::error_code error;
  const std::string real = std::filesystem::canonical(path, error).string();
  if (error) return Cannot("cannot read", path, error.value());
  const config::FileState state = config::StateOf(real);
  ASSIGN_OR_RETURN(const Secret text, ReadSecretFile(real));
  config::Findings findings(path, /*prefixed=*/true);
  std::vector<sealing::Key> keys = config::ReadKeys(text, findings);
  if (findings.ok()) return KeyringFile(real, state, std::move(keys));
  std::string lines = "the keyring has mistakes:";
  for (const config::Mistake& mistake : findings.Faults()) absl::StrAppend(&lines, "\n", ToString(mistake));
  return absl::InvalidArgumentError(lines);
}

absl::Status KeyringFile::Rewrite(const std::vector<sealing::Key>& keys) const {
  NewFile file(path_);
  RETURN_IF_ERROR(file.Fill(config::KeyringText(keys).Reveal()));
  if (!(config::StateOf(path_) == state_)) {
    return absl::InvalidArgumentError(absl::StrCat(path_, " was changed by somebody else meanwhile: run this again"));
  }
  return file.Replace();
}

}  // namespace oauth1d::cli
