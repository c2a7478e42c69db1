// What the service tells of itself in numbers. The stories say what happened, in their own words; names, labels and
// buckets are those of deploy/METRICS.md.
#ifndef OAUTH1D_SERVER_OPS_METRICS_H_
#define OAUTH1D_SERVER_OPS_METRICS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oauth1d::ops {

// How a login went on.
enum class FlowOutcome { kStarted, kCompleted, kDenied, kReplayed, kFailed, kBindingMismatch };

// What a provider was asked for.
enum class UpstreamCall { kTemporaryCredentials, kTokenCredentials, kApi };

// Why a request was signed and sent once more.
enum class RepeatReason { kBusy, kUnsent, kClock, kNonce, kRenewed };

// Whether requests to a provider are tried at all.
enum class BreakerState { kClosed, kTrying, kOpen };

enum class StoreVerb { kPut, kGet, kSwap, kErase };

// Thread-safe, and never waits for a reader. `provider` is a name of the configuration, never a caller's word for one:
// so the number of series is bounded by the configuration.
class Metrics {
 public:
  virtual ~Metrics() = default;

  // One RPC has ended; `reason` is empty for OK. The texts are names of ours.
  virtual void RpcEnded(absl::string_view method, absl::string_view code, absl::string_view reason,
                        absl::Duration duration) = 0;
  virtual void FlowIs(const std::string& provider, FlowOutcome outcome) = 0;
  // A callback came for a flow that is not there: expired, invented, or another owner's.
  virtual void CallbackUnknown(const std::string& provider) = 0;
  // One request to a provider is over. `http_status`: 0 where no answer came.
  virtual void UpstreamEnded(const std::string& provider, UpstreamCall call, int http_status,
                             absl::Duration duration) = 0;
  virtual void UpstreamRepeated(const std::string& provider, RepeatReason reason) = 0;
  // The provider said that a signature of ours is wrong.
  virtual void SignatureRefused(const std::string& provider) = 0;
  // The provider's clock less ours.
  virtual void ClockOffsetIs(const std::string& provider, absl::Duration offset) = 0;
  virtual void BreakerIs(const std::string& provider, BreakerState state) = 0;
  // One verb of the store is over; not ok: it did not answer, or had no room.
  virtual void StoreAnswered(StoreVerb verb, bool ok, absl::Duration duration) = 0;
};

// For whoever counts nothing.
class NoMetrics : public Metrics {
 public:
  void RpcEnded(absl::string_view, absl::string_view, absl::string_view, absl::Duration) override {}
  void FlowIs(const std::string&, FlowOutcome) override {}
  void CallbackUnknown(const std::string&) override {}
  void UpstreamEnded(const std::string&, UpstreamCall, int, absl::Duration) override {}
  void UpstreamRepeated(const std::string&, RepeatReason) override {}
  void SignatureRefused(const std::string&) override {}
  void ClockOffsetIs(const std::string&, absl::Duration) override {}
  void BreakerIs(const std::string&, BreakerState) override {}
  void StoreAnswered(StoreVerb, bool, absl::Duration) override {}
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_METRICS_H_
