#include "client/cli/line_to_sign.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::cli {
namespace {

using nlohmann::json;

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

void ReadBody(const json& line, LineToSign& read) {
  const std::optional<std::string> base64 = Text(line, "body_base64");
  const std::string content_type = Text(line, "content_type").value_or("");
  if (line.contains("form")) {
    if (base64.has_value()) throw BadLine("form", "cannot stand together with body_base64");
    read.body = oauth1::EncodeForm(Form(line["form"]));
    read.body_kind = oauth1::BodyKind::kForm;
    return;
  }
  if (base64.has_value() && !absl::Base64Unescape(*base64, &read.body)) {
    throw BadLine("body_base64", "is no base64");
  }
  const std::string media_type = content_type.substr(0, content_type.find_first_of("; \t"));
  if (absl::EqualsIgnoreCase(media_type, "application/x-www-form-urlencoded")) {
    read.body_kind = oauth1::BodyKind::kForm;
  } else if (base64.has_value() || !content_type.empty()) {
    // Also an empty one: it was said what it is, so it cannot become a form.
    read.body_kind = oauth1::BodyKind::kOther;
  }
}

void CheckFields(const json& line) {
  for (const auto& [name, value] : line.items()) {
    if (std::none_of(kFields.begin(), kFields.end(), [&name = name](const char* field) { return name == field; })) {
      throw BadLine(name, "is no field of a request to sign");
    }
  }
}

template <typename T>
T Value(const char* field, absl::StatusOr<T> value) {
  if (!value.ok()) throw BadLine(field, value.status().message());
  return *std::move(value);
}

}  // namespace

LineToSign ReadLine(const json& line, Environment& environment) {
  if (!line.is_object()) throw BadLine("line", "is no JSON object");
  CheckFields(line);
  LineToSign read;
  read.method = Method(line);
  read.url = Value("url", oauth1::Url::Parse(Required(line, "url")));
  read.consumer_key = Required(line, "consumer_key");
  read.signature_method =
      Value("signature_method", oauth1::ParseSignatureMethod(Text(line, "signature_method").value_or("HMAC-SHA1")));
  read.rsa_private_key_file = Text(line, "rsa_private_key_file").value_or("");
  if (oauth1::IsRsa(read.signature_method)) {
    if (read.rsa_private_key_file.empty()) throw BadLine("rsa_private_key_file", "is required to sign with RSA");
    read.consumer_secret = Secret(Text(line, "consumer_secret").value_or(""));
  } else {
    read.consumer_secret = Secret(Required(line, "consumer_secret"));
  }
  read.token = Text(line, "token");
  read.token_secret = Secret(Text(line, "token_secret").value_or(""));
  if (!read.token.has_value() && !read.token_secret.empty()) throw BadLine("token_secret", "stands without a token");
  read.placement = Value("placement", oauth1::ParsePlacement(Text(line, "placement").value_or("header")));
  read.body_hash = Value("body_hash", oauth1::ParseBodyHash(Text(line, "body_hash").value_or("none")));
  read.timestamp = Timestamp(line, environment);
  read.nonce = Nonce(line, environment);
  read.realm = Text(line, "realm").value_or("");
  read.callback = Text(line, "callback");
  read.verifier = Text(line, "verifier");
  if (line.contains("omit_version")) {
    if (!line["omit_version"].is_boolean()) throw BadLine("omit_version", "must be true or false");
    read.send_version = !line["omit_version"].get<bool>();
  }
  ReadBody(line, read);
  return read;
}

}  // namespace oauth1d::cli
