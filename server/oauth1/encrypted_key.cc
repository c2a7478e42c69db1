#include "server/oauth1/encrypted_key.h"

#include <openssl/pkcs7.h>
#include <openssl/provider.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace oauth1d::oauth1 {
namespace {

// A library context of its own, so that nothing else of the process gets to use what is broken. Made once, never freed.
OSSL_LIB_CTX* LegacyContext() {
  static OSSL_LIB_CTX* const context = []() -> OSSL_LIB_CTX* {
    OSSL_LIB_CTX* const made = OSSL_LIB_CTX_new();
    OSSL_PROVIDER* const standard = OSSL_PROVIDER_load(made, "default");
    if (standard != nullptr && OSSL_PROVIDER_load(made, "legacy") != nullptr) return made;
    OSSL_PROVIDER_unload(standard);
    OSSL_LIB_CTX_free(made);
    return nullptr;
  }();
  return context;
}

absl::StatusOr<Secret> ToDer(const PKCS8_PRIV_KEY_INFO& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PKCS8_PRIV_KEY_INFO(&key, &der);
  if (size <= 0) return absl::InvalidArgumentError("holds a damaged key");
  Secret copy(absl::string_view(reinterpret_cast<const char*>(der), size));
  OPENSSL_clear_free(der, size);
  return copy;
}

// PKCS#12 knows two empty passphrases: none at all, and one of no characters.
struct Passphrase {
  const char* data;
  int size;
};

std::vector<Passphrase> Candidates(absl::string_view passphrase) {
  std::vector<Passphrase> candidates;
  if (!passphrase.empty()) candidates.push_back({passphrase.data(), static_cast<int>(passphrase.size())});
  candidates.push_back({nullptr, 0});
  candidates.push_back({"", 0});
  return candidates;
}

// What one PKCS#12 file holds, as far as it can be opened.
class Safe {
 public:
  explicit Safe(Passphrase passphrase) : passphrase_(passphrase) {}

  void Open(const PKCS12& file) {
    STACK_OF(PKCS7)* const contents = PKCS12_unpack_authsafes(&file);
    if (contents == nullptr) return Note();
    for (int i = 0; i < sk_PKCS7_num(contents); ++i) OpenContent(*sk_PKCS7_value(contents, i));
    sk_PKCS7_pop_free(contents, PKCS7_free);
  }

  const std::vector<Secret>& keys() const { return keys_; }
  bool algorithm_missing() const { return algorithm_missing_; }
  bool closed() const { return closed_; }

 private:
  void OpenContent(PKCS7& content) {
    STACK_OF(PKCS12_SAFEBAG)* bags = nullptr;
    if (PKCS7_type_is_data(&content)) {
      bags = PKCS12_unpack_p7data(&content);
    } else if (PKCS7_type_is_encrypted(&content)) {
      bags = PKCS12_unpack_p7encdata(&content, passphrase_.data, passphrase_.size);
    }
    if (bags == nullptr) return Note();
    OpenBags(*bags);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
  }

  void OpenBags(const STACK_OF(PKCS12_SAFEBAG) & bags) {
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(&bags); ++i) OpenBag(*sk_PKCS12_SAFEBAG_value(&bags, i));
  }

  void OpenBag(const PKCS12_SAFEBAG& bag) {
    const int kind = PKCS12_SAFEBAG_get_nid(&bag);
    if (kind == NID_keyBag) return Take(PKCS12_SAFEBAG_get0_p8inf(&bag));
    if (kind == NID_safeContentsBag) return OpenBags(*PKCS12_SAFEBAG_get0_safes(&bag));
    if (kind != NID_pkcs8ShroudedKeyBag) return;
    const Pkcs8Pointer key(PKCS8_decrypt(PKCS12_SAFEBAG_get0_pkcs8(&bag), passphrase_.data, passphrase_.size));
    Take(key.get());
  }

  void Take(const PKCS8_PRIV_KEY_INFO* key) {
    if (key == nullptr) return Note();
    absl::StatusOr<Secret> der = ToDer(*key);
    if (!der.ok()) return Note();
    keys_.push_back(*std::move(der));
  }

  // Something did not open.
  void Note() { (AlgorithmIsMissing() ? algorithm_missing_ : closed_) = true; }

  const Passphrase passphrase_;
  std::vector<Secret> keys_;
  bool algorithm_missing_ = false;
  bool closed_ = false;
};

}  // namespace

absl::Status PassphraseMissing() { return absl::InvalidArgumentError("is encrypted and needs its passphrase"); }

absl::Status PassphraseWrong() { return absl::InvalidArgumentError("does not open with this passphrase"); }

bool AlgorithmIsMissing() {
  bool missing = false;
  while (const unsigned long error = ERR_get_error()) {
    const int reason = ERR_GET_REASON(error);
    missing = missing || reason == ERR_R_UNSUPPORTED ||
              (ERR_GET_LIB(error) == ERR_LIB_EVP &&
               (reason == EVP_R_UNSUPPORTED_ALGORITHM || reason == EVP_R_UNKNOWN_PBE_ALGORITHM ||
                reason == EVP_R_UNSUPPORTED_CIPHER || reason == EVP_R_UNSUPPORTED_PRF));
  }
  return missing;
}

absl::StatusOr<Secret> DecryptPkcs8(const X509_SIG& encrypted, absl::string_view passphrase) {
  if (passphrase.empty()) return PassphraseMissing();
  const Pkcs8Pointer key(PKCS8_decrypt(&encrypted, passphrase.data(), static_cast<int>(passphrase.size())));
  if (key != nullptr) return ToDer(*key);
  return AlgorithmIsMissing() ? absl::UnimplementedError("") : PassphraseWrong();
}

absl::StatusOr<Secret> OpenPkcs12(const PKCS12& file, absl::string_view passphrase) {
  // The library takes the file as changeable to look at its checksum.
  PKCS12* const checked = const_cast<PKCS12*>(&file);
  bool algorithm_missing = false;
  bool closed = false;
  for (const Passphrase& candidate : Candidates(passphrase)) {
    if (PKCS12_mac_present(&file) && PKCS12_verify_mac(checked, candidate.data, candidate.size) != 1) {
      (AlgorithmIsMissing() ? algorithm_missing : closed) = true;
      continue;
    }
    Safe safe(candidate);
    safe.Open(file);
    if (safe.keys().size() == 1) return safe.keys()[0];
    if (safe.keys().size() > 1) {
      return absl::InvalidArgumentError(absl::StrCat("holds ", safe.keys().size(), " private keys; keep only one"));
    }
    if (!safe.algorithm_missing() && !safe.closed()) {
      return absl::InvalidArgumentError(
          "is a PKCS#12 file without a private key; export it again together with the key");
    }
    algorithm_missing = algorithm_missing || safe.algorithm_missing();
    closed = closed || safe.closed();
  }
  if (algorithm_missing) return absl::UnimplementedError("");
  return passphrase.empty() ? PassphraseMissing() : PassphraseWrong();
}

LegacyAlgorithms::LegacyAlgorithms() {
  OSSL_LIB_CTX* const context = LegacyContext();
  if (context == nullptr) return;
  before_ = OSSL_LIB_CTX_set0_default(context);
  loaded_ = true;
}

LegacyAlgorithms::~LegacyAlgorithms() {
  if (loaded_) OSSL_LIB_CTX_set0_default(before_);
}

}  // namespace oauth1d::oauth1
