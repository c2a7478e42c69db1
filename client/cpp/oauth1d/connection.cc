#include "oauth1d/connection.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace oauth1d {
namespace {

// 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, and what later versions append.
bool IsTraceparent(absl::string_view text) {
  constexpr size_t kLength = 55;
  constexpr size_t kLongest = 512;
  if (text.size() < kLength || text.size() > kLongest) return false;
  for (size_t i = 0; i < kLength; ++i) {
    const bool dash = i == 2 || i == 35 || i == 52;
    const bool digit = absl::ascii_isdigit(text[i]) || (text[i] >= 'a' && text[i] <= 'f');
    if (dash ? text[i] != '-' : !digit) return false;
  }
  return std::all_of(text.begin(), text.end(), absl::ascii_isgraph);
}

}  // namespace

void Client::Connection::Prepare(grpc::ClientContext& context, const CallOptions& options) const {
  if (!api_key.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", api_key));
  if (IsTraceparent(options.traceparent)) context.AddMetadata("traceparent", options.traceparent);
}

}  // namespace oauth1d
