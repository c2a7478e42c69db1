#include "server/oauth1/signer.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "server/base/status_macros.h"
#include "server/oauth1/encoded_bytes.h"

namespace oauth1d::oauth1 {
namespace {

using Mark = ShortText<8>;
using Name = ShortText<32>;

// What stands around the parameters of a header field, and of a query or form.
struct Punctuation {
  Mark begin;
  Mark before_value;
  Mark after_value;
  Mark between;
};
// Some providers refuse a bare comma (RFC 5849 section 3.5.1 lets the space be there).
constexpr Punctuation kInHeader = {Mark("OAuth "), Mark("=\""), Mark("\""), Mark(", ")};
constexpr Punctuation kInForm = {Mark(""), Mark("="), Mark(""), Mark("&")};
constexpr Mark kRealm("realm=\"");

constexpr Name kBodyHash("oauth_body_hash");
constexpr Name kCallback("oauth_callback");
constexpr Name kConsumerKey("oauth_consumer_key");
constexpr Name kNonce("oauth_nonce");
constexpr Name kSessionHandle("oauth_session_handle");
constexpr Name kSignature("oauth_signature");
constexpr Name kSignatureMethod("oauth_signature_method");
constexpr Name kTimestamp("oauth_timestamp");
constexpr Name kToken("oauth_token");
constexpr Name kVerifier("oauth_verifier");
constexpr Name kVersion("oauth_version");

// Calls `take` with the parameters of RFC 5849 section 3.1 one after another, without the signature.
template <typename Take>
void ForEachProtocolParameter(const SigningInput& input, SignatureMethod method, Take take) {
  if (input.body_hash.has_value()) take(kBodyHash, *input.body_hash);
  if (input.callback.has_value()) take(kCallback, *input.callback);
  take(kConsumerKey, input.consumer_key);
  if (!input.nonce.empty()) take(kNonce, input.nonce);
  if (input.session_handle.has_value()) take(kSessionHandle, *input.session_handle);
  take(kSignatureMethod, SignatureMethodName(method));
  if (!input.timestamp.empty()) take(kTimestamp, input.timestamp);
  if (input.token.has_value()) take(kToken, *input.token);
  if (input.verifier.has_value()) take(kVerifier, *input.verifier);
  if (input.send_version) take(kVersion, absl::string_view("1.0"));
}

// Writes parameters one after another into an arena.
class ParameterWriter {
 public:
  ParameterWriter(const Punctuation& punctuation, Arena& arena)
      : punctuation_(punctuation), arena_(arena), out_(punctuation.begin.Write(arena.Room(0, kMostMarks))) {}

  // A quoted string, not encoded.
  void Realm(absl::string_view realm) {
    Begin(2 * realm.size());
    out_ = kRealm.Write(out_);
    for (const char c : realm) {
      if (c == '"' || c == '\\') *out_++ = '\\';
      *out_++ = c;
    }
    out_ = punctuation_.after_value.Write(out_);
  }

  void Encode(absl::string_view name, absl::string_view value) {
    Begin(3 * (name.size() + value.size()));
    out_ = WriteEncoded(kEncodedOnce, name, out_);
    Value(value);
  }

  // The name needs no encoding.
  void Encode(const Name& name, absl::string_view value) {
    Begin(sizeof(name) + 3 * value.size());
    out_ = name.Write(out_);
    Value(value);
  }

  absl::string_view text() const { return {arena_.data(), static_cast<size_t>(out_ - arena_.data())}; }

 private:
  static constexpr size_t kMostMarks = 3 * sizeof(Mark);

  void Begin(size_t most) {
    out_ = arena_.Room(out_ - arena_.data(), most + kMostMarks);
    if (!first_) out_ = punctuation_.between.Write(out_);
    first_ = false;
  }
  void Value(absl::string_view value) {
    out_ = WriteEncoded(kEncodedOnce, value, punctuation_.before_value.Write(out_));
    out_ = punctuation_.after_value.Write(out_);
  }

  const Punctuation& punctuation_;
  Arena& arena_;
  char* out_;
  bool first_ = true;
};

}  // namespace

absl::StatusOr<Placement> ParsePlacement(absl::string_view name) {
  for (const Placement placement : {Placement::kHeader, Placement::kBody, Placement::kQuery}) {
    if (name == PlacementName(placement)) return placement;
  }
  return absl::InvalidArgumentError("is no placement; there are header, body, query");
}

absl::string_view PlacementName(Placement placement) {
  switch (placement) {
    case Placement::kHeader:
      return "header";
    case Placement::kBody:
      return "body";
    case Placement::kQuery:
      return "query";
  }
  return "";
}

Placement PlacementFor(Placement wanted, BodyKind kind, absl::string_view http_method) {
  if (wanted != Placement::kBody || kind == BodyKind::kForm) return wanted;
  const bool takes_body = absl::EqualsIgnoreCase(http_method, "POST") || absl::EqualsIgnoreCase(http_method, "PUT") ||
                          absl::EqualsIgnoreCase(http_method, "PATCH");
  return kind == BodyKind::kEmpty && takes_body ? Placement::kBody : Placement::kQuery;
}

const SignatureBase& Signer::BaseOf(const SigningInput& input, SignatureMethod method) {
  base_.Clear();
  base_.AddEncoded(input.url->query(), ParameterSource::kQuery);
  if (input.body_kind == BodyKind::kForm) base_.AddEncoded(input.form, ParameterSource::kForm);
  if (input.multipart_fields != nullptr) {
    for (const Parameter& field : *input.multipart_fields) {
      base_.Add(field.name, field.value, ParameterSource::kForm);
    }
  }
  ForEachProtocolParameter(input, method,
                           [this](const Name& name, absl::string_view value) { base_.Add(name, value); });
  if (input.more != nullptr) {
    for (const Parameter& parameter : *input.more) {
      base_.Add(parameter.name, parameter.value, ParameterSource::kProtocol);
    }
  }
  base_.Finish(input.http_method, *input.url);
  return base_;
}

absl::Status Signer::Sign(const SigningInput& input, SigningKey& key, SignedParts& out) {
  const bool plaintext = key.method() == SignatureMethod::kPlaintext;
  const absl::string_view base = plaintext ? absl::string_view() : BaseOf(input, key.method()).text();
  RETURN_IF_ERROR(key.Sign(base, out.signature));
  Place(input, key.method(), out);
  return absl::OkStatus();
}

void Signer::Place(const SigningInput& input, SignatureMethod method, SignedParts& out) {
  out.authorization.clear();
  out.query.clear();
  out.body.clear();
  const Placement placement = PlacementFor(input.placement, input.body_kind, input.http_method);
  placed_.Trim();
  ParameterWriter writer(placement == Placement::kHeader ? kInHeader : kInForm, placed_);
  if (placement == Placement::kHeader && !input.realm.empty()) writer.Realm(input.realm);
  ForEachProtocolParameter(input, method,
                           [&](const Name& name, absl::string_view value) { writer.Encode(name, value); });
  if (input.more != nullptr) {
    for (const Parameter& parameter : *input.more) {
      if (parameter.name != kSignature.view()) writer.Encode(parameter.name, parameter.value);
    }
  }
  writer.Encode(kSignature, out.signature);
  std::string& placed = placement == Placement::kHeader ? out.authorization
                        : placement == Placement::kBody ? out.body
                                                        : out.query;
  placed.assign(writer.text().data(), writer.text().size());
}

}  // namespace oauth1d::oauth1
