// EXPECT_THAT(status, IsOk()); EXPECT_THAT(result, IsOkAnd(Eq(3))); EXPECT_THAT(result,
// FailsWith(Reason::kTokenMismatch)).
#ifndef OAUTH1D_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define OAUTH1D_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"

namespace oauth1d {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

MATCHER_P(IsOkAnd, matcher, "is OK and holds a matching value") {
  if (!arg.ok()) {
    *result_listener << arg.status().ToString();
    return false;
  }
  return ::testing::ExplainMatchResult(matcher, *arg, result_listener);
}

MATCHER_P(FailsWith, reason, absl::StrCat("fails with reason ", static_cast<int>(reason))) {
  *result_listener << StatusOf(arg).ToString();
  return !StatusOf(arg).ok() && ReasonOf(StatusOf(arg)) == reason && StatusOf(arg).code() == CodeOf(reason);
}

MATCHER_P(HasCode, code, absl::StrCat("has code ", absl::StatusCodeToString(code))) {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code;
}

// INVALID_REQUEST that names this field.
MATCHER_P(FaultsField, field, absl::StrCat("faults the field ", field)) {
  *result_listener << StatusOf(arg).ToString();
  for (const FieldViolation& violation : FieldViolationsOf(StatusOf(arg))) {
    if (violation.field == field) return ReasonOf(StatusOf(arg)) == Reason::kInvalidRequest;
  }
  return false;
}

}  // namespace oauth1d

// ASSERT_OK_AND_ASSIGN(const int n, F());
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ASSERT_OK_AND_ASSIGN_INNER(OAUTH1D_CONCAT(asserted_result_, __LINE__), lhs, expr)
#define ASSERT_OK_AND_ASSIGN_INNER(result, lhs, expr) \
  auto result = (expr);                               \
  ASSERT_TRUE(result.ok()) << result.status();        \
  lhs = *std::move(result)

#endif  // OAUTH1D_TESTS_SUPPORT_STATUS_MATCHERS_H_
