#include "client/cli/key_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace oauth1d::cli {
namespace {

// Far more than any key takes; who names a disk in place of a key should not wait for its end.
constexpr size_t kMostBytes = 1 << 20;

absl::Status CannotRead(const std::string& path) {
  return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read: ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<Secret> ReadSecretFile(const std::string& path) {
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return CannotRead(path);
  std::setvbuf(file, nullptr, _IONBF, 0);
  std::string bytes(kMostBytes + 1, '\0');
  const size_t size = std::fread(bytes.data(), 1, bytes.size(), file);
  const absl::Status status = std::ferror(file) != 0 ? CannotRead(path) : absl::OkStatus();
  std::fclose(file);
  const Secret whole = Secret(absl::string_view(bytes).substr(0, size));
  WipeText(bytes);
  RETURN_IF_ERROR(status);
  if (size > kMostBytes) return absl::InvalidArgumentError(absl::StrCat(path, " is too large for a key"));
  return whole;
}

absl::StatusOr<std::shared_ptr<const oauth1::RsaKey>> ReadRsaKey(const std::string& path,
                                                                 const std::string& passphrase_file) {
  ASSIGN_OR_RETURN(const Secret file, ReadSecretFile(path));
  Secret passphrase;
  if (!passphrase_file.empty()) {
    ASSIGN_OR_RETURN(const Secret line, ReadSecretFile(passphrase_file));
    absl::string_view text = line.Reveal();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    passphrase = Secret(text);
  }
  absl::StatusOr<std::shared_ptr<const oauth1::RsaKey>> key = oauth1::RsaKey::Parse(file, passphrase);
  if (key.ok()) return key;
  return absl::InvalidArgumentError(absl::StrCat(path, " ", key.status().message()));
}

}  // namespace oauth1d::cli
