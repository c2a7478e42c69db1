#include "server/config/secret_source.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"

namespace oauth1d::config {

Secret ReadFileAt(const std::string& file, FileKind kind, const std::string& path, Sources& sources,
                  Findings& findings) {
  absl::StatusOr<Secret> text = sources.ReadFile(file, kind);
  if (text.ok()) return *std::move(text);
  findings.Fault(path, text.status().message());
  return Secret();
}

Secret ReadVariableAt(const std::string& name, const std::string& path, Sources& sources, Findings& findings) {
  absl::StatusOr<Secret> value = sources.Variable(name);
  if (value.ok()) return *std::move(value);
  findings.Fault(path, value.status().message());
  return Secret();
}

Secret RunCommandAt(const v1::Command& command, const std::string& path, const Sources& sources, Findings& findings) {
  if (command.argv().empty()) {
    findings.Fault(path + ".argv", "is required: the program, by an absolute path, and its arguments");
  } else if (!absl::StartsWith(command.argv(0), "/")) {
    findings.Fault(path + ".argv[0]", "must be the program's absolute path, beginning with /");
  }
  if (findings.HasFaultBelow(path) || findings.HasFaultAt(path)) return Secret();
  absl::StatusOr<Secret> output = sources.Run({command.argv().begin(), command.argv().end()});
  if (output.ok()) return *std::move(output);
  findings.Fault(path, output.status().message());
  return Secret();
}

Secret ReadSecretBytes(const v1::SecretSource& source, const std::string& path, Sources& sources, Findings& findings) {
  switch (source.from_case()) {
    case v1::SecretSource::kFile:
      return ReadFileAt(source.file(), FileKind::kSecret, path + ".file", sources, findings);
    case v1::SecretSource::kEnv:
      return ReadVariableAt(source.env(), path + ".env", sources, findings);
    case v1::SecretSource::kCommand:
      return RunCommandAt(source.command(), path + ".command", sources, findings);
    case v1::SecretSource::FROM_NOT_SET:
      break;
  }
  findings.Fault(path, "must name where the secret is: {file: path}, {env: NAME} or {command: {argv: [...]}}");
  return Secret();
}

Secret ReadSecret(const v1::SecretSource& source, const std::string& path, Sources& sources, Findings& findings) {
  Secret secret = ReadSecretBytes(source, path, sources, findings);
  if (source.has_env() || findings.HasFaultBelow(path)) return secret;
  secret = WithoutLineBreak(secret);
  if (secret.empty()) {
    findings.Fault(path + (source.has_file() ? ".file" : ".command"),
                   source.has_file() ? "the file is empty" : "the program writes an empty line");
  }
  return secret;
}

}  // namespace oauth1d::config
