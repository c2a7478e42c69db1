#include "server/oauth1/rsa_key.h"

#include <openssl/pem.h>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/oauth1/openssl_objects.h"
#include "server/oauth1/private_key_file.h"

namespace oauth1d::oauth1 {
namespace {

constexpr int kFewestBits = 2048;

const EVP_MD* DigestOf(RsaDigest digest) {
  switch (digest) {
    case RsaDigest::kSha1:
      return EVP_sha1();
    case RsaDigest::kSha256:
      return EVP_sha256();
    case RsaDigest::kSha512:
      return EVP_sha512();
  }
  return nullptr;
}

absl::Status CheckKind(const EVP_PKEY& key) {
  const int kind = EVP_PKEY_get_base_id(&key);
  if (kind == EVP_PKEY_RSA) return absl::OkStatus();
  absl::string_view name = "of another kind";
  if (kind == EVP_PKEY_RSA_PSS) name = "for RSA-PSS alone";
  if (kind == EVP_PKEY_EC) name = "an EC key";
  if (kind == EVP_PKEY_DSA) name = "a DSA key";
  if (kind == EVP_PKEY_ED25519 || kind == EVP_PKEY_ED448) name = "an EdDSA key";
  return absl::InvalidArgumentError(absl::StrCat("is ", name, "; the RSA signature methods need an RSA key"));
}

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

bool Verifies(EVP_PKEY& key, RsaDigest digest, absl::string_view text, absl::string_view signature) {
  const MdContextPointer context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, DigestOf(digest), nullptr, &key) == 1 &&
         EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(text), text.size()) == 1;
}

}  // namespace

RsaKey::~RsaKey() { EVP_PKEY_free(key_); }

absl::StatusOr<std::shared_ptr<const RsaKey>> RsaKey::Parse(const Secret& file, const Secret& passphrase) {
  const OpenSslErrors errors;
  ASSIGN_OR_RETURN(const Secret der, ReadPrivateKeyFile(file.Reveal(), passphrase.Reveal()));
  const unsigned char* in = Bytes(der.Reveal());
  PkeyPointer pkey(d2i_AutoPrivateKey(nullptr, &in, static_cast<long>(der.size())));
  if (pkey == nullptr) return absl::InvalidArgumentError("is damaged, or no key at all");
  RETURN_IF_ERROR(CheckKind(*pkey));
  std::shared_ptr<const RsaKey> key(new RsaKey(pkey.release()));
  if (key->bits() < kFewestBits) {
    return absl::InvalidArgumentError(absl::StrCat("has ", key->bits(), " bits; at least ", kFewestBits,
                                                   " are needed: make a new one with: openssl genrsa -out FILE 2048"));
  }
  constexpr absl::string_view kProbe = "probe";
  const absl::StatusOr<std::string> signature = key->Sign(RsaDigest::kSha256, kProbe);
  if (!signature.ok() || !Verifies(*key->key_, RsaDigest::kSha256, kProbe, *signature)) {
    return absl::InvalidArgumentError("is damaged: its numbers do not belong together");
  }
  return key;
}

int RsaKey::bits() const { return EVP_PKEY_get_bits(key_); }

std::string RsaKey::PublicKeyPem() const {
  const OpenSslErrors errors;
  const BioPointer bio(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_PUBKEY(bio.get(), key_) != 1) return "";
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return std::string(text, size);
}

absl::StatusOr<std::string> RsaKey::Sign(RsaDigest digest, absl::string_view text) const {
  const OpenSslErrors errors;
  const MdContextPointer context(EVP_MD_CTX_new());
  std::string signature(EVP_PKEY_get_size(key_), '\0');
  size_t size = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, DigestOf(digest), nullptr, key_) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, Bytes(text),
                     text.size()) != 1) {
    return absl::InternalError("signing with RSA failed");
  }
  signature.resize(size);
  return signature;
}

}  // namespace oauth1d::oauth1
