#include "server/doctor/overheard_http.h"

#include <utility>

#include "server/flow/clock_offsets.h"

namespace oauth1d::doctor {

Task<egress::HttpResponse> OverheardHttp::Send(egress::HttpRequest request, Deadline deadline) {
  const absl::Duration begun = environment_.Uptime();
  absl::StatusOr<egress::HttpResponse> answer = co_await http_.Send(std::move(request), deadline);
  if (!answer.ok()) co_return answer;
  OverheardAnswer overheard;
  overheard.status = answer->status;
  overheard.took = environment_.Uptime() - begun;
  const std::optional<absl::Time> theirs = flow::TimeOf(std::nullopt, *answer);
  // A Date field is made when the answer is, and counts whole seconds: half of one is added.
  if (theirs.has_value()) {
    overheard.clock_offset = *theirs + absl::Milliseconds(500) - (environment_.Now() - overheard.took / 2);
  }
  answers_.push_back(overheard);
  co_return answer;
}

Task<> OverheardHttp::Stream(egress::HttpRequest request, egress::BodySource* body, std::string body_end,
                             std::optional<uint64_t> content_length, egress::AnswerSink* answer, Deadline deadline) {
  co_return co_await http_.Stream(std::move(request), body, std::move(body_end), content_length, answer, deadline);
}

}  // namespace oauth1d::doctor
