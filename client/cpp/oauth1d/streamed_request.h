// A signed request whose body, or answer, is of any size.
#ifndef OAUTH1D_STREAMED_REQUEST_H_
#define OAUTH1D_STREAMED_REQUEST_H_

#include <grpcpp/client_context.h>
#include <grpcpp/support/sync_stream.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "oauth1d/cancellation.h"
#include "oauth1d/v1/oauth1d.grpc.pb.h"

namespace oauth1d {

// One StreamSignedRequest, from Client::Stream. Nothing of it is sent twice. Write the body, then WriteEnd; call
// ReadHead, then Read until it gives false. One thread may write while another reads: a provider may answer before it
// has read the body, and an answer that nobody reads holds up both. Destroying it cancels what has not ended.
class StreamedRequest {
 public:
  StreamedRequest(StreamedRequest&&) noexcept;
  ~StreamedRequest();

  // Bytes of the body, as many as you like. Waits while the provider is slower. False: no more is wanted, since the
  // provider has answered or the call has failed: read on to learn which.
  bool Write(absl::string_view chunk);
  // The body is whole.
  bool WriteEnd();

  // Status and headers. Waits for them.
  absl::StatusOr<v1::HttpAnswer> ReadHead();
  // The next bytes of the answer, at most 64 KiB; false: the answer is whole, and `end` says what the service
  // understood. An error: it was cut off, and what was read before is not the whole answer.
  absl::StatusOr<bool> Read(std::string& chunk);
  // Once Read gave false.
  const v1::StreamEnd& end() const;

  // Ends it with CANCELLED; from any thread.
  void Cancel();

 private:
  friend class Client;
  struct Call;

  StreamedRequest(v1::OAuth1Service::Stub& stub, std::unique_ptr<grpc::ClientContext> context,
                  Cancellation* cancellation, const v1::SignedRequestRequest& head);

  std::unique_ptr<Call> call_;
};

// As long as the service lets a stream run.
inline constexpr absl::Duration kStreamTimeout = absl::Hours(1);

}  // namespace oauth1d

#endif  // OAUTH1D_STREAMED_REQUEST_H_
