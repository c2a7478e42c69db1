// Early return on an error, for plain functions and for coroutines. Debian's Abseil has no such macros.
#ifndef OAUTH1D_SERVER_BASE_STATUS_MACROS_H_
#define OAUTH1D_SERVER_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define OAUTH1D_CONCAT_INNER(a, b) a##b
#define OAUTH1D_CONCAT(a, b) OAUTH1D_CONCAT_INNER(a, b)

// RETURN_IF_ERROR(expression of type absl::Status);
#define RETURN_IF_ERROR(expr)                                         \
  do {                                                                \
    if (absl::Status status_of_expr = (expr); !status_of_expr.ok()) { \
      return status_of_expr;                                          \
    }                                                                 \
  } while (false)

// ASSIGN_OR_RETURN(const int n, expression of type absl::StatusOr<int>);
#define ASSIGN_OR_RETURN(lhs, expr) OAUTH1D_ASSIGN_OR(return, OAUTH1D_CONCAT(result_of_expr_, __LINE__), lhs, expr)

// The same inside a Task.
#define CO_RETURN_IF_ERROR(expr)                                      \
  do {                                                                \
    if (absl::Status status_of_expr = (expr); !status_of_expr.ok()) { \
      co_return status_of_expr;                                       \
    }                                                                 \
  } while (false)

#define CO_ASSIGN_OR_RETURN(lhs, expr) \
  OAUTH1D_ASSIGN_OR(co_return, OAUTH1D_CONCAT(result_of_expr_, __LINE__), lhs, expr)

#define OAUTH1D_ASSIGN_OR(leave, result, lhs, expr) \
  auto result = (expr);                             \
  if (!result.ok()) {                               \
    leave std::move(result).status();               \
  }                                                 \
  lhs = *std::move(result)

#endif  // OAUTH1D_SERVER_BASE_STATUS_MACROS_H_
