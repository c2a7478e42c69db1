#include "tests/bench/logins.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "oauth1d/v1/oauth1d.grpc.pb.h"

namespace oauth1d::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr char kCallback[] = "http://127.0.0.1:8000/auth/stand-in";

double MicrosSince(Clock::time_point moment) {
  return std::chrono::duration<double, std::micro>(Clock::now() - moment).count();
}

// What all logins of a load share.
class Tally {
 public:
  enum Kind { kStart, kComplete, kSignedRequest, kKinds };

  void Begin() {
    const std::lock_guard lock(mutex_);
    most_running_ = std::max(most_running_, ++running_);
  }
  void Took(Kind kind, Clock::time_point since, const grpc::Status& status) {
    const double micros = MicrosSince(since);
    const std::lock_guard lock(mutex_);
    micros_[kind].push_back(micros);
    if (!status.ok()) ++errors_[status.error_message()];
  }
  void End() {
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) ended_.notify_all();
  }
  void WaitForAll() {
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return running_ == 0; });
  }

  LoginsMeasured Result(double seconds) {
    LoginsMeasured measured;
    measured.logins = static_cast<long>(micros_[kStart].size());
    measured.most_in_flight = most_running_;
    measured.errors = errors_;
    measured.start = Summarize(micros_[kStart], seconds, 0);
    measured.complete = Summarize(micros_[kComplete], seconds, 0);
    measured.signed_request = Summarize(micros_[kSignedRequest], seconds, 0);
    return measured;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ended_;
  std::vector<double> micros_[kKinds];
  std::map<std::string, long> errors_;
  long running_ = 0;
  long most_running_ = 0;
};

// One user: logs in, calls, and is gone.
class Login {
 public:
  Login(v1::OAuth1Service::Stub& stub, Tally& tally, int calls, Clock::time_point due)
      : stub_(stub), tally_(tally), calls_left_(calls), since_(due) {
    v1::StartAuthorizationRequest request;
    request.set_provider("stand-in");
    request.set_callback_url(kCallback);
    Call(Tally::kStart, &v1::OAuth1Service::Stub::async_interface::StartAuthorization, request, &started_, since_,
         [this] { Complete(); });
  }

 private:
  template <typename Request, typename Response>
  using Rpc = void (v1::OAuth1Service::Stub::async_interface::*)(grpc::ClientContext*, const Request*, Response*,
                                                                 std::function<void(grpc::Status)>);

  template <typename Request, typename Response>
  void Call(Tally::Kind kind, Rpc<Request, Response> rpc, const Request& request, Response* response,
            Clock::time_point since, std::function<void()> then) {
    const auto context = std::make_shared<grpc::ClientContext>();
    const auto sent = std::make_shared<Request>(request);
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    (stub_.async()->*rpc)(context.get(), sent.get(), response,
                          [this, context, sent, kind, since, then = std::move(then)](const grpc::Status& status) {
                            tally_.Took(kind, since, status);
                            if (status.ok()) return then();
                            End();
                          });
  }

  void Complete() {
    v1::CompleteAuthorizationRequest request;
    request.set_provider("stand-in");
    request.set_callback_query(std::string(kCallback) + "?state=" + started_.state() +
                               "&oauth_token=hh5s93j4hdidpola&oauth_verifier=hfdp7dh39dks9884");
    *request.add_binding_cookies() = started_.binding_cookie();
    Call(Tally::kComplete, &v1::OAuth1Service::Stub::async_interface::CompleteAuthorization, request, &completed_,
         Clock::now(), [this] { CallTheApi(); });
  }

  void CallTheApi() {
    if (calls_left_-- == 0) return End();
    v1::SignedRequestRequest request;
    request.set_provider("stand-in");
    request.set_access_token(completed_.access_token());
    request.mutable_call()->set_method("GET");
    request.mutable_call()->set_url("account/verify_credentials.json?a=1&b=2&c=3&d=4&e=5&f=6");
    Call(Tally::kSignedRequest, &v1::OAuth1Service::Stub::async_interface::SignedRequest, request, &answer_,
         Clock::now(), [this] { CallTheApi(); });
  }

  void End() {
    tally_.End();
    delete this;
  }

  v1::OAuth1Service::Stub& stub_;
  Tally& tally_;
  int calls_left_;
  const Clock::time_point since_;
  v1::StartAuthorizationResponse started_;
  v1::CompleteAuthorizationResponse completed_;
  v1::SignedRequestResponse answer_;
};

}  // namespace

LoginsMeasured LoadLogins(const std::shared_ptr<grpc::Channel>& channel, const LoginLoad& load) {
  const auto stub = v1::OAuth1Service::NewStub(channel);
  Tally tally;
  const Clock::time_point begin = Clock::now();
  const long logins = static_cast<long>(load.logins_per_second) * load.seconds;
  for (long i = 0; i < logins; ++i) {
    const Clock::time_point due = begin + std::chrono::microseconds(i * 1000000 / load.logins_per_second);
    std::this_thread::sleep_until(due);
    tally.Begin();
    new Login(*stub, tally, load.calls_per_login, due);  // ends itself
  }
  tally.WaitForAll();
  return tally.Result(MicrosSince(begin) / 1e6);
}

}  // namespace oauth1d::bench
