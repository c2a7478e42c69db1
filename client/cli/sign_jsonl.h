// Signing without a server: one JSON object a line in, one a line out.
#ifndef OAUTH1D_CLIENT_CLI_SIGN_JSONL_H_
#define OAUTH1D_CLIENT_CLI_SIGN_JSONL_H_

#include <iosfwd>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/environment.h"
#include "server/oauth1/rsa_key.h"
#include "server/oauth1/signer.h"

namespace oauth1d::cli {

// Signs one line after another. Reads each key file once.
class LineSigner {
 public:
  // `environment` outlives it.
  explicit LineSigner(Environment& environment) : environment_(environment) {}

  // What one line asks for. A bad line gives {"error":"field: what is wrong"}; `failed` becomes true then.
  std::string Sign(const std::string& line, bool& failed);

  // The key in a file, relative to the current folder.
  absl::StatusOr<std::shared_ptr<const oauth1::RsaKey>> KeyIn(const std::string& path);

  Environment& environment() { return environment_; }
  oauth1::Signer& signer() { return signer_; }

 private:
  Environment& environment_;
  oauth1::Signer signer_;
  std::map<std::string, absl::StatusOr<std::shared_ptr<const oauth1::RsaKey>>> keys_;
};

// Every line of `in`, in order; blank lines are skipped. Exit status: 0 if none failed, else 65.
int SignJsonl(std::istream& in, std::ostream& out, Environment& environment);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_SIGN_JSONL_H_
