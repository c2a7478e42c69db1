// How far the clocks of providers are from ours, learned from their refusals.
#ifndef OAUTH1D_SERVER_FLOW_CLOCK_OFFSETS_H_
#define OAUTH1D_SERVER_FLOW_CLOCK_OFFSETS_H_

#include <atomic>
#include <map>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/egress/http_client.h"
#include "server/oauth1/problem.h"
#include "server/providers/provider.h"

namespace oauth1d::flow {

// Used for oauth_timestamp alone, never for a deadline or a time to live. Thread-safe; takes no lock as long as nothing
// was learned.
class ClockOffsets {
 public:
  // To be added to our clock; zero for a host of which nothing is known.
  absl::Duration Of(const std::string& host) const;

  // `theirs` is the provider's time when ours was `ours`. More than an hour of difference is not believed: the Date of
  // a broken or hostile answer must not drag our timestamps anywhere. True: the offset changed by a second or more, so
  // that the same request may fare better now.
  bool Learn(const std::string& host, absl::Time ours, absl::Time theirs);

 private:
  std::atomic<bool> any_ = false;
  mutable absl::Mutex mutex_;
  std::map<std::string, absl::Duration> offsets_ ABSL_GUARDED_BY(mutex_);
};

// Whether the provider refused a request because of its timestamp: by the name of the problem, or by a text that the
// provider's record knows.
bool MeansTimestampRefused(const providers::Provider& provider, const std::optional<oauth1::Problem>& problem,
                           const egress::HttpResponse& answer);

// The provider's time: the middle of its acceptable timestamps, else the answer's Date field. Nothing where it says
// neither.
std::optional<absl::Time> TimeOf(const std::optional<oauth1::Problem>& problem, const egress::HttpResponse& answer);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_CLOCK_OFFSETS_H_
