// A provider that plays its script in place of the network: it checks every byte that it is sent, computes the
// signature itself, and complains of what it would not have taken.
#ifndef OAUTH1D_TESTS_RECORDS_SCRIPTED_PROVIDER_H_
#define OAUTH1D_TESTS_RECORDS_SCRIPTED_PROVIDER_H_

#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/base/environment.h"
#include "server/egress/http_client.h"
#include "tests/records/script.h"

namespace oauth1d::records {

// The next request, and what happens to it.
struct Step {
  Step(std::string name, Wanted wanted, Answer answer)
      : name(std::move(name)), wanted(std::move(wanted)), answer(std::move(answer)) {}

  std::string name;  // for complaints
  Wanted wanted;
  Answer answer;
  // oauth_* besides those of every request. A value of kAny: something, which the walk looks at.
  Pairs protocol;
  std::string token_secret;
  std::string body;  // of a request whose body is no form: the exact bytes
  Pairs multipart_text;
  bool refuses_clock = false;  // the timestamp is wrong, and told so
};

inline constexpr char kAny[] = "<any>";

class ScriptedProvider : public egress::HttpClient {
 public:
  // What all of the script's requests have in common is taken from it. `clock` tells the provider's own time.
  ScriptedProvider(const Script& script, std::string public_key_pem, Environment& clock)
      : script_(script), public_key_pem_(std::move(public_key_pem)), clock_(clock) {}

  void Expect(Step step) { steps_.push_back(std::move(step)); }
  // What the provider's clock shows beside the environment's.
  void SetClockAhead(absl::Duration ahead) { ahead_ = ahead; }

  Task<egress::HttpResponse> Send(egress::HttpRequest request, Deadline deadline) override;
  Task<> Stream(egress::HttpRequest request, egress::BodySource* body, std::string body_end,
                std::optional<uint64_t> content_length, egress::AnswerSink* answer, Deadline deadline) override;

  const ReceivedRequest& last() const { return last_; }
  bool all_came() const { return steps_.empty(); }
  void Complain(const std::string& what) { complaints_.push_back(what); }
  const std::vector<std::string>& complaints() const { return complaints_; }

 private:
  void CheckShape(const Step& step, const ReceivedRequest& request);
  void CheckRealm(const Step& step, const ReceivedRequest& request);
  void CheckProtocol(const Step& step, const ReceivedRequest& request);
  void CheckBody(const Step& step, const ReceivedRequest& request);
  void CheckReplay(const Step& step, const ReceivedRequest& request);
  void CheckSignature(const Step& step, const ReceivedRequest& request);
  void Complain(const Step& step, const std::string& what) { Complain(step.name + ": " + what); }

  const Script& script_;
  const std::string public_key_pem_;
  Environment& clock_;
  absl::Duration ahead_;
  std::deque<Step> steps_;
  ReceivedRequest last_;
  std::set<std::string> nonces_;
  std::map<std::string, int64_t> last_timestamps_;  // by token
  std::vector<std::string> complaints_;
};

}  // namespace oauth1d::records

#endif  // OAUTH1D_TESTS_RECORDS_SCRIPTED_PROVIDER_H_
