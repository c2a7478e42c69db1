#include "server/flow/clock_offsets.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace oauth1d::flow {
namespace {

constexpr absl::Duration kMostBelieved = absl::Hours(1);
// One a host of the configuration; host templates may bring more.
constexpr size_t kMostHosts = 4096;

}  // namespace

absl::Duration ClockOffsets::Of(const std::string& host) const {
  if (!any_.load(std::memory_order_acquire)) return absl::ZeroDuration();
  const absl::ReaderMutexLock lock(&mutex_);
  const auto found = offsets_.find(host);
  return found == offsets_.end() ? absl::ZeroDuration() : found->second;
}

bool ClockOffsets::Learn(const std::string& host, absl::Time ours, absl::Time theirs) {
  const absl::Duration offset = theirs - ours;
  if (absl::AbsDuration(offset) > kMostBelieved) return false;
  const absl::MutexLock lock(&mutex_);
  if (offsets_.size() >= kMostHosts && !offsets_.contains(host)) offsets_.clear();
  absl::Duration& known = offsets_[host];
  const bool changed = absl::AbsDuration(offset - known) >= absl::Seconds(1);
  known = offset;
  any_.store(true, std::memory_order_release);
  return changed;
}

bool MeansTimestampRefused(const providers::Provider& provider, const std::optional<oauth1::Problem>& problem,
                           const egress::HttpResponse& answer) {
  if (answer.status < 400 || answer.status >= 500) return false;
  if (problem.has_value() && problem->name == "timestamp_refused") return true;
  // Texts are looked for only where a refusal of the signature stands: an API's own 404 may quote anything.
  if (answer.status != 400 && answer.status != 401 && answer.status != 403) return false;
  return std::any_of(provider.timestamp_refused.begin(), provider.timestamp_refused.end(),
                     [&](const std::string& text) { return absl::StrContains(answer.body, text); });
}

std::optional<absl::Time> TimeOf(const std::optional<oauth1::Problem>& problem, const egress::HttpResponse& answer) {
  if (problem.has_value() && problem->acceptable_timestamps.has_value()) {
    const auto [low, high] = *problem->acceptable_timestamps;
    return absl::FromUnixSeconds(low + (high - low) / 2);
  }
  absl::Time date;
  std::string error;
  // RFC 9110 section 5.6.7, the one form that is still written.
  const bool parsed = absl::ParseTime("%a, %d %b %E4Y %H:%M:%S GMT", egress::FindHeader(answer.headers, "date"),
                                      absl::UTCTimeZone(), &date, &error);
  if (!parsed) return std::nullopt;
  return date;
}

}  // namespace oauth1d::flow
