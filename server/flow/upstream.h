// The one way from the flows to a provider: signs, asks the breaker, sends, and tells the log, the metrics and the
// trace.
#ifndef OAUTH1D_SERVER_FLOW_UPSTREAM_H_
#define OAUTH1D_SERVER_FLOW_UPSTREAM_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "server/base/task.h"
#include "server/egress/http_client.h"
#include "server/flow/call.h"
#include "server/flow/signed_http.h"
#include "server/ops/metrics.h"
#include "server/providers/client.h"

namespace oauth1d::flow {

// The fields of these names in egress::HttpRequest.
struct Bounds {
  size_t max_answer_body = 0;
  absl::Duration patience = absl::ZeroDuration();
  bool may_use_stale_connection = false;
};

// See HttpClient::Stream.
struct StreamedBody {
  egress::BodySource* source = nullptr;
  std::string end;
  std::optional<uint64_t> content_length;
};

// Used on one event loop.
class Upstream {
 public:
  explicit Upstream(Backends backends) : backends_(backends), signer_(backends) {}

  // Signs the request and sends it once. Errors: those of RequestSigner::Sign and HttpClient::Send; where
  // connections have failed for a while, PROVIDER_UNREACHABLE before anything is signed (see WasNotTried).
  Task<egress::HttpResponse> Send(providers::Client client, UnsignedRequest request, Bounds bounds,
                                  ops::UpstreamCall what, Call call);

  // The same for an API request whose body and answer flow in pieces. `answer` outlives the Task.
  Task<> Stream(providers::Client client, UnsignedRequest request, StreamedBody body, egress::AnswerSink* answer,
                Call call);

 private:
  struct Outgoing;

  Task<Outgoing> Begin(providers::Client client, UnsignedRequest request, ops::UpstreamCall what, Call call);
  // `http_status`: 0 where no answer came.
  void End(Outgoing& outgoing, const absl::Status& status, int http_status, const Call& call);

  Backends backends_;
  RequestSigner signer_;
};

// Tells the metrics if this answer to a signed request says that the signature is wrong.
void CountRefusedSignature(Backends backends, const providers::Provider& provider, const egress::HttpResponse& answer);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_UPSTREAM_H_
