// What a scraper asks for, and what it is told.
#ifndef OAUTH1D_SERVER_OPS_METRICS_REQUEST_H_
#define OAUTH1D_SERVER_OPS_METRICS_REQUEST_H_

#include "absl/strings/string_view.h"

namespace oauth1d::ops {

struct HttpAnswer {
  absl::string_view status;  // code and phrase
  absl::string_view content_type;
  bool is_metrics = false;  // else the body is the status
};

// To a whole head of a request, whatever it holds: GET /metrics, with any query, or what is wrong with it.
HttpAnswer AnswerTo(absl::string_view head);
HttpAnswer MetricsAnswer();
// To a head that does not end.
HttpAnswer TooLong();

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_METRICS_REQUEST_H_
