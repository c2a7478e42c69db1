// A service that behaves: logins with state and binding cookie, an API that echoes, and failures as told.
#ifndef OAUTH1D_TESTS_CLIENT_CPP_FAKE_SERVICE_H_
#define OAUTH1D_TESTS_CLIENT_CPP_FAKE_SERVICE_H_

#include <grpcpp/server.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "oauth1d/client.h"
#include "oauth1d/status/v1/status.pb.h"
#include "oauth1d/v1/oauth1d.grpc.pb.h"

namespace oauth1d {

// A failure as the service sends it: ErrorInfo, then what is added.
class SentFailure {
 public:
  SentFailure(grpc::StatusCode code, const std::string& reason, const std::string& sent);

  SentFailure& With(const std::string& type, const google::protobuf::Message& detail);
  SentFailure& WithRetryAfter(absl::Duration delay);
  // Of ErrorInfo.
  SentFailure& WithMetadata(const std::string& name, const std::string& value);
  operator grpc::Status() const;  // NOLINT: a test writes the failure where a status goes

 private:
  grpc::StatusCode code_;
  status::v1::ErrorInfo info_;
  status::v1::Status details_;
};

// What one call brought.
struct ReceivedCall {
  std::string method;
  std::multimap<std::string, std::string> metadata;
  absl::Duration until_deadline;
  v1::SignedRequestRequest signed_request;  // of SignedRequest
};

// Listens on 127.0.0.1 as long as it lives.
class FakeService final : public v1::OAuth1Service::Service {
 public:
  using Stream = grpc::ServerReaderWriter<v1::StreamSignedRequestResponse, v1::StreamSignedRequestRequest>;

  explicit FakeService(int port = 0);  // 0: a free one
  ~FakeService() override;

  int port() const { return port_; }
  Client Connect(const std::string& api_key = "") const;

  // The next calls of `method` fail so, one after the other; afterwards it works again.
  void Fail(const std::string& method, std::vector<grpc::Status> failures);
  // How the next streams go.
  void Play(std::function<grpc::Status(FakeService::Stream&)> story);
  // SignedRequest answers only once its caller has hung up.
  void HangUntilCancelled();
  void AwaitCall() const;

  std::vector<ReceivedCall> CallsOf(const std::string& method) const;

  // The user says yes; the raw query that the browser comes back with.
  std::string Approve(const v1::StartAuthorizationResponse& started, const std::string& user);

  grpc::Status StartAuthorization(grpc::ServerContext* context, const v1::StartAuthorizationRequest* request,
                                  v1::StartAuthorizationResponse* response) override;
  grpc::Status CompleteAuthorization(grpc::ServerContext* context, const v1::CompleteAuthorizationRequest* request,
                                     v1::CompleteAuthorizationResponse* response) override;
  grpc::Status SignedRequest(grpc::ServerContext* context, const v1::SignedRequestRequest* request,
                             v1::SignedRequestResponse* response) override;
  grpc::Status StreamSignedRequest(grpc::ServerContext* context, FakeService::Stream* stream) override;
  grpc::Status RefreshAccessToken(grpc::ServerContext* context, const v1::RefreshAccessTokenRequest* request,
                                  v1::RefreshAccessTokenResponse* response) override;
  grpc::Status RewrapAccessToken(grpc::ServerContext* context, const v1::RewrapAccessTokenRequest* request,
                                 v1::RewrapAccessTokenResponse* response) override;
  grpc::Status ListProviders(grpc::ServerContext* context, const v1::ListProvidersRequest* request,
                             v1::ListProvidersResponse* response) override;

 private:
  struct Login {
    std::string cookie_name;
    std::string cookie_value;
    std::string app_state;
    std::string user;
  };

  // Notes the call; how it is to fail.
  grpc::Status Arrived(const std::string& method, const grpc::ServerContext& context,
                       const v1::SignedRequestRequest& signed_request = {});

  mutable absl::Mutex mutex_;
  std::vector<ReceivedCall> calls_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::deque<grpc::Status>> failures_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, Login> logins_ ABSL_GUARDED_BY(mutex_);
  std::function<grpc::Status(FakeService::Stream&)> story_ ABSL_GUARDED_BY(mutex_);
  bool hangs_ ABSL_GUARDED_BY(mutex_) = false;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace oauth1d

#endif  // OAUTH1D_TESTS_CLIENT_CPP_FAKE_SERVICE_H_
