#include "server/oauth1/private_key_pem.h"

#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "server/base/status_macros.h"
#include "server/oauth1/encrypted_key.h"
#include "server/oauth1/openssl_objects.h"

namespace oauth1d::oauth1 {
namespace {

// What stands between one BEGIN line and its END line.
class Block {
 public:
  Block() = default;
  ~Block() {
    OPENSSL_free(label_);
    OPENSSL_free(header_);
    OPENSSL_clear_free(data_, size_);
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  // False where no block can be read.
  bool Read(BIO& text) {
    if (PEM_read_bio(&text, &label_, &header_, &data_, &whole_size_) != 1) return false;
    size_ = whole_size_;
    return true;
  }

  absl::string_view label() const { return label_; }
  absl::string_view data() const { return {reinterpret_cast<const char*>(data_), static_cast<size_t>(size_)}; }

  // Decrypts the data where the header says that it is encrypted.
  absl::Status Decrypt(absl::string_view passphrase);

 private:
  char* label_ = nullptr;
  char* header_ = nullptr;
  unsigned char* data_ = nullptr;
  long whole_size_ = 0;
  long size_ = 0;
};

// Called for the passphrase in place of a prompt on the terminal.
int GivePassphrase(char* buffer, int size, int /*writing*/, void* passphrase) {
  const auto& text = *static_cast<const absl::string_view*>(passphrase);
  if (text.empty() || static_cast<int>(text.size()) > size) return -1;
  std::copy(text.begin(), text.end(), buffer);
  return static_cast<int>(text.size());
}

// True if this is one ASN.1 SEQUENCE with nothing behind it, which the garbage of a wrong passphrase is not.
bool IsOneSequence(absl::string_view der) {
  const auto* in = reinterpret_cast<const unsigned char*>(der.data());
  long content = 0;
  int tag = 0;
  int class_of_tag = 0;
  const int form = ASN1_get_object(&in, &content, &tag, &class_of_tag, static_cast<long>(der.size()));
  return form == V_ASN1_CONSTRUCTED && tag == V_ASN1_SEQUENCE &&
         in + content == reinterpret_cast<const unsigned char*>(der.data()) + der.size();
}

absl::Status Block::Decrypt(absl::string_view passphrase) {
  EVP_CIPHER_INFO cipher;
  if (PEM_get_EVP_CIPHER_INFO(header_, &cipher) != 1) {
    return absl::InvalidArgumentError("has a damaged DEK-Info line, or names a cipher there that OpenSSL has not");
  }
  if (cipher.cipher == nullptr) return absl::OkStatus();
  if (passphrase.empty()) return PassphraseMissing();
  if (PEM_do_header(&cipher, data_, &size_, GivePassphrase, &passphrase) == 1 && IsOneSequence(data())) {
    return absl::OkStatus();
  }
  size_ = whole_size_;
  return AlgorithmIsMissing() ? absl::UnimplementedError("") : PassphraseWrong();
}

struct Stranger {
  absl::string_view label;
  absl::string_view message;
};
constexpr absl::string_view kCertificate = "is a certificate; what is needed is the private key that belongs to it";
constexpr absl::string_view kRequest =
    "is a certificate signing request; what is needed is the private key that belongs to it";
constexpr absl::string_view kPublic = "is a public key; what is needed is the private key that belongs to it";
constexpr std::array<Stranger, 13> kStrangers = {{
    {"CERTIFICATE", kCertificate},
    {"TRUSTED CERTIFICATE", kCertificate},
    {"X509 CERTIFICATE", kCertificate},
    {"CERTIFICATE REQUEST", kRequest},
    {"NEW CERTIFICATE REQUEST", kRequest},
    {"PUBLIC KEY", kPublic},
    {"RSA PUBLIC KEY", kPublic},
    {"SSH2 PUBLIC KEY", kPublic},
    {"OPENSSH PRIVATE KEY",
     "is a key in OpenSSH's own format; rewrite a copy of it with: ssh-keygen -p -m PEM -f COPY"},
    {"SSH2 ENCRYPTED PRIVATE KEY", "is a key of ssh.com's format; rewrite it with: ssh-keygen -i -f FILE"},
    {"EC PRIVATE KEY", "is an EC key; the RSA signature methods need an RSA key"},
    {"DSA PRIVATE KEY", "is a DSA key; the RSA signature methods need an RSA key"},
    {"PGP PRIVATE KEY BLOCK", "is a PGP key; the RSA signature methods need an RSA key in PEM or PKCS#12"},
}};

absl::StatusOr<Secret> KeyIn(Block& block, absl::string_view passphrase) {
  if (block.label() == "ENCRYPTED PRIVATE KEY") {
    const auto* in = reinterpret_cast<const unsigned char*>(block.data().data());
    const EncryptedPkcs8Pointer encrypted(d2i_X509_SIG(nullptr, &in, static_cast<long>(block.data().size())));
    if (encrypted == nullptr) return absl::InvalidArgumentError("is damaged: its PEM holds no encrypted key");
    return DecryptPkcs8(*encrypted, passphrase);
  }
  RETURN_IF_ERROR(block.Decrypt(passphrase));
  return Secret(block.data());
}

// Why a text that holds a BEGIN line gave no block there.
absl::Status Unreadable(absl::string_view text) {
  if (!absl::StrContains(text, "\n") && !absl::StrContains(text, "\r")) {
    return absl::InvalidArgumentError(absl::StrContains(text, "\\n")
                                          ? "has its line breaks written as \\n; a PEM file needs real ones"
                                          : "has lost its line breaks; a PEM file needs them");
  }
  const size_t begin = text.rfind("-----BEGIN ");
  if (begin > 0 && text[begin - 1] != '\n' && text[begin - 1] != '\r') {
    return absl::InvalidArgumentError("has its lines indented; a BEGIN line begins in the first column");
  }
  const absl::string_view last = text.substr(begin);
  if (!absl::StrContains(last, "-----END ")) {
    return absl::InvalidArgumentError("is cut off: after its last BEGIN line there is no END line");
  }
  return absl::InvalidArgumentError("is damaged: between BEGIN and END line is no base64, or the lines do not match");
}

}  // namespace

absl::StatusOr<Secret> ReadPrivateKeyPem(absl::string_view text, absl::string_view passphrase) {
  // A byte order mark would hide the first line.
  text = absl::StripPrefix(text, "\xEF\xBB\xBF");
  const BioPointer bio = ReadOnlyBio(text);
  std::optional<Secret> key;
  absl::Status stranger = absl::OkStatus();
  for (;;) {
    Block block;
    if (!block.Read(*bio)) {
      const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
      if (!at_end || (!key.has_value() && stranger.ok())) return Unreadable(text);
      break;
    }
    if (block.label() == "PRIVATE KEY" || block.label() == "RSA PRIVATE KEY" ||
        block.label() == "ENCRYPTED PRIVATE KEY") {
      if (key.has_value()) return absl::InvalidArgumentError("holds more than one private key; keep only one");
      ASSIGN_OR_RETURN(key, KeyIn(block, passphrase));
      continue;
    }
    const auto known = std::find_if(kStrangers.begin(), kStrangers.end(),
                                    [&](const Stranger& known) { return known.label == block.label(); });
    if (known != kStrangers.end() && stranger.ok()) stranger = absl::InvalidArgumentError(known->message);
    if (absl::EndsWith(block.label(), "PRIVATE KEY")) return stranger;
    if (known == kStrangers.end() && stranger.ok()) stranger = absl::InvalidArgumentError("holds no private key");
  }
  if (key.has_value()) return *std::move(key);
  return stranger;
}

}  // namespace oauth1d::oauth1
