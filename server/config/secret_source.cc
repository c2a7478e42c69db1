#include "server/config/secret_source.h"

#include <utility>

#include "absl/status/statusor.h"

namespace oauth1d::config {

Secret ReadFileAt(const std::string& file, FileKind kind, const std::string& path, const Sources& sources,
                  Findings& findings) {
  absl::StatusOr<FileText> text = sources.ReadFile(file, kind);
  if (!text.ok()) {
    findings.Fault(path, text.status().message());
    return Secret();
  }
  if (!text->warning.empty()) findings.Warn(path, text->warning);
  return std::move(text->text);
}

Secret ReadVariableAt(const std::string& name, const std::string& path, const Sources& sources, Findings& findings) {
  absl::StatusOr<Secret> value = sources.Variable(name);
  if (value.ok()) return *std::move(value);
  findings.Fault(path, value.status().message());
  return Secret();
}

Secret ReadSecretBytes(const v1::SecretSource& source, const std::string& path, const Sources& sources,
                       Findings& findings) {
  switch (source.from_case()) {
    case v1::SecretSource::kFile:
      return ReadFileAt(source.file(), FileKind::kSecret, path + ".file", sources, findings);
    case v1::SecretSource::kEnv:
      return ReadVariableAt(source.env(), path + ".env", sources, findings);
    case v1::SecretSource::FROM_NOT_SET:
      break;
  }
  findings.Fault(path, "must name where the secret is: {file: path} or {env: NAME}");
  return Secret();
}

Secret ReadSecret(const v1::SecretSource& source, const std::string& path, const Sources& sources, Findings& findings) {
  Secret secret = ReadSecretBytes(source, path, sources, findings);
  if (!source.has_file()) return secret;
  secret = WithoutLineBreak(secret);
  if (secret.empty()) findings.Fault(path + ".file", "the file is empty");
  return secret;
}

}  // namespace oauth1d::config
