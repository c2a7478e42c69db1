#include "server/oauth1/private_key_file.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/oauth1/encrypted_key.h"
#include "server/oauth1/openssl_objects.h"
#include "server/oauth1/private_key_pem.h"

namespace oauth1d::oauth1 {
namespace {

const unsigned char* Bytes(absl::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// True if one of OpenSSL's readers takes the whole of it.
template <typename T>
bool Is(T* (*read)(T**, const unsigned char**, long), void (*free)(T*), absl::string_view der) {
  const unsigned char* in = Bytes(der);
  T* const object = read(nullptr, &in, static_cast<long>(der.size()));
  free(object);
  return object != nullptr;
}

absl::Status CheckLength(absl::string_view der) {
  const unsigned char* in = Bytes(der);
  long content = 0;
  int tag = 0;
  int class_of_tag = 0;
  const int form = ASN1_get_object(&in, &content, &tag, &class_of_tag, static_cast<long>(der.size()));
  constexpr int kDamaged = 0x80;
  if ((form & kDamaged) != 0) {
    // The reader says so too where the content is longer than what is there.
    const bool too_long = ERR_GET_REASON(ERR_peek_last_error()) == ASN1_R_TOO_LONG;
    return absl::InvalidArgumentError(too_long ? "is cut off: it is shorter than its first bytes say"
                                               : "is damaged, or no key at all");
  }
  return absl::OkStatus();
}

// True for what can be the beginning of an ASN.1 SEQUENCE: of more than 127 bytes, or of just as many as there are.
bool LooksLikeSequence(absl::string_view file) {
  if (file.size() < 2 || file[0] != '\x30') return false;
  const auto size = static_cast<unsigned char>(file[1]);
  return size >= 0x80 || file.size() == 2U + size;
}

absl::StatusOr<Secret> ReadDer(absl::string_view der, absl::string_view passphrase) {
  if (const absl::Status status = CheckLength(der); !status.ok()) return status;
  const unsigned char* in = Bytes(der);
  const EncryptedPkcs8Pointer encrypted(d2i_X509_SIG(nullptr, &in, static_cast<long>(der.size())));
  if (encrypted != nullptr) return DecryptPkcs8(*encrypted, passphrase);
  in = Bytes(der);
  const Pkcs12Pointer pkcs12(d2i_PKCS12(nullptr, &in, static_cast<long>(der.size())));
  if (pkcs12 != nullptr) return OpenPkcs12(*pkcs12, passphrase);
  if (Is(d2i_X509, X509_free, der)) {
    return absl::InvalidArgumentError("is a certificate; what is needed is the private key that belongs to it");
  }
  if (Is(d2i_X509_REQ, X509_REQ_free, der)) {
    return absl::InvalidArgumentError(
        "is a certificate signing request; what is needed is the private key that belongs to it");
  }
  if (Is(d2i_PUBKEY, EVP_PKEY_free, der)) {
    return absl::InvalidArgumentError("is a public key; what is needed is the private key that belongs to it");
  }
  // PKCS#8, PKCS#1, or nothing that anyone knows: whoever reads the key will tell.
  return Secret(der);
}

absl::StatusOr<Secret> ReadAny(absl::string_view file, absl::string_view passphrase) {
  const absl::string_view text = absl::StripAsciiWhitespace(file);
  if (text.empty()) return absl::InvalidArgumentError("is empty");
  if (absl::StartsWith(file, "\xFF\xFE") || absl::StartsWith(file, "\xFE\xFF")) {
    return absl::InvalidArgumentError("is UTF-16 text; save it as ASCII or UTF-8");
  }
  if (absl::StrContains(file, "-----BEGIN ")) return ReadPrivateKeyPem(file, passphrase);
  if (absl::StartsWith(text, "PuTTY-User-Key-File-")) {
    return absl::InvalidArgumentError(
        "is a key in PuTTY's own format; export it with: puttygen FILE -O private-openssh");
  }
  if (absl::StartsWith(text, "ssh-") || absl::StartsWith(text, "ecdsa-")) {
    return absl::InvalidArgumentError("is a public key; what is needed is the private key that belongs to it");
  }
  if (absl::StartsWith(file, "\xFE\xED\xFE\xED")) {
    return absl::InvalidArgumentError(
        "is a Java key store; convert it with: keytool -importkeystore -srckeystore FILE -destkeystore NEW.p12 "
        "-deststoretype PKCS12");
  }
  if (LooksLikeSequence(file)) return ReadDer(file, passphrase);
  const bool base64 = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || absl::ascii_isspace(c) || c == '+' || c == '/' || c == '=';
  });
  if (base64 && absl::StartsWith(text, "MI")) {
    return absl::InvalidArgumentError("is base64 without BEGIN and END lines; decode it first with: base64 -d");
  }
  return absl::InvalidArgumentError("is no key: neither PEM nor PKCS#12");
}

}  // namespace

absl::StatusOr<Secret> ReadPrivateKeyFile(absl::string_view file, absl::string_view passphrase) {
  const OpenSslErrors errors;
  absl::StatusOr<Secret> key = ReadAny(file, passphrase);
  if (!absl::IsUnimplemented(key.status())) return key;
  const LegacyAlgorithms legacy;
  if (legacy.loaded()) key = ReadAny(file, passphrase);
  if (!absl::IsUnimplemented(key.status())) return key;
  return absl::InvalidArgumentError(
      "is encrypted with an algorithm that this OpenSSL has not, likely an old one; write it anew where there is the "
      "legacy provider, a PEM file with: openssl pkey -provider default -provider legacy -aes256 -in OLD -out NEW; a "
      "PKCS#12 file with: openssl pkcs12 -legacy -in OLD -nodes | openssl pkcs12 -export -out NEW");
}

}  // namespace oauth1d::oauth1
