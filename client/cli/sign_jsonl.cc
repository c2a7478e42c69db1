#include "client/cli/sign_jsonl.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/report.h"
#include "server/oauth1/encoding.h"
#include "server/oauth1/signer.h"

namespace oauth1d::cli {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::array<const char*, 19> kFields = {"method",
                                                 "url",
                                                 "consumer_key",
                                                 "consumer_secret",
                                                 "token",
                                                 "token_secret",
                                                 "form",
                                                 "body_base64",
                                                 "content_type",
                                                 "timestamp",
                                                 "nonce",
                                                 "signature_method",
                                                 "placement",
                                                 "body_hash",
                                                 "realm",
                                                 "callback",
                                                 "verifier",
                                                 "omit_version",
                                                 "rsa_private_key_file"};

// 30 hex digits: some providers refuse a nonce of 32.
constexpr size_t kNonceBytes = 15;

// What is wrong with a line: "field: what".
struct BadLine : std::runtime_error {
  BadLine(absl::string_view field, absl::string_view what) : std::runtime_error(absl::StrCat(field, ": ", what)) {}
};

std::optional<std::string> Text(const json& line, const char* field) {
  const auto found = line.find(field);
  if (found == line.end()) return std::nullopt;
  if (!found->is_string()) throw BadLine(field, "must be a string");
  return found->get<std::string>();
}

std::string Required(const json& line, const char* field) {
  std::optional<std::string> text = Text(line, field);
  if (!text.has_value()) throw BadLine(field, "is required");
  return *std::move(text);
}

std::string Method(const json& line) {
  std::string method = Required(line, "method");
  const bool token = std::all_of(method.begin(), method.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("!#$%&'*+-.^_`|~", static_cast<char>(c));
  });
  if (method.empty() || !token) throw BadLine("method", "is no HTTP method");
  return method;
}

std::string Timestamp(const json& line, Environment& environment) {
  const auto found = line.find("timestamp");
  if (found == line.end()) return absl::StrCat(absl::ToUnixSeconds(environment.Now()));
  if (found->is_number_unsigned()) return absl::StrCat(found->get<uint64_t>());
  std::string text = found->is_string() ? found->get<std::string>() : "";
  if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) {
    throw BadLine("timestamp", "must be seconds since 1970, in digits");
  }
  return text;
}

std::string Nonce(const json& line, Environment& environment) {
  if (std::optional<std::string> nonce = Text(line, "nonce")) return *std::move(nonce);
  const absl::StatusOr<std::string> random = environment.RandomBytes(kNonceBytes);
  if (!random.ok()) throw BadLine("nonce", "the random generator failed");
  return absl::BytesToHexString(*random);
}

oauth1::Parameters Form(const json& form) {
  oauth1::Parameters fields;
  if (!form.is_array()) throw BadLine("form", "must be a list of [name, value]");
  for (const json& pair : form) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string()) {
      throw BadLine("form", "must be a list of [name, value]");
    }
    fields.push_back({pair[0].get<std::string>(), pair[1].get<std::string>()});
  }
  return fields;
}

// Fills in what is signed of the body, and gives the body as it goes on the wire.
std::string Body(const json& line, oauth1::SigningInput& input) {
  const std::optional<std::string> base64 = Text(line, "body_base64");
  const std::string content_type = Text(line, "content_type").value_or("");
  if (line.contains("form")) {
    if (base64.has_value()) throw BadLine("form", "cannot stand together with body_base64");
    input.form = oauth1::EncodeForm(Form(line["form"]));
    return input.form;
  }
  std::string body;
  if (base64.has_value() && !absl::Base64Unescape(*base64, &body)) throw BadLine("body_base64", "is no base64");
  const std::string media_type = content_type.substr(0, content_type.find_first_of("; \t"));
  if (absl::EqualsIgnoreCase(media_type, "application/x-www-form-urlencoded")) input.form = body;
  return body;
}

void CheckFields(const json& line) {
  for (const auto& [name, value] : line.items()) {
    if (std::none_of(kFields.begin(), kFields.end(), [&name = name](const char* field) { return name == field; })) {
      throw BadLine(name, "is no field of a request to sign");
    }
  }
  if (Text(line, "body_hash").value_or("none") != "none") throw BadLine("body_hash", "this version has none");
  if (line.contains("rsa_private_key_file")) {
    throw BadLine("rsa_private_key_file", "belongs to a signature method that this version has not");
  }
}

template <typename T>
T Value(const char* field, absl::StatusOr<T> value) {
  if (!value.ok()) throw BadLine(field, value.status().message());
  return *std::move(value);
}

ordered_json Sign(const json& line, Environment& environment) {
  if (!line.is_object()) throw BadLine("line", "is no JSON object");
  CheckFields(line);
  oauth1::SigningInput input;
  input.http_method = Method(line);
  input.url = Value("url", oauth1::Url::Parse(Required(line, "url")));
  input.consumer_key = Required(line, "consumer_key");
  input.consumer_secret = Secret(Required(line, "consumer_secret"));
  const std::string token_secret = Text(line, "token_secret").value_or("");
  if (std::optional<std::string> token = Text(line, "token")) {
    input.token = oauth1::TokenCredentials{*token, Secret(token_secret)};
  } else if (!token_secret.empty()) {
    throw BadLine("token_secret", "stands without a token");
  }
  input.method =
      Value("signature_method", oauth1::ParseSignatureMethod(Text(line, "signature_method").value_or("HMAC-SHA1")));
  input.placement = Value("placement", oauth1::ParsePlacement(Text(line, "placement").value_or("header")));
  input.timestamp = Timestamp(line, environment);
  input.nonce = Nonce(line, environment);
  input.realm = Text(line, "realm").value_or("");
  input.callback = Text(line, "callback");
  input.verifier = Text(line, "verifier");
  if (line.contains("omit_version")) {
    if (!line["omit_version"].is_boolean()) throw BadLine("omit_version", "must be true or false");
    input.send_version = !line["omit_version"].get<bool>();
  }
  const std::string body = Body(line, input);
  const oauth1::SigningOutput output = Value("line", oauth1::SignRequest(input));
  return {{"signature", output.signature},
          {"signature_base_string", output.base_string},
          {"authorization_header", output.authorization},
          {"url", input.url.ToString()},
          {"body_base64", absl::Base64Escape(body)}};
}

}  // namespace

std::string SignLine(const std::string& line, Environment& environment, bool& failed) {
  ordered_json out;
  try {
    const json parsed = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (parsed.is_discarded()) throw BadLine("line", "is no JSON");
    out = Sign(parsed, environment);
  } catch (const std::exception& error) {
    failed = true;
    out = {{"error", error.what()}};
  }
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

int SignJsonl(std::istream& in, std::ostream& out, Environment& environment) {
  bool failed = false;
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out << SignLine(line, environment, failed) << "\n" << std::flush;
  }
  return failed ? kFailedLines : 0;
}

}  // namespace oauth1d::cli
