#include "client/cli/public_key_command.h"

#include <memory>
#include <ostream>

#include "client/cli/key_file.h"
#include "client/cli/report.h"

namespace oauth1d::cli {

int PrintPublicKey(const std::string& file, const std::string& passphrase_file, std::ostream& out,
                   std::ostream& error) {
  const absl::StatusOr<std::shared_ptr<const oauth1::RsaKey>> key = ReadRsaKey(file, passphrase_file);
  if (!key.ok()) {
    error << "oauth1ctl: " << ForTerminal(std::string(key.status().message())) << "\n";
    return kUsage;
  }
  out << (*key)->PublicKeyPem();
  return 0;
}

}  // namespace oauth1d::cli
