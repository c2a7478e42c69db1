#include "client/cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "server/base/environment.h"

namespace oauth1d::cli {
namespace {

constexpr mode_t kMode = 0666;  // less the umask

[[noreturn]] void Throw(const std::string& path) {
  throw std::runtime_error(absl::StrCat(path, ": ", std::strerror(errno)));
}

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string TemporaryName(const std::string& path) {
  const absl::StatusOr<std::string> random = RandomText(RealEnvironment(), 9);
  if (!random.ok()) throw std::runtime_error("no randomness");
  return absl::StrCat(FolderOf(path), "/.oauth1ctl-", *random);
}

}  // namespace

OutputFile::OutputFile(const std::string& path) {
  if (path.empty() || path == "-") {
    file_ = Descriptor(dup(STDOUT_FILENO));
    if (!file_.valid()) Throw("standard output");
    return;
  }
  struct stat facts {};
  const bool exists = stat(path.c_str(), &facts) == 0;
  if (exists && !S_ISREG(facts.st_mode)) {
    file_ = Descriptor(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file_.valid()) Throw(path);
    return;
  }
  if (exists && access(path.c_str(), W_OK) != 0) Throw(path);
  struct stat link {};
  if (!exists && lstat(path.c_str(), &link) == 0) {  // a symlink to what is not there yet
    file_ = Descriptor(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kMode));
    if (!file_.valid()) Throw(path);
    return;
  }
  path_ = path;
  char target[PATH_MAX];
  if (exists && realpath(path.c_str(), target) != nullptr) path_ = target;  // a symlink stays one
  file_ = Descriptor(open(FolderOf(path_).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode));
  if (!file_.valid()) {
    if (errno != EOPNOTSUPP && errno != EISDIR) Throw(path);
    temporary_ = TemporaryName(path_);
    file_ = Descriptor(open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
    if (!file_.valid()) Throw(path);
  }
  // What was private stays so.
  if (exists && fchmod(file_.get(), facts.st_mode & 0777) != 0) Throw(path);
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::Write(absl::string_view bytes) {
  if (!WriteAll(file_.get(), bytes.data(), bytes.size())) Throw(path_.empty() ? "output" : path_);
}

void OutputFile::Commit() {
  if (path_.empty()) return;
  if (temporary_.empty()) {
    const std::string fresh = TemporaryName(path_);
    const std::string open_file = absl::StrCat("/proc/self/fd/", file_.get());
    if (linkat(AT_FDCWD, open_file.c_str(), AT_FDCWD, fresh.c_str(), AT_SYMLINK_FOLLOW) != 0) Throw(path_);
    temporary_ = fresh;
  }
  if (rename(temporary_.c_str(), path_.c_str()) != 0) Throw(path_);
  temporary_.clear();
}

}  // namespace oauth1d::cli
