#include "server/config/sunset.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

namespace oauth1d::config {
namespace {

constexpr int kNearDays = 180;

}  // namespace

void CheckSunset(const std::string& sunset_date, const Place& at, absl::Time now) {
  if (sunset_date.empty()) return;
  absl::CivilDay day;
  // The parser takes 2027-2-3 as well.
  if (sunset_date.size() != 10 || !absl::ParseCivilTime(sunset_date, &day) ||
      absl::FormatCivilTime(day) != sunset_date) {
    at.Fault(absl::StrCat("must be a day written YYYY-MM-DD, not ", Quoted(sunset_date)));
    return;
  }
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  if (day < today) {
    at.findings().Warn(at.path(), absl::StrCat("is over: the provider was to end on ", sunset_date));
  } else if (day - today < kNearDays) {
    at.findings().Warn(at.path(), absl::StrCat("ends on ", sunset_date, ": look for another way"));
  }
}

}  // namespace oauth1d::config
