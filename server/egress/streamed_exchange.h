// One exchange whose bodies pass through: request and answer are on their way at the same time.
#ifndef OAUTH1D_SERVER_EGRESS_STREAMED_EXCHANGE_H_
#define OAUTH1D_SERVER_EGRESS_STREAMED_EXCHANGE_H_

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/base/failure.h"
#include "server/base/task.h"
#include "server/egress/answer_reader.h"
#include "server/egress/body_framing.h"
#include "server/egress/http_client.h"
#include "server/egress/http_limits.h"
#include "server/egress/side_by_side.h"
#include "server/egress/stream.h"
#include "server/egress/time_limit.h"

namespace oauth1d::egress {

// As HttpClient::Stream has it. The referents outlive the exchange.
struct StreamedRequest {
  const HttpRequest* request = nullptr;
  BodySource* body = nullptr;  // null: nothing more
  absl::string_view body_end;
  std::optional<uint64_t> content_length;
  AnswerSink* answer = nullptr;
};

class StreamedExchange {
 public:
  // `stream` is of no use to anyone else before Run is over.
  StreamedExchange(boost::asio::io_context& loop, Stream* stream, const HttpLimits& limits, StreamedRequest request,
                   TimeLimit limit);
  StreamedExchange(const StreamedExchange&) = delete;
  StreamedExchange& operator=(const StreamedExchange&) = delete;

  // Once. OK: the answer was whole. Errors as HttpClient::Stream, with their details.
  Task<> Run();

  // After Run, as HttpConnection says of its last exchange.
  bool usable() const { return usable_; }
  bool found_dead() const { return found_dead_; }

 private:
  Task<> Write();
  Task<> WriteBody();
  Task<> Put(absl::string_view first, absl::string_view second);
  Task<> Read();
  Task<> PassOn(AnswerReader* reader);
  Task<> Give(AnswerReader* reader);

  // The first error counts, and ends both sides.
  void End(absl::Status status);
  absl::Status Died();
  // Notes that bytes moved.
  void LookAtSocket();
  // One side waits for our caller: the provider's clock stands still.
  void BeginCallerWait();
  void EndCallerWait();
  void SetAlarm();
  void OnAlarm();

  Environment& environment_;
  Stream& stream_;
  const HttpLimits& limits_;
  const StreamedRequest request_;
  const TimeLimit limit_;
  SideBySide sides_;
  BodyFraming framing_;
  const std::unique_ptr<Alarm> alarm_;

  absl::Status status_;
  Sent sent_ = Sent::kNo;
  bool request_whole_ = false;  // every byte of it left
  bool write_broken_ = false;   // the provider may have answered before it hung up
  bool answer_whole_ = false;
  int http_status_ = 0;
  bool usable_ = false;
  bool found_dead_ = false;

  const uint64_t bytes_out_before_;
  uint64_t bytes_moved_ = 0;
  absl::Duration moved_at_;  // on Environment::Uptime: the last byte, or the end of a wait for our caller
  int caller_waits_ = 0;     // sides that wait for our caller: the provider need not move
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_STREAMED_EXCHANGE_H_
