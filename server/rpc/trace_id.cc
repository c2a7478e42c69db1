#include "server/rpc/trace_id.h"

#include <vector>

#include "absl/strings/str_split.h"

namespace oauth1d::rpc {

std::string TraceIdOf(absl::string_view traceparent) {
  constexpr absl::string_view kHexDigits = "0123456789abcdef";
  const std::vector<absl::string_view> parts = absl::StrSplit(traceparent, '-');
  if (parts.size() < 4 || parts[0].size() != 2 || parts[1].size() != 32) return "";
  if (parts[1].find_first_not_of(kHexDigits) != absl::string_view::npos) return "";
  if (parts[1].find_first_not_of('0') == absl::string_view::npos) return "";
  return std::string(parts[1]);
}

}  // namespace oauth1d::rpc
