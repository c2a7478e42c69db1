// One JSON object on one line, field by field.
#ifndef OAUTH1D_SERVER_OPS_JSON_LINE_H_
#define OAUTH1D_SERVER_OPS_JSON_LINE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace oauth1d::ops {

// Text is escaped so that whatever stands in it, the line stays one line of valid JSON: control characters and
// bytes from 0x7F on as \u00XX, so a byte that is no UTF-8 breaks no reader.
class JsonLine {
 public:
  JsonLine& Add(absl::string_view name, absl::string_view text);
  JsonLine& Add(absl::string_view name, const char* text) { return Add(name, absl::string_view(text)); }
  JsonLine& Add(absl::string_view name, int64_t number);
  // Three digits after the point; null if it is no finite number.
  JsonLine& AddMilliseconds(absl::string_view name, double milliseconds);
  // Without a line break.
  std::string Done() &&;

 private:
  void Name(absl::string_view name);

  std::string line_ = "{";
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_JSON_LINE_H_
