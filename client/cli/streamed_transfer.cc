#include "client/cli/streamed_transfer.h"

#include <atomic>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "client/cli/progress.h"

namespace oauth1d::cli {
namespace {

constexpr size_t kPiece = size_t{64} * 1024;

// Sends the body from a thread of its own: the provider may answer before it has read all of it.
class Uploading {
 public:
  Uploading(StreamedRequest& stream, StreamedBody* body, Progress& progress)
      : stream_(stream), thread_([this, body, &progress] { Run(body, progress); }) {}
  Uploading(const Uploading&) = delete;
  Uploading& operator=(const Uploading&) = delete;
  ~Uploading() {
    if (!done_) stream_.Cancel();  // nobody reads the answer any more
    thread_.join();
  }

  // The answer is whole, or will not be.
  void Done() { done_ = true; }
  bool source_failed() const { return source_failed_; }

 private:
  void Run(StreamedBody* body, Progress& progress) {
    if (body != nullptr) {
      progress.WillUpload(body->size);
      std::string piece(kPiece, '\0');
      for (;;) {
        const ssize_t size = body->read(piece.data(), piece.size());
        if (size < 0) {
          source_failed_ = true;
          stream_.Cancel();
          return;
        }
        if (size == 0) break;
        if (!stream_.Write(absl::string_view(piece.data(), static_cast<size_t>(size)))) return;
        progress.Uploaded(static_cast<uint64_t>(size));
      }
    }
    stream_.WriteEnd();
  }

  StreamedRequest& stream_;
  std::atomic<bool> source_failed_ = false;
  bool done_ = false;
  std::thread thread_;
};

std::optional<uint64_t> LengthOf(const v1::HttpAnswer& head) {
  uint64_t length = 0;
  for (const v1::Header& header : head.headers()) {
    if (absl::EqualsIgnoreCase(header.name(), "content-length") && absl::SimpleAtoi(header.value(), &length)) {
      return length;
    }
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<v1::StreamEnd> RunTransfer(const Client& client, const CallOptions& options, Transfer& transfer,
                                          const AnswerTaker& taker) {
  Progress progress;
  StreamedRequest stream = client.Stream(transfer.request, options);
  Uploading uploading(stream, transfer.body.has_value() ? &*transfer.body : nullptr, progress);
  const auto failed = [&](const absl::Status& status) -> absl::Status {
    uploading.Done();
    return uploading.source_failed() ? absl::CancelledError("the body could not be read to its end") : status;
  };
  const absl::StatusOr<v1::HttpAnswer> head = stream.ReadHead();
  if (!head.ok()) return failed(head.status());
  taker.begin(*head);
  progress.WillDownload(LengthOf(*head));
  std::string piece;
  for (;;) {
    const absl::StatusOr<bool> more = stream.Read(piece);
    if (!more.ok()) return failed(more.status());
    if (!*more) break;
    taker.take(piece);
    progress.Downloaded(piece.size());
  }
  uploading.Done();
  return stream.end();
}

}  // namespace oauth1d::cli
