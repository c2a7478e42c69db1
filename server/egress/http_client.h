// HTTP/1.1 to providers, as the flows see it.
#ifndef OAUTH1D_SERVER_EGRESS_HTTP_CLIENT_H_
#define OAUTH1D_SERVER_EGRESS_HTTP_CLIENT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "server/base/deadline.h"
#include "server/base/network_rules.h"
#include "server/base/task.h"

namespace oauth1d::egress {

struct HeaderField {
  std::string name;
  std::string value;
};

// One request. Every byte of method, target, headers and body goes out as it stands here, once.
struct HttpRequest {
  HttpRequest() = default;

  Origin origin;
  std::shared_ptr<const NetworkRules> rules;  // required; connections are shared only under equal rules
  std::string method;                         // a token
  std::string target;                         // origin form: path and query, begins with '/'
  // Sent in this order after Host; checked by the caller: names are tokens, values hold no CR, LF, NUL.
  // Host, Content-Length and Connection are the client's own.
  std::vector<HeaderField> headers;
  std::string body;
  // Content-Length is sent where there is a body, or where the method usually has one (POST, PUT, PATCH).
  // A larger answer is refused as soon as that is known.
  size_t max_answer_body = 0;
  // The whole exchange may take this long, inside the deadline (0: only the deadline counts).
  absl::Duration patience = absl::ZeroDuration();
  // False (POST, PATCH, the token calls): a connection that stood idle for a second or more is not used, since
  // the provider may be closing it, and a request that dies on it could not be repeated.
  bool may_use_stale_connection = false;
};

struct HttpResponse {
  int status = 0;
  std::vector<HeaderField> headers;  // in order, names as they came
  std::string body;                  // complete, or there is no response; not decompressed
};

// The value of the first field of this name (case-insensitive), or empty.
inline absl::string_view FindHeader(const std::vector<HeaderField>& headers, absl::string_view name) {
  for (const HeaderField& header : headers) {
    if (absl::EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return absl::string_view();
}

// The body of a request that comes in pieces.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The next piece, not empty; nothing once the body is whole. Asked again only when the last piece has left, so at
  // most one piece is held; but for the one that makes a body of known length whole: it leaves once the source has said
  // that this was all. An error ends the exchange with it, and the provider has not seen a whole body.
  virtual Task<std::optional<std::string>> Next() = 0;
};

// Where an answer goes as it comes. An error of either ends the exchange with it.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  // Status and headers; the body is empty. Once, before the first piece.
  virtual Task<> Begin(HttpResponse head) = 0;
  // A piece of the body, not empty, at most 64 KiB. Nothing more is read until this is over.
  virtual Task<> Take(std::string piece) = 0;
};

// Used on one event loop; any number of requests may be outstanding.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Sends the request at most once, never follows a redirect, and gives the whole answer.
  //
  // Every error says by SentOf whether the provider can have seen the request: kNo before the first byte left,
  // kMaybe once bytes left, kYes once the whole request left or an answer began. HttpStatusOf is not 0 where the head
  // of an answer came whole, and its body did not.
  // Errors: kUnavailable: no name, no connection, no trust (TLS), a connection that died, an answer that is not
  // HTTP, or patience that ran out. kPermissionDenied with reason DESTINATION_DENIED: an address, or plain http, that
  // the rules do not allow. kFailedPrecondition with reason RESPONSE_TOO_LARGE. kDeadlineExceeded with reason DEADLINE.
  // kCancelled: the caller gave up; the connection is closed at once.
  virtual Task<HttpResponse> Send(HttpRequest request, Deadline deadline) = 0;

  // The same for bodies of any size. request.body goes first, then what `body` gives (null: nothing more), then
  // `body_end`; `content_length` is what they make together, and a source that gives another length is an error of
  // kind INVALID_REQUEST; without it the body goes out chunked (RFC 9112 section 7.1). The answer goes to `answer`
  // while the request is still on its way, if the provider begins it early; once such an answer is whole, the rest of
  // the request is not sent, and the connection is closed. max_answer_body does not count.
  // OK: the answer was whole. Errors as Send; a piece that neither side moves for 10 seconds is kUnavailable.
  // The referents outlive the Task.
  virtual Task<> Stream(HttpRequest request, BodySource* body, std::string body_end,
                        std::optional<uint64_t> content_length, AnswerSink* answer, Deadline deadline) = 0;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_HTTP_CLIENT_H_
