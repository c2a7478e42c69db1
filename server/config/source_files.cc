#include "server/config/source_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"
#include "server/config/command_output.h"
#include "server/config/file_trust.h"

namespace oauth1d::config {
namespace {

constexpr size_t kMaxFileBytes = size_t{1} << 20;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

absl::Status CannotRead(int error) {
  return absl::InvalidArgumentError(absl::StrCat("the file cannot be read: ", std::strerror(error)));
}

absl::Status TooOpen(absl::string_view who_may, mode_t mode, absl::string_view advice) {
  return absl::InvalidArgumentError(absl::StrFormat("%s the file (mode %04o): %s", who_may, mode & 07777U, advice));
}

// What is wrong with the file's owner and mode.
absl::Status CheckFile(const struct stat& facts, FileKind kind) {
  if (S_ISDIR(facts.st_mode)) return CannotRead(EISDIR);
  if (!S_ISREG(facts.st_mode)) return absl::InvalidArgumentError("is no regular file");
  if ((facts.st_mode & S_IWOTH) != 0) return TooOpen("everybody may write", facts.st_mode, "chmod o-w it");
  if (kind != FileKind::kSecret) return absl::OkStatus();
  if ((facts.st_mode & S_IROTH) != 0) {
    return TooOpen("everybody may read", facts.st_mode, "chmod o-r it (in Kubernetes: defaultMode: 0440)");
  }
  if ((facts.st_mode & S_IWGRP) != 0) return TooOpen("the group may write", facts.st_mode, "chmod g-w it");
  return CheckOwner(facts.st_uid, ::geteuid());
}

absl::StatusOr<Secret> ReadAll(int descriptor) {
  std::string text(kMaxFileBytes + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(descriptor, text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int error = errno;
      WipeText(text);
      return CannotRead(error);
    }
    if (count == 0) break;
    size += static_cast<size_t>(count);
  }
  const bool too_long = size > kMaxFileBytes;
  Secret secret(absl::string_view(text).substr(0, size));
  WipeText(text);
  if (too_long) return absl::InvalidArgumentError(absl::StrCat("the file is longer than ", kMaxFileBytes, " bytes"));
  return secret;
}

bool LooksLikeAVariable(absl::string_view name) {
  return name.size() <= 64 && !absl::ascii_isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return absl::ascii_isupper(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_';
         });
}

}  // namespace

std::optional<Secret> ProcessVariable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return Secret(value);
}

std::string Sources::Absolute(absl::string_view path) const {
  if (absl::StartsWith(path, "/")) return std::string(path);
  absl::ConsumePrefix(&path, "./");
  return absl::StrCat(folder_, absl::EndsWith(folder_, "/") ? "" : "/", path);
}

void Sources::See(const std::string& path, const FileState& state) {
  const auto same = [&](const SeenFile& file) { return file.path == path; };
  if (std::none_of(seen_.begin(), seen_.end(), same)) seen_.push_back({path, state});
}

absl::StatusOr<Secret> Sources::ReadFile(absl::string_view path, FileKind kind) {
  if (path.empty()) return absl::InvalidArgumentError("is empty: name a file");
  const std::string absolute = Absolute(path);
  // A pipe must not make us wait for its writer.
  const Descriptor file(::open(absolute.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.number() < 0) {
    const int error = errno;
    See(absolute, StateOf(absolute));
    if (error != ENOENT || absl::StartsWith(path, "/")) return CannotRead(error);
    return absl::InvalidArgumentError(absl::StrCat(CannotRead(error).message(), " (looked in ", folder_, ")"));
  }
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0) return CannotRead(errno);
  // Before it is read: what is written meanwhile makes another state.
  See(absolute, StateOf(facts));
  RETURN_IF_ERROR(CheckFile(facts, kind));
  return ReadAll(file.number());
}

absl::StatusOr<Secret> Sources::Variable(const std::string& name) const {
  if (name.empty()) return absl::InvalidArgumentError("is empty: name an environment variable");
  const std::string shown = LooksLikeAVariable(name) ? absl::StrCat("the environment variable ", name)
                                                     : std::string("the environment variable of this name");
  std::optional<Secret> value = variable_(name);
  if (!value.has_value()) return absl::InvalidArgumentError(absl::StrCat(shown, " is not set"));
  if (value->empty()) return absl::InvalidArgumentError(absl::StrCat(shown, " is empty"));
  return *std::move(value);
}

absl::StatusOr<Secret> Sources::Run(const std::vector<std::string>& argv) const {
  if (!program_environment_.has_value()) return absl::FailedPreconditionError("no program may be started here");
  return OutputOf(argv, *program_environment_);
}

Secret WithoutLineBreak(const Secret& text) {
  absl::string_view bytes = text.Reveal();
  if (absl::ConsumeSuffix(&bytes, "\n")) absl::ConsumeSuffix(&bytes, "\r");
  return Secret(bytes);
}

}  // namespace oauth1d::config
