// An HttpClient that passes everything on and remembers what the answers said.
#ifndef OAUTH1D_SERVER_DOCTOR_OVERHEARD_HTTP_H_
#define OAUTH1D_SERVER_DOCTOR_OVERHEARD_HTTP_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/base/environment.h"
#include "server/egress/http_client.h"

namespace oauth1d::doctor {

// One answer, without its body.
struct OverheardAnswer {
  int status = 0;
  absl::Duration took;
  std::optional<absl::Duration> clock_offset;  // the Date field's time less ours; to be added to our clock
};

class OverheardHttp : public egress::HttpClient {
 public:
  // The referents outlive it.
  OverheardHttp(egress::HttpClient& http, Environment& environment) : http_(http), environment_(environment) {}

  Task<egress::HttpResponse> Send(egress::HttpRequest request, Deadline deadline) override;
  Task<> Stream(egress::HttpRequest request, egress::BodySource* body, std::string body_end,
                std::optional<uint64_t> content_length, egress::AnswerSink* answer, Deadline deadline) override;

  // In the order in which they came.
  const std::vector<OverheardAnswer>& answers() const { return answers_; }

 private:
  egress::HttpClient& http_;
  Environment& environment_;
  std::vector<OverheardAnswer> answers_;
};

}  // namespace oauth1d::doctor

#endif  // OAUTH1D_SERVER_DOCTOR_OVERHEARD_HTTP_H_
