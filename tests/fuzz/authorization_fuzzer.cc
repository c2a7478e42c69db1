// Whatever stands in a WWW-Authenticate field is told in printable text; whatever is signed makes a header of one line
// and a base string of unreserved characters.
#include <algorithm>

#include "absl/strings/match.h"
#include "server/oauth1/problem.h"
#include "server/oauth1/signature_base.h"
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
  const size_t half = text.size() / 2;
  SigningInput input;
  input.http_method = "POST";
  input.url = *url;
  input.form = std::string(text);
  input.consumer_key = std::string(text.substr(0, half));
  input.consumer_secret = Secret(text);
  input.token = TokenCredentials{std::string(text.substr(half)), Secret(text.substr(half))};
  input.timestamp = "1";
  input.nonce = std::string(text);
  input.callback = std::string(text);
  const absl::StatusOr<SigningOutput> output = SignRequest(input);
  Promise(output.ok() && output->signature.size() == 28, "everything can be signed");
  Promise(IsPrintable(output->authorization), "the header is one line");
  Promise(std::count(output->base_string.begin(), output->base_string.end(), '&') == 2,
          "the base string has three parts");
  Promise(!absl::StrContains(output->base_string, "&oauth_signature%3D") &&
              !absl::StrContains(output->base_string, "%26oauth_signature%3D"),
          "a signature is never signed");
}

}  // namespace
}  // namespace oauth1d::oauth1

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text = oauth1d::AsText(data, size);
  oauth1d::oauth1::CheckProblem(text);
  oauth1d::oauth1::CheckSigning(text);
  return 0;
}
