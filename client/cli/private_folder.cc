#include "client/cli/private_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/cli/descriptor.h"
#include "server/base/environment.h"

namespace oauth1d::cli {
namespace {

constexpr mode_t kOthers = 077;
constexpr size_t kLongestFile = size_t{1} << 20;

[[noreturn]] void Refuse(const std::string& path, const std::string& why) {
  throw std::runtime_error(absl::StrCat(path, ": ", why));
}

[[noreturn]] void RefuseByErrno(const std::string& path) { Refuse(path, std::strerror(errno)); }

void CheckOurs(const std::string& path, const struct stat& facts, const char* mode) {
  if (facts.st_uid != geteuid()) Refuse(path, "belongs to somebody else");
  if ((facts.st_mode & kOthers) != 0) {
    Refuse(path,
           absl::StrFormat("others can read it (mode %04o): it may be known to them; chmod %s, and log in anew if "
                           "this host has other users",
                           facts.st_mode & 07777, mode));
  }
}

void CreateWithParents(const std::string& path) {
  for (size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    const std::string part = path.substr(0, at);
    if (mkdir(part.c_str(), 0700) != 0 && errno != EEXIST && errno != EISDIR) RefuseByErrno(part);
    if (at == std::string::npos) return;
  }
}

}  // namespace

std::optional<PrivateFolder> PrivateFolder::Open(const std::string& path) {
  Descriptor folder(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!folder.valid()) {
    if (errno == ENOENT) return std::nullopt;
    if (errno == ELOOP || errno == ENOTDIR) Refuse(path, "is a symlink, or no folder");
    RefuseByErrno(path);
  }
  struct stat facts {};
  if (fstat(folder.get(), &facts) != 0) RefuseByErrno(path);
  CheckOurs(path, facts, "700");
  return PrivateFolder(path, dup(folder.get()));
}

PrivateFolder PrivateFolder::OpenOrCreate(const std::string& path) {
  CreateWithParents(path);
  std::optional<PrivateFolder> folder = Open(path);
  if (!folder.has_value()) Refuse(path, "cannot be created");
  return *std::move(folder);
}

PrivateFolder::PrivateFolder(PrivateFolder&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

PrivateFolder::~PrivateFolder() {
  if (descriptor_ >= 0) close(descriptor_);
}

std::vector<std::string> PrivateFolder::List(const std::string& suffix) const {
  struct Close {
    void operator()(DIR* folder) const { closedir(folder); }
  };
  const std::unique_ptr<DIR, Close> listing(fdopendir(openat(descriptor_, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
  if (listing == nullptr) RefuseByErrno(path_);
  std::vector<std::string> names;
  while (const dirent* const entry = readdir(listing.get())) {
    if (entry->d_name[0] != '.' && absl::EndsWith(entry->d_name, suffix)) names.emplace_back(entry->d_name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<std::string> PrivateFolder::Read(const std::string& name) const {
  const std::string path = absl::StrCat(path_, "/", name);
  const Descriptor file(openat(descriptor_, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!file.valid()) {
    if (errno == ENOENT) return std::nullopt;
    if (errno == ELOOP) Refuse(path, "is a symlink");
    RefuseByErrno(path);
  }
  struct stat facts {};
  if (fstat(file.get(), &facts) != 0) RefuseByErrno(path);
  if (!S_ISREG(facts.st_mode)) Refuse(path, "is no plain file");
  CheckOurs(path, facts, "600");
  std::string text;
  char piece[4096];
  for (;;) {
    const ssize_t size = read(file.get(), piece, sizeof piece);
    if (size < 0) RefuseByErrno(path);
    if (size == 0) return text;
    text.append(piece, static_cast<size_t>(size));
    if (text.size() > kLongestFile) Refuse(path, "is too long");
  }
}

void PrivateFolder::Write(const std::string& name, const std::string& text) const {
  const std::string path = absl::StrCat(path_, "/", name);
  struct stat facts {};
  if (fstatat(descriptor_, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(facts.st_mode)) {
    Refuse(path, "is a symlink, or no plain file");
  }
  const absl::StatusOr<std::string> random = RandomText(RealEnvironment(), 9);
  if (!random.ok()) Refuse(path, "no randomness");
  const std::string fresh = absl::StrCat(".", *random);
  const Descriptor file(openat(descriptor_, fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.valid()) RefuseByErrno(path);
  const bool written = WriteAll(file.get(), text.data(), text.size()) && fsync(file.get()) == 0 &&
                       renameat(descriptor_, fresh.c_str(), descriptor_, name.c_str()) == 0;
  if (written) {
    fsync(descriptor_);
    return;
  }
  const int why = errno;
  unlinkat(descriptor_, fresh.c_str(), 0);
  Refuse(path, std::strerror(why));
}

bool PrivateFolder::Remove(const std::string& name) const {
  if (unlinkat(descriptor_, name.c_str(), 0) == 0) return true;
  if (errno != ENOENT) RefuseByErrno(absl::StrCat(path_, "/", name));
  return false;
}

}  // namespace oauth1d::cli
