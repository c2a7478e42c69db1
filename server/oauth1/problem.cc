#include "server/oauth1/problem.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "server/base/failure.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

constexpr size_t kLongestFormBody = 4096;

std::optional<Problem> FromParameters(const Parameters& parameters) {
  Problem problem;
  for (const Parameter& parameter : parameters) {
    if (parameter.name == "oauth_problem" && problem.name.empty()) problem.name = EscapeForPeople(parameter.value);
    if (parameter.name == "oauth_problem_advice" && problem.advice.empty()) {
      problem.advice = EscapeForPeople(parameter.value);
    }
  }
  if (problem.name.empty()) return std::nullopt;
  return problem;
}

// OAuth realm="…", oauth_problem="token_rejected": the values are percent-encoded, so a comma or a quote in
// one is no part of this grammar.
Parameters ParseChallenge(absl::string_view challenge) {
  Parameters parameters;
  challenge = absl::StripAsciiWhitespace(challenge);
  if (!absl::StartsWithIgnoreCase(challenge, "OAuth")) return parameters;
  challenge.remove_prefix(5);
  for (absl::string_view piece : absl::StrSplit(challenge, ',')) {
    const std::pair<absl::string_view, absl::string_view> pair = absl::StrSplit(piece, absl::MaxSplits('=', 1));
    absl::string_view value = absl::StripAsciiWhitespace(pair.second);
    absl::ConsumePrefix(&value, "\"");
    absl::ConsumeSuffix(&value, "\"");
    parameters.push_back({std::string(absl::StripAsciiWhitespace(pair.first)), PercentDecode(value)});
  }
  return parameters;
}

// A form begins with a name; a page, a JSON text or a sentence that holds "oauth_problem=" somewhere does not.
bool BeginsAsForm(absl::string_view body) {
  const size_t end =
      std::find_if_not(
          body.begin(), body.end(),
          [](unsigned char c) { return absl::ascii_isalnum(c) || absl::StrContains("-._~%+", static_cast<char>(c)); }) -
      body.begin();
  return end > 0 && end < body.size() && body[end] == '=';
}

}  // namespace

std::optional<Problem> FindProblem(const std::vector<absl::string_view>& www_authenticate, absl::string_view body) {
  for (const absl::string_view challenge : www_authenticate) {
    if (std::optional<Problem> problem = FromParameters(ParseChallenge(challenge))) return problem;
  }
  if (body.size() > kLongestFormBody) return std::nullopt;
  body = absl::StripAsciiWhitespace(body);
  if (!BeginsAsForm(body)) return std::nullopt;
  return FromParameters(ParseForm(body));
}

bool MeansTokenRejected(absl::string_view problem) {
  constexpr std::array<absl::string_view, 4> kRejected = {"token_rejected", "token_revoked", "token_expired",
                                                          "token_used"};
  return std::find(kRejected.begin(), kRejected.end(), problem) != kRejected.end();
}

bool MeansConsumerRejected(absl::string_view problem) {
  constexpr std::array<absl::string_view, 4> kRejected = {"consumer_key_unknown", "consumer_key_rejected",
                                                          "consumer_key_refused", "signature_invalid"};
  return std::find(kRejected.begin(), kRejected.end(), problem) != kRejected.end();
}

}  // namespace oauth1d::oauth1
