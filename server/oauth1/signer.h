// Signs one request: the protocol parameters, the base string, the signature, and where they go on the wire.
#ifndef OAUTH1D_SERVER_OAUTH1_SIGNER_H_
#define OAUTH1D_SERVER_OAUTH1_SIGNER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/base/secret.h"
#include "server/oauth1/arena.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/signature.h"
#include "server/oauth1/signature_base.h"
#include "server/oauth1/url.h"

namespace oauth1d::oauth1 {

// Where the protocol parameters go (RFC 5849 section 3.5).
enum class Placement { kHeader, kBody, kQuery };

// As the configuration spells it: header, body, query. kInvalidArgument that lists them.
absl::StatusOr<Placement> ParsePlacement(absl::string_view name);
absl::string_view PlacementName(Placement placement);

// What the body is to the signature.
enum class BodyKind {
  kEmpty,  // no body
  kForm,   // application/x-www-form-urlencoded: its fields are signed
  kOther,  // not signed but by its hash
};

// Token credentials, or temporary credentials where the exchange is signed with them.
struct TokenCredentials {
  std::string token;
  Secret secret;
};

// What one request is signed with and about. Only views: what they show must outlive the call.
struct SigningInput {
  SigningInput(absl::string_view http_method, const Url& url) : http_method(http_method), url(&url) {}

  absl::string_view http_method;
  const Url* url;  // as the provider sees it; its query is signed
  BodyKind body_kind = BodyKind::kEmpty;
  absl::string_view form;  // with kForm, the encoded body
  // Fields that are signed though RFC 5849 does not: the text parts of a multipart body. Null: none.
  const Parameters* multipart_fields = nullptr;

  Placement placement = Placement::kHeader;
  absl::string_view realm;  // never signed; in the header alone
  absl::string_view consumer_key;
  std::optional<absl::string_view> token;           // may be empty: some providers want `oauth_token=`
  absl::string_view timestamp;                      // seconds since 1970, in digits; empty: not sent
  absl::string_view nonce;                          // empty: not sent
  std::optional<absl::string_view> callback;        // oauth_callback
  std::optional<absl::string_view> verifier;        // oauth_verifier
  std::optional<absl::string_view> session_handle;  // oauth_session_handle
  std::optional<absl::string_view> body_hash;       // oauth_body_hash
  // Sent and signed beside the protocol parameters, where they go. Null: none.
  const Parameters* more = nullptr;
  bool send_version = true;  // oauth_version=1.0
};

// What came out. The request goes out with these bytes, or its signature does not hold. Of the last three, one is not
// empty.
struct SignedParts {
  std::string signature;      // base64, before percent-encoding
  std::string authorization;  // kHeader: the value of the Authorization header field
  std::string query;          // kQuery: encoded, to be added to the end of the URL's query
  std::string body;           // kBody: encoded, to be added to the end of the form, which may be empty
};

// Where the parameters of this request go: `wanted`, but for kBody the query where the body is no form and cannot
// become one (RFC 5849 section 3.5.2).
Placement PlacementFor(Placement wanted, BodyKind kind, absl::string_view http_method);

// Makes signatures. Keeps its buffers, so that nothing is allocated once they have grown. One thread.
class Signer {
 public:
  // RFC 5849 section 3.4.1. Valid until the next call.
  const SignatureBase& BaseOf(const SigningInput& input, SignatureMethod method);

  // Everything in one step; PLAINTEXT has no base string.
  // Errors: as SigningKey::Sign.
  absl::Status Sign(const SigningInput& input, SigningKey& key, SignedParts& out);

  // The second half, for a signature that was made elsewhere: out.signature is set.
  void Place(const SigningInput& input, SignatureMethod method, SignedParts& out);

  // Overwrites the kept buffers: verifiers, passwords and, with PLAINTEXT, secrets stood in them. What BaseOf gave is
  // void then.
  void Wipe() {
    base_.Wipe();
    placed_.Wipe();
  }

 private:
  SignatureBase base_;
  Arena placed_;
};

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_SIGNER_H_
