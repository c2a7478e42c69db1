// Reads one HTTP/1.x answer out of bytes as they arrive. No I/O: whoever has the bytes gives them.
#ifndef OAUTH1D_SERVER_EGRESS_ANSWER_READER_H_
#define OAUTH1D_SERVER_EGRESS_ANSWER_READER_H_

#include <cstddef>
#include <limits>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/egress/http_client.h"

namespace oauth1d::egress {

struct AnswerLimits {
  AnswerLimits() {}

  static constexpr size_t kNoCap = std::numeric_limits<size_t>::max();

  size_t body = 0;
  size_t head_bytes = size_t{32} * 1024;  // interim (1xx) answers and trailers count in
  size_t head_fields = 100;
};

class AnswerReader {
 public:
  // `to_head`: the answer to a HEAD request, which has no body whatever its fields say.
  AnswerReader(bool to_head, AnswerLimits limits);
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;
  ~AnswerReader();

  // Errors: PROVIDER_UNREACHABLE: not HTTP, or framed ambiguously (RFC 9112, section 6.3). RESPONSE_TOO_LARGE, as soon
  // as it is known.
  absl::Status Take(absl::string_view bytes);
  // The stream ended cleanly. PROVIDER_UNREACHABLE if the answer is not whole.
  absl::Status TakeEnd();

  bool done() const;
  // Of the final answer, once its head is whole; 0 before.
  int status() const;
  // No byte of the final answer is there: none at all, or only interim answers (RFC 9110, section 15.2).
  bool awaits_answer() const;
  // Whether the connection may carry another request: the answer ended by its own framing, with nothing behind it.
  bool leaves_connection_usable() const;
  // Once, after done().
  HttpResponse Release();

  // For an answer that is passed on as it comes: status and headers, once, as soon as status() is not 0; and what came
  // of the body since the last call, after each Take.
  HttpResponse ReleaseHead();
  std::string ReleaseBody();

 private:
  class Parser;

  absl::Status Parse(absl::string_view* bytes);

  // Over the whole answer, interim ones included.
  struct HeadSize {
    size_t bytes = 0;
    size_t fields = 0;
  };

  const bool to_head_;
  const AnswerLimits limits_;
  HeadSize seen_;
  std::string pending_;  // a line or a head that is not whole yet
  std::unique_ptr<Parser> parser_;
  bool usable_ = true;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_ANSWER_READER_H_
