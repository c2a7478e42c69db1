#include "tests/records/own_oauth.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>

namespace oauth1d::records {
namespace {

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string Base64(const unsigned char* bytes, size_t size) {
  std::string text(4 * ((size + 2) / 3) + 1, '\0');
  const int written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes, static_cast<int>(size));
  text.resize(static_cast<size_t>(written));
  return text;
}

std::string FromBase64(absl::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return "";
  std::string bytes(text.size(), '\0');
  const int written =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), Bytes(text), static_cast<int>(text.size()));
  if (written < 0) return "";
  const size_t padding = text.size() - std::min(text.find('='), text.size());
  bytes.resize(static_cast<size_t>(written) - padding);
  return bytes;
}

// The digest that a method's name ends with.
const EVP_MD* DigestIn(absl::string_view method) {
  const size_t dash = method.rfind('-');
  return dash == absl::string_view::npos ? nullptr : EVP_get_digestbyname(std::string(method.substr(dash + 1)).c_str());
}

bool RsaHolds(const EVP_MD* digest, absl::string_view base_string, absl::string_view signature,
              const std::string& public_key_pem) {
  BIO* const bio = BIO_new_mem_buf(public_key_pem.data(), static_cast<int>(public_key_pem.size()));
  EVP_PKEY* const key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  if (key == nullptr) return false;
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  const std::string bytes = FromBase64(signature);
  const bool holds = EVP_DigestVerifyInit(context, nullptr, digest, nullptr, key) == 1 &&
                     EVP_DigestVerify(context, Bytes(bytes), bytes.size(), Bytes(base_string), base_string.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  return holds;
}

}  // namespace

std::string Encode(absl::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
                       byte == '-' || byte == '.' || byte == '_' || byte == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kDigits[byte >> 4];
      encoded += kDigits[byte & 15];
    }
  }
  return encoded;
}

std::string Decode(absl::string_view text, bool plus_is_blank) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      decoded += ' ';
    } else if (text[i] == '%' && i + 2 < text.size() && std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
               std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0) {
      decoded += static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

Pairs ReadForm(absl::string_view text) {
  Pairs pairs;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const absl::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (piece.empty()) continue;
    const size_t equals = std::min(piece.find('='), piece.size());
    pairs.emplace_back(Decode(piece.substr(0, equals), true),
                       Decode(piece.substr(std::min(equals + 1, piece.size())), true));
  }
  return pairs;
}

std::string WriteForm(const Pairs& pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) text += (text.empty() ? "" : "&") + Encode(name) + "=" + Encode(value);
  return text;
}

std::string BaseString(absl::string_view method, absl::string_view uri, const Pairs& parameters) {
  Pairs encoded;
  encoded.reserve(parameters.size());
  for (const auto& [name, value] : parameters) encoded.emplace_back(Encode(name), Encode(value));
  std::sort(encoded.begin(), encoded.end());
  std::string normalized;
  for (const auto& [name, value] : encoded) {
    if (!normalized.empty()) normalized += '&';
    normalized += name;
    normalized += '=';
    normalized += value;
  }
  std::string text(method);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text + "&" + Encode(uri) + "&" + Encode(normalized);
}

bool SignatureHolds(absl::string_view method, absl::string_view base_string, absl::string_view signature,
                    const Keys& keys) {
  const std::string secrets = Encode(keys.consumer_secret) + "&" + Encode(keys.token_secret);
  if (method == "PLAINTEXT") return signature == secrets;
  const EVP_MD* const digest = DigestIn(method);
  if (digest == nullptr) return false;
  if (method.substr(0, 4) == "RSA-") return RsaHolds(digest, base_string, signature, keys.public_key_pem);
  if (method.substr(0, 5) != "HMAC-") return false;
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(digest, secrets.data(), static_cast<int>(secrets.size()), Bytes(base_string), base_string.size(), mac.data(),
       &size);
  return signature == Base64(mac.data(), size);
}

std::string HashOf(absl::string_view name, absl::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), hash.data(), &size, EVP_get_digestbyname(std::string(name).c_str()), nullptr);
  return Base64(hash.data(), size);
}

}  // namespace oauth1d::records
