#include "client/cli/sign_jsonl.h"

#include <iostream>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "client/cli/key_file.h"
#include "client/cli/line_to_sign.h"
#include "client/cli/report.h"
#include "server/base/status_macros.h"

namespace oauth1d::cli {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

oauth1::SigningInput InputOf(const LineToSign& line) {
  oauth1::SigningInput input(line.method, line.url);
  input.body_kind = line.body_kind;
  if (line.body_kind == oauth1::BodyKind::kForm) input.form = line.body;
  input.placement = line.placement;
  input.realm = line.realm;
  input.consumer_key = line.consumer_key;
  if (line.token.has_value()) input.token = *line.token;
  input.timestamp = line.timestamp;
  input.nonce = line.nonce;
  if (line.callback.has_value()) input.callback = *line.callback;
  if (line.verifier.has_value()) input.verifier = *line.verifier;
  input.send_version = line.send_version;
  return input;
}

// A form has none (draft-eaton-oauth-bodyhash section 4.1.1), and neither has what becomes one.
bool HasBodyHash(const LineToSign& line, const oauth1::SigningInput& input) {
  return line.body_hash != oauth1::BodyHash::kNone && line.body_kind != oauth1::BodyKind::kForm &&
         oauth1::PlacementFor(input.placement, input.body_kind, input.http_method) != oauth1::Placement::kBody;
}

template <typename T>
T Value(absl::string_view field, absl::StatusOr<T> value) {
  if (!value.ok()) throw BadLine(field, value.status().message());
  return *std::move(value);
}

ordered_json SignedLine(const LineToSign& line, LineSigner& signer) {
  oauth1::SigningInput input = InputOf(line);
  std::string body_hash;
  if (HasBodyHash(line, input)) {
    body_hash = oauth1::ComputeBodyHash(line.body_hash, line.body);
    input.body_hash = body_hash;
  }
  const oauth1::SignatureMethod method = line.signature_method;
  std::shared_ptr<const oauth1::RsaKey> rsa_key;
  if (oauth1::IsRsa(method)) rsa_key = Value("rsa_private_key_file", signer.KeyIn(line.rsa_private_key_file));
  oauth1::SigningKey key =
      Value("line", oauth1::SigningKey::Create(method, line.consumer_secret, line.token_secret, std::move(rsa_key)));
  const bool plaintext = method == oauth1::SignatureMethod::kPlaintext;
  const std::string base_string(plaintext ? "" : signer.signer().BaseOf(input, method).text());
  oauth1::SignedParts parts;
  if (const absl::Status status = key.Sign(base_string, parts.signature); !status.ok()) {
    throw BadLine("line", status.message());
  }
  signer.signer().Place(input, method, parts);
  std::string body = line.body;
  if (!parts.body.empty() && !body.empty() && body.back() != '&') body.push_back('&');
  body += parts.body;
  ordered_json out = {{"signature", parts.signature}, {"signature_base_string", base_string}};
  if (!parts.authorization.empty()) out["authorization_header"] = parts.authorization;
  out["url"] = line.url.WithEncodedQuery(parts.query).ToString();
  out["body_base64"] = absl::Base64Escape(body);
  return out;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const oauth1::RsaKey>> LineSigner::KeyIn(const std::string& path) {
  const auto known = keys_.find(path);
  if (known != keys_.end()) return known->second;
  return keys_.emplace(path, ReadRsaKey(path)).first->second;
}

std::string LineSigner::Sign(const std::string& line, bool& failed) {
  ordered_json out;
  try {
    const json parsed = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (parsed.is_discarded()) throw BadLine("line", "is no JSON");
    out = SignedLine(ReadLine(parsed, environment_), *this);
  } catch (const std::exception& error) {
    failed = true;
    out = {{"error", error.what()}};
  }
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

int SignJsonl(std::istream& in, std::ostream& out, Environment& environment) {
  LineSigner signer(environment);
  bool failed = false;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out << signer.Sign(line, failed) << "\n" << std::flush;
  }
  return failed ? kFailedLines : 0;
}

}  // namespace oauth1d::cli
