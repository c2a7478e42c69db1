#include "server/ops/json_line.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace oauth1d::ops {

void JsonLine::Name(absl::string_view name) { absl::StrAppend(&line_, line_.size() > 1 ? "," : "", "\"", name, "\":"); }

JsonLine& JsonLine::Add(absl::string_view name, absl::string_view text) {
  Name(name);
  line_.push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      line_.push_back('\\');
      line_.push_back(c);
    } else if (byte < 0x20 || byte >= 0x7f) {
      absl::StrAppendFormat(&line_, "\\u%04x", byte);
    } else {
      line_.push_back(c);
    }
  }
  line_.push_back('"');
  return *this;
}

JsonLine& JsonLine::Add(absl::string_view name, int64_t number) {
  Name(name);
  absl::StrAppend(&line_, number);
  return *this;
}

JsonLine& JsonLine::AddMilliseconds(absl::string_view name, double milliseconds) {
  Name(name);
  if (std::isfinite(milliseconds)) {
    absl::StrAppendFormat(&line_, "%.3f", milliseconds);
  } else {
    line_ += "null";  // JSON has no infinity
  }
  return *this;
}

std::string JsonLine::Done() && {
  line_.push_back('}');
  return std::move(line_);
}

}  // namespace oauth1d::ops
