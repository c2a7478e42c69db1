// One HTTP/1.1 connection: one exchange at a time.
#ifndef OAUTH1D_SERVER_EGRESS_HTTP_CONNECTION_H_
#define OAUTH1D_SERVER_EGRESS_HTTP_CONNECTION_H_

#include <boost/asio/io_context.hpp>
#include <memory>

#include "server/base/failure.h"
#include "server/base/task.h"
#include "server/egress/answer_reader.h"
#include "server/egress/http_client.h"
#include "server/egress/http_limits.h"
#include "server/egress/stream.h"
#include "server/egress/streamed_exchange.h"
#include "server/egress/time_limit.h"

namespace oauth1d::egress {

class HttpConnection {
 public:
  // `stream` is connected, and through its TLS handshake.
  HttpConnection(std::unique_ptr<egress::Stream> stream, HttpLimits limits);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  // Sends the request, which must outlive the call, and reads the answer. After an error the connection is of no use.
  // Errors as HttpClient::Send, each with its Sent.
  Task<HttpResponse> Exchange(const HttpRequest* request, TimeLimit limit);

  // The same for bodies that pass through. Errors as HttpClient::Stream.
  Task<> Stream(boost::asio::io_context* loop, StreamedRequest request, TimeLimit limit);

  // Whether the last exchange leaves the connection fit for another one.
  bool usable() const { return usable_; }
  // Whether the provider has neither closed the connection nor sent what nobody asked for.
  bool Quiet() { return stream_->Quiet(); }
  // Whether the last exchange failed because the connection was dead, rather than by time, cancellation or content.
  bool found_dead() const { return found_dead_; }

 private:
  Task<> Write(const HttpRequest* request, TimeLimit limit);
  Task<> Read(AnswerReader* reader, TimeLimit limit);
  absl::Status Died();

  const std::unique_ptr<egress::Stream> stream_;
  const HttpLimits limits_;
  Sent sent_ = Sent::kNo;
  bool usable_ = true;
  bool found_dead_ = false;
  bool may_have_answered_ = false;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_HTTP_CONNECTION_H_
