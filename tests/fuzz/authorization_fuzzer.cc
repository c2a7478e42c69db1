// Whatever stands in a WWW-Authenticate field is told in printable text; whatever is signed makes a header of one line
// and a base string of unreserved characters.
#include <algorithm>

#include "absl/strings/match.h"
#include "server/oauth1/base_string_difference.h"
#include "server/oauth1/problem.h"
#include "server/oauth1/rsa_key.h"
#include "server/oauth1/signer.h"
#include "tests/fuzz/fuzzed.h"

namespace oauth1d::oauth1 {
namespace {

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

void CheckProblem(absl::string_view text) {
  const size_t half = text.size() / 2;
  const std::string challenge = "OAuth " + std::string(text.substr(0, half));
  const std::optional<Problem> problem = FindProblem({text, challenge}, text.substr(half));
  if (!problem.has_value()) return;
  Promise(!problem->name.empty() && IsPrintable(problem->name) && IsPrintable(problem->advice), "it is printable");
  Promise(problem->name.size() <= 256 && problem->advice.size() <= 256, "and short");
  Promise(!MeansTokenRejected(problem->name) || !MeansConsumerRejected(problem->name), "and means one thing");
}

void CheckSigning(absl::string_view text) {
  static const Url* const url = new Url(*Url::Parse("https://api.example.com/1.1/"));
  static Signer* const signer = new Signer;
  const size_t half = text.size() / 2;
  SigningInput input("POST", *url);
  input.body_kind = BodyKind::kForm;
  input.form = text;
  input.consumer_key = text.substr(0, half);
  input.token = text.substr(half);
  input.timestamp = "1";
  input.nonce = text;
  input.callback = text;
  const Parameters more = {{std::string(text.substr(half)), std::string(text)}};
  input.more = &more;
  absl::StatusOr<SigningKey> key =
      SigningKey::Create(SignatureMethod::kHmacSha1, Secret(text), Secret(text.substr(half)), nullptr);
  const absl::string_view base = signer->BaseOf(input, SignatureMethod::kHmacSha1).text();
  Promise(std::count(base.begin(), base.end(), '&') == 2, "the base string has three parts");
  Promise(!absl::StrContains(base, "&oauth_signature%3D") && !absl::StrContains(base, "%26oauth_signature%3D"),
          "a signature is never signed");
  for (const Placement placement : {Placement::kHeader, Placement::kBody, Placement::kQuery}) {
    input.placement = placement;
    SignedParts parts;
    Promise(signer->Sign(input, *key, parts).ok() && parts.signature.size() == 28, "everything can be signed");
    Promise(IsPrintable(parts.authorization + parts.query + parts.body), "what is placed is one line");
    Promise(parts.authorization.empty() + parts.query.empty() + parts.body.empty() == 2, "and stands in one place");
  }
}

// What a provider prints may be anything.
void CheckDifference(absl::string_view text) {
  const size_t half = text.size() / 2;
  for (const absl::string_view ours : {text.substr(0, half), absl::string_view("GET&http%3A%2F%2Fh%2F&a%3Db%26c%3D")}) {
    const std::optional<BaseStringDifference> difference = CompareBaseStrings(ours, text.substr(half));
    if (!difference.has_value()) continue;
    Promise(difference->offset <= ours.size() && !difference->description.empty(), "a difference is told");
  }
}

// Whatever stands in a file in place of a key.
void CheckKey(absl::string_view text) {
  const absl::StatusOr<std::shared_ptr<const RsaKey>> key = RsaKey::Parse(Secret(text), Secret("passphrase"));
  Promise(key.ok() || absl::IsInvalidArgument(key.status()), "a bad key is invalid");
}

}  // namespace
}  // namespace oauth1d::oauth1

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = oauth1d::AsText(data, size);
  oauth1d::oauth1::CheckProblem(text);
  oauth1d::oauth1::CheckSigning(text);
  oauth1d::oauth1::CheckDifference(text);
  oauth1d::oauth1::CheckKey(text);
  return 0;
}
