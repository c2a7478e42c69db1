// A line of `oauth1ctl sign --jsonl` as it is read: every field checked, nothing signed yet.
#ifndef OAUTH1D_CLIENT_CLI_LINE_TO_SIGN_H_
#define OAUTH1D_CLIENT_CLI_LINE_TO_SIGN_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/base/environment.h"
#include "server/base/secret.h"
#include "server/oauth1/body_hash.h"
#include "server/oauth1/signer.h"

namespace oauth1d::cli {

// What is wrong with a line: "field: what".
struct BadLine : std::runtime_error {
  BadLine(absl::string_view field, absl::string_view what) : std::runtime_error(absl::StrCat(field, ": ", what)) {}
};

struct LineToSign {
  std::string method;
  oauth1::Url url;
  std::string consumer_key;
  Secret consumer_secret;
  std::optional<std::string> token;
  Secret token_secret;
  std::string body;  // as it goes on the wire, but for what is placed there
  oauth1::BodyKind body_kind = oauth1::BodyKind::kEmpty;
  std::string timestamp;
  std::string nonce;
  oauth1::SignatureMethod signature_method = oauth1::SignatureMethod::kHmacSha1;
  oauth1::Placement placement = oauth1::Placement::kHeader;
  oauth1::BodyHash body_hash = oauth1::BodyHash::kNone;
  std::string realm;
  std::optional<std::string> callback;
  std::optional<std::string> verifier;
  bool send_version = true;
  std::string rsa_private_key_file;  // never empty with an RSA method
};

// Makes timestamp and nonce where they are absent. Throws BadLine.
LineToSign ReadLine(const nlohmann::json& line, Environment& environment);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_LINE_TO_SIGN_H_
