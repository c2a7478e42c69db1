#include "server/ops/metrics_request.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace oauth1d::ops {
namespace {

HttpAnswer Refusal(absl::string_view status) { return {status, "text/plain; charset=utf-8"}; }

}  // namespace

HttpAnswer MetricsAnswer() { return {"200 OK", "text/plain; version=0.0.4; charset=utf-8", true}; }

HttpAnswer TooLong() { return Refusal("431 Request Header Fields Too Large"); }

HttpAnswer AnswerTo(absl::string_view head) {
  const absl::string_view line = head.substr(0, head.find("\r\n"));
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  if (words.size() != 3 || words[0].empty() || !absl::StartsWith(words[1], "/") ||
      (words[2] != "HTTP/1.1" && words[2] != "HTTP/1.0")) {
    return Refusal("400 Bad Request");
  }
  if (words[1].substr(0, words[1].find('?')) != "/metrics") return Refusal("404 Not Found");
  if (words[0] != "GET") return Refusal("405 Method Not Allowed");
  return MetricsAnswer();
}

}  // namespace oauth1d::ops
