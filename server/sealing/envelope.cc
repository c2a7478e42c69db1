#include "server/sealing/envelope.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"

namespace oauth1d::sealing {
namespace {

constexpr char kVersion = 1;
constexpr size_t kHeadSize = 3;  // version, kind, key id length
constexpr size_t kSaltSize = 32;
constexpr size_t kTagSize = 16;
constexpr size_t kKeySize = 32;
constexpr size_t kNonceSize = 12;

struct CipherContextDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherContextDeleter>;

struct KdfContextDeleter {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

absl::Status Invalid(absl::string_view why) {
  return Fail(Reason::kRecordInvalid, absl::StrCat("a sealed record does not open: ", why));
}

void AppendWithLength(absl::string_view piece, std::string& out) {
  const auto length = static_cast<uint32_t>(piece.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(length >> shift));
  out.append(piece.data(), piece.size());
}

std::string AssociatedData(const Lock& lock, absl::string_view key_id) {
  std::string data;
  AppendWithLength(absl::string_view(&kVersion, 1), data);
  const char kind = static_cast<char>(lock.kind);
  AppendWithLength(absl::string_view(&kind, 1), data);
  AppendWithLength(key_id, data);
  AppendWithLength(lock.place, data);
  return data;
}

// Key and nonce, one behind the other.
absl::StatusOr<Secret> Derive(const Secret& key, const Lock& lock, absl::string_view salt) {
  static EVP_KDF* const hkdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  const std::unique_ptr<EVP_KDF_CTX, KdfContextDeleter> context(EVP_KDF_CTX_new(hkdf));
  size_t input_size = 4 + key.size();
  for (const std::string& share : lock.shares) input_size += 4 + share.size();
  std::string joined;
  joined.reserve(input_size);  // a growing buffer would leave copies behind
  AppendWithLength(key.Reveal(), joined);
  for (const std::string& share : lock.shares) AppendWithLength(share, joined);
  const Secret input = Secret::Take(joined);
  std::string info = absl::StrCat("oauth1d", absl::string_view("\0", 1));
  info.push_back(static_cast<char>(lock.kind));
  std::string digest = "SHA256";
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<char*>(input.Reveal().data()), input.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, const_cast<char*>(salt.data()), salt.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()), OSSL_PARAM_construct_end()};
  std::string derived(kKeySize + kNonceSize, '\0');
  if (context == nullptr || EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(derived.data()),
                                           derived.size(), parameters) != 1) {
    return absl::InternalError("HKDF failed");
  }
  return Secret::Take(derived);
}

const unsigned char* KeyOf(const Secret& derived) { return Bytes(derived.Reveal()); }
const unsigned char* NonceOf(const Secret& derived) { return Bytes(derived.Reveal()) + kKeySize; }

}  // namespace

absl::StatusOr<std::string> KeyIdOf(Kind kind, absl::string_view envelope) {
  if (envelope.size() < kHeadSize || envelope[0] != kVersion || envelope[1] != static_cast<char>(kind)) {
    return Invalid("it is none of this version and kind");
  }
  const size_t id_size = static_cast<unsigned char>(envelope[2]);
  if (envelope.size() < kHeadSize + id_size + kSaltSize + kTagSize) return Invalid("it is too short");
  const absl::string_view id = envelope.substr(kHeadSize, id_size);
  if (!IsKeyId(id)) return Invalid("it names no key");
  return std::string(id);
}

absl::StatusOr<std::string> Seal(const Keyring& keyring, const Lock& lock, absl::string_view plaintext,
                                 Environment& environment) {
  const Key& key = keyring.active();
  ASSIGN_OR_RETURN(const std::string salt, environment.RandomBytes(kSaltSize));
  ASSIGN_OR_RETURN(const Secret derived, Derive(key.key, lock, salt));
  std::string envelope;
  envelope.push_back(kVersion);
  envelope.push_back(static_cast<char>(lock.kind));
  envelope.push_back(static_cast<char>(key.id.size()));
  absl::StrAppend(&envelope, key.id, salt);
  const size_t begin = envelope.size();
  envelope.resize(begin + plaintext.size() + kTagSize);
  auto* const out = reinterpret_cast<unsigned char*>(envelope.data()) + begin;
  const std::string associated = AssociatedData(lock, key.id);
  const CipherContext context(EVP_CIPHER_CTX_new());
  int length = 0;
  if (context == nullptr ||
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, KeyOf(derived), NonceOf(derived)) != 1 ||
      EVP_EncryptUpdate(context.get(), nullptr, &length, Bytes(associated), static_cast<int>(associated.size())) != 1 ||
      EVP_EncryptUpdate(context.get(), out, &length, Bytes(plaintext), static_cast<int>(plaintext.size())) != 1 ||
      EVP_EncryptFinal_ex(context.get(), out + plaintext.size(), &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, out + plaintext.size()) != 1) {
    return absl::InternalError("AES-256-GCM failed");
  }
  return envelope;
}

absl::StatusOr<std::string> Open(const Keyring& keyring, const Lock& lock, absl::string_view envelope) {
  ASSIGN_OR_RETURN(const std::string key_id, KeyIdOf(lock.kind, envelope));
  ASSIGN_OR_RETURN(const Key* key, keyring.Find(key_id));
  const size_t begin = kHeadSize + key_id.size() + kSaltSize;
  ASSIGN_OR_RETURN(const Secret derived, Derive(key->key, lock, envelope.substr(begin - kSaltSize, kSaltSize)));
  const absl::string_view ciphertext = envelope.substr(begin, envelope.size() - begin - kTagSize);
  std::string tag(envelope.substr(envelope.size() - kTagSize));
  const std::string associated = AssociatedData(lock, key_id);
  const CipherContext context(EVP_CIPHER_CTX_new());
  std::string plaintext(ciphertext.size(), '\0');
  auto* const out = reinterpret_cast<unsigned char*>(plaintext.data());
  int length = 0;
  if (context == nullptr ||
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, KeyOf(derived), NonceOf(derived)) != 1 ||
      EVP_DecryptUpdate(context.get(), nullptr, &length, Bytes(associated), static_cast<int>(associated.size())) != 1 ||
      EVP_DecryptUpdate(context.get(), out, &length, Bytes(ciphertext), static_cast<int>(ciphertext.size())) != 1 ||
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) != 1) {
    return absl::InternalError("AES-256-GCM failed");
  }
  if (EVP_DecryptFinal_ex(context.get(), out + plaintext.size(), &length) != 1) {
    WipeText(plaintext);
    return Invalid("it was changed, moved, or sealed for someone else");
  }
  return plaintext;
}

}  // namespace oauth1d::sealing
