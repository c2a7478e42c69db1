#include "oauth1d/retry.h"

#include <algorithm>

#include "absl/random/random.h"
#include "absl/strings/cord.h"
#include "oauth1d/failure.h"

namespace oauth1d {
namespace {

constexpr absl::Duration kShortestPause = absl::Milliseconds(50);
constexpr absl::Duration kLongestPause = absl::Seconds(2);

bool IsSafe(absl::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

}  // namespace

std::optional<absl::Duration> PauseBeforeRetry(const absl::Status& status, absl::string_view method,
                                               absl::Duration remaining) {
  if (!absl::IsUnavailable(status)) return std::nullopt;
  const Failure failure = FailureOf(status);
  const bool provably_unsent = !failure.reason_name.empty() && failure.sent == Failure::Sent::kNo;
  if (!provably_unsent && !IsSafe(method)) return std::nullopt;
  absl::BitGen random;
  const absl::Duration pause = std::max(failure.retry_after.value_or(absl::ZeroDuration()), kShortestPause) *
                               absl::Uniform(random, 1.0, 1.5);  // so that many callers do not come back at once
  if (pause >= std::min(remaining, kLongestPause)) return std::nullopt;
  return pause;
}

absl::StatusOr<v1::SignedRequestResponse> WithRenewedToken(const absl::Status& first,
                                                           absl::StatusOr<v1::SignedRequestResponse> repeat) {
  if (repeat.ok()) {
    if (repeat->replacement_access_token().empty()) {
      repeat->set_replacement_access_token(FailureOf(first).renewed_token);
    }
    return repeat;
  }
  absl::Status second = repeat.status();
  const absl::optional<absl::Cord> renewed = first.GetPayload(kRenewedTokenType);
  if (renewed.has_value() && !second.GetPayload(kRenewedTokenType).has_value()) {
    second.SetPayload(kRenewedTokenType, *renewed);
  }
  return second;
}

}  // namespace oauth1d
