// The files, environment variables and programs that a configuration names.
#ifndef OAUTH1D_SERVER_CONFIG_SOURCE_FILES_H_
#define OAUTH1D_SERVER_CONFIG_SOURCE_FILES_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"
#include "server/config/file_watch.h"

namespace oauth1d::config {

// The value of an environment variable; nothing where it is not set.
using ReadVariable = std::function<std::optional<Secret>(const std::string& name)>;
// getenv, which leaves the value where it is; see ProcessVariables.
std::optional<Secret> ProcessVariable(const std::string& name);

enum class FileKind {
  kPublic,  // certificates
  kSecret,  // secrets, private keys, keyrings
};

// For one load; not thread-safe.
class Sources {
 public:
  // `folder`: an absolute path, where relative ones begin.
  Sources(std::string folder, ReadVariable variable) : folder_(std::move(folder)), variable_(std::move(variable)) {}

  std::string Absolute(absl::string_view path) const;

  // A regular file, 1 MiB at most, that not everybody may write; for kSecret it must belong to root or to us, with mode
  // 0640 or stricter. Symbolic links are followed, as Kubernetes' ..data must be; what they lead to counts.
  // Errors: kInvalidArgument that says what is wrong, without the path: a secret may stand in its place.
  absl::StatusOr<Secret> ReadFile(absl::string_view path, FileKind kind);

  // The value of a variable that is set and not empty. Errors: kInvalidArgument; the name is told only if it looks
  // like one: upper case, digits and _.
  absl::StatusOr<Secret> Variable(const std::string& name) const;

  // From now on Run may start programs, with this environment: it must hold none of the service's secrets.
  void AllowPrograms(std::vector<std::string> environment) { program_environment_ = std::move(environment); }

  // What a program writes; see OutputOf. Errors: kInvalidArgument; kFailedPrecondition if programs are not allowed.
  absl::StatusOr<Secret> Run(const std::vector<std::string>& argv) const;

  // Every file that was read, or tried, as it was then; in that order, each once.
  const std::vector<SeenFile>& seen() const { return seen_; }

 private:
  void See(const std::string& path, const FileState& state);

  std::string folder_;
  ReadVariable variable_;
  std::optional<std::vector<std::string>> program_environment_;
  std::vector<SeenFile> seen_;
};

// Cuts one line break off the end.
Secret WithoutLineBreak(const Secret& text);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_SOURCE_FILES_H_
