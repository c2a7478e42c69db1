#include "server/oauth1/problem.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "server/base/failure.h"
#include "server/oauth1/challenge.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

constexpr size_t kLongestFormBody = 4096;

// LOW-HIGH, both included.
std::optional<std::pair<int64_t, int64_t>> ReadTimestamps(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> ends = absl::StrSplit(text, absl::MaxSplits('-', 1));
  int64_t low = 0;
  int64_t high = 0;
  if (!absl::SimpleAtoi(ends.first, &low) || !absl::SimpleAtoi(ends.second, &high) || low < 0 || high < low) {
    return std::nullopt;
  }
  return std::make_pair(low, high);
}

std::optional<Problem> FromParameters(const Parameters& parameters) {
  Problem problem;
  for (const auto& [name, value] : parameters) {
    if (name == "oauth_problem" && problem.name.empty()) problem.name = EscapeForPeople(value);
    if (name == "oauth_problem_advice" && problem.advice.empty()) problem.advice = EscapeForPeople(value);
    if (name == "oauth_acceptable_timestamps" && !problem.acceptable_timestamps.has_value()) {
      problem.acceptable_timestamps = ReadTimestamps(value);
    }
  }
  if (problem.name.empty()) return std::nullopt;
  return problem;
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
    if (std::optional<Problem> problem = FromParameters(OAuthChallengeParameters(challenge))) return problem;
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
