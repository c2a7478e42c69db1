// An OAuth 1.0a provider inside the test, in place of the network: it keeps its own books, checks what it is sent
// against them, and can be told to misbehave.
#ifndef OAUTH1D_TESTS_FLOW_FAKE_PROVIDER_H_
#define OAUTH1D_TESTS_FLOW_FAKE_PROVIDER_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/base/event.h"
#include "server/egress/http_client.h"

namespace oauth1d::flow {

// What happens to the next request in place of the usual.
struct Misfortune {
  enum class Kind {
    kNeverLeft,     // no connection
    kHeardNoReply,  // the provider did its work, the answer was lost
    kAnswer,        // this answer in place of its own; the request did nothing
    kHang,          // the provider did its work, the answer comes when Release is called
  };
  Kind kind;
  int status = 0;
  std::string body;
  std::vector<egress::HeaderField> headers;
};

class FakeProvider : public egress::HttpClient {
 public:
  explicit FakeProvider(Environment& environment) : environment_(environment) {}

  Task<egress::HttpResponse> Send(egress::HttpRequest request, Deadline deadline) override;
  // Gathers the body, answers as Send does, in one piece.
  Task<> Stream(egress::HttpRequest request, egress::BodySource* body, std::string body_end,
                std::optional<uint64_t> content_length, egress::AnswerSink* answer, Deadline deadline) override;

  // What a user does with the page behind `redirect_url`: gives the callback URL that the browser comes back with
  // (or, out of band, the PIN).
  std::string ApproveAs(const std::string& user, const std::string& redirect_url);

  void Next(Misfortune misfortune) { misfortunes_.push_back(std::move(misfortune)); }
  void ReleaseHanging();
  void SetConfirmsCallback(bool confirms) { confirms_callback_ = confirms; }

  // Tokens issued from now on come with a session handle, and end after an hour.
  void SetIssuesSessionHandles(bool issues) { issues_session_handles_ = issues; }
  // From now on this token is no longer taken.
  void End(const std::string& token) { users_.erase(token); }

  int exchanges() const { return exchanges_; }  // verifiers that were honoured
  int renewals() const { return renewals_; }    // session handles that were honoured, and renewals by URL
  int requests() const { return static_cast<int>(seen_.size()); }
  const std::vector<egress::HttpRequest>& seen() const { return seen_; }

 private:
  struct Temporary {
    std::string callback;
    std::string verifier;
    std::string user;
    bool spent = false;
  };

  egress::HttpResponse Answer(const egress::HttpRequest& request);
  egress::HttpResponse IssueTemporary(std::map<std::string, std::string> parameters);
  egress::HttpResponse Exchange(std::map<std::string, std::string> parameters);
  egress::HttpResponse Renew(std::map<std::string, std::string> parameters);
  egress::HttpResponse Issue(const std::string& user);

  Environment& environment_;
  std::deque<Misfortune> misfortunes_;
  std::vector<std::shared_ptr<Event<bool>>> hanging_;
  std::vector<egress::HttpRequest> seen_;
  std::set<std::string> nonces_;
  std::map<std::string, Temporary> temporary_;
  std::map<std::string, std::string> users_;  // by access token
  bool confirms_callback_ = true;
  int issued_ = 0;
  int exchanges_ = 0;
  int renewals_ = 0;
  int tokens_ = 0;
  bool issues_session_handles_ = false;
  std::map<std::string, std::string> handles_;  // session handle by access token
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_TESTS_FLOW_FAKE_PROVIDER_H_
