#include "tests/client_cpp/fake_service.h"

#include <grpcpp/server_builder.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace oauth1d {
namespace {

constexpr char kErrorInfo[] = "google.rpc.ErrorInfo";

std::string Padded(const std::string& text, size_t length) { return text + std::string(length - text.size(), '-'); }

}  // namespace

SentFailure::SentFailure(grpc::StatusCode code, const std::string& reason, const std::string& sent) : code_(code) {
  info_.set_reason(reason);
  info_.set_domain("oauth1d");
  (*info_.mutable_metadata())["sent"] = sent;
}

SentFailure& SentFailure::With(const std::string& type, const google::protobuf::Message& detail) {
  google::protobuf::Any& any = *details_.add_details();
  any.set_type_url("type.googleapis.com/" + type);
  any.set_value(detail.SerializeAsString());
  return *this;
}

SentFailure& SentFailure::WithRetryAfter(absl::Duration delay) {
  status::v1::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(delay));
  return With("google.rpc.RetryInfo", retry);
}

SentFailure& SentFailure::WithMetadata(const std::string& name, const std::string& value) {
  (*info_.mutable_metadata())[name] = value;
  return *this;
}

SentFailure::operator grpc::Status() const {
  SentFailure whole = *this;
  whole.details_.set_code(code_);
  whole.With(kErrorInfo, info_);
  return {code_, "it did not work", whole.details_.SerializeAsString()};
}

FakeService::FakeService(int port) {
  grpc::ServerBuilder builder;
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddListeningPort(absl::StrCat("127.0.0.1:", port), grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
}

FakeService::~FakeService() { server_->Shutdown(std::chrono::system_clock::now()); }

Client FakeService::Connect(const std::string& api_key) const {
  ClientOptions options;
  options.server = absl::StrCat("127.0.0.1:", port_);
  options.api_key = api_key;
  return Client::Connect(options).value();
}

void FakeService::Fail(const std::string& method, std::vector<grpc::Status> failures) {
  const absl::MutexLock lock(&mutex_);
  failures_[method] = {failures.begin(), failures.end()};
}

void FakeService::Play(std::function<grpc::Status(FakeService::Stream&)> story) {
  const absl::MutexLock lock(&mutex_);
  story_ = std::move(story);
}

void FakeService::HangUntilCancelled() {
  const absl::MutexLock lock(&mutex_);
  hangs_ = true;
}

void FakeService::AwaitCall() const {
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](const std::vector<ReceivedCall>* calls) { return !calls->empty(); }, &calls_));
}

std::vector<ReceivedCall> FakeService::CallsOf(const std::string& method) const {
  const absl::MutexLock lock(&mutex_);
  std::vector<ReceivedCall> found;
  for (const ReceivedCall& call : calls_) {
    if (call.method == method) found.push_back(call);
  }
  return found;
}

std::string FakeService::Approve(const v1::StartAuthorizationResponse& started, const std::string& user) {
  const absl::MutexLock lock(&mutex_);
  logins_.at(started.state()).user = user;
  return "state=" + started.state();
}

grpc::Status FakeService::Arrived(const std::string& method, const grpc::ServerContext& context,
                                  const v1::SignedRequestRequest& signed_request) {
  ReceivedCall call{
      method, {}, absl::FromChrono(context.deadline() - std::chrono::system_clock::now()), signed_request};
  for (const auto& [name, value] : context.client_metadata()) {
    call.metadata.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  const absl::MutexLock lock(&mutex_);
  calls_.push_back(std::move(call));
  std::deque<grpc::Status>& failures = failures_[method];
  if (failures.empty()) return grpc::Status::OK;
  grpc::Status failure = failures.front();
  failures.pop_front();
  return failure;
}

grpc::Status FakeService::StartAuthorization(grpc::ServerContext* context, const v1::StartAuthorizationRequest* request,
                                             v1::StartAuthorizationResponse* response) {
  if (grpc::Status failure = Arrived("StartAuthorization", *context); !failure.ok()) return failure;
  const absl::MutexLock lock(&mutex_);
  const std::string number = absl::StrCat(logins_.size());
  const Login login{"oauth1-" + Padded(number, 16), Padded(number, 43), request->app_state(), ""};
  logins_[number] = login;
  response->set_state(number);
  response->set_redirect_url("https://provider.example/authorize");
  response->mutable_binding_cookie()->set_name(login.cookie_name);
  response->mutable_binding_cookie()->set_value(login.cookie_value);
  response->mutable_binding_cookie()->mutable_max_age()->set_seconds(600);
  return grpc::Status::OK;
}

grpc::Status FakeService::CompleteAuthorization(grpc::ServerContext* context,
                                                const v1::CompleteAuthorizationRequest* request,
                                                v1::CompleteAuthorizationResponse* response) {
  if (grpc::Status failure = Arrived("CompleteAuthorization", *context); !failure.ok()) return failure;
  const absl::MutexLock lock(&mutex_);
  const std::vector<std::string> state = absl::StrSplit(request->callback_query(), '=');
  const auto login = logins_.find(state.back());
  if (login == logins_.end()) return SentFailure(grpc::StatusCode::NOT_FOUND, "FLOW_NOT_FOUND", "no");
  for (const v1::BindingCookie& cookie : request->binding_cookies()) {
    if (cookie.name() != login->second.cookie_name || cookie.value() != login->second.cookie_value) continue;
    response->set_access_token("oa1_" + login->second.user);
    response->set_app_state(login->second.app_state);
    response->set_spent_cookie_name(cookie.name());
    v1::Parameter& name = *response->add_parameters();
    name.set_name("screen_name");
    name.set_value(login->second.user);
    return grpc::Status::OK;
  }
  return SentFailure(grpc::StatusCode::PERMISSION_DENIED, "BINDING_MISMATCH", "no");
}

grpc::Status FakeService::SignedRequest(grpc::ServerContext* context, const v1::SignedRequestRequest* request,
                                        v1::SignedRequestResponse* response) {
  if (grpc::Status failure = Arrived("SignedRequest", *context, *request); !failure.ok()) return failure;
  mutex_.Lock();
  const bool hangs = hangs_;
  mutex_.Unlock();
  while (hangs && !context->IsCancelled()) absl::SleepFor(absl::Milliseconds(1));
  response->mutable_answer()->set_status_code(200);
  response->mutable_answer()->set_body(request->call().body());
  return grpc::Status::OK;
}

grpc::Status FakeService::StreamSignedRequest(grpc::ServerContext* context, FakeService::Stream* stream) {
  if (grpc::Status failure = Arrived("StreamSignedRequest", *context); !failure.ok()) return failure;
  mutex_.Lock();
  const auto story = story_;
  mutex_.Unlock();
  return story(*stream);
}

grpc::Status FakeService::RefreshAccessToken(grpc::ServerContext* context, const v1::RefreshAccessTokenRequest* request,
                                             v1::RefreshAccessTokenResponse* response) {
  if (grpc::Status failure = Arrived("RefreshAccessToken", *context); !failure.ok()) return failure;
  response->set_access_token(request->access_token() + "-renewed");
  return grpc::Status::OK;
}

grpc::Status FakeService::RewrapAccessToken(grpc::ServerContext* context, const v1::RewrapAccessTokenRequest* request,
                                            v1::RewrapAccessTokenResponse* response) {
  if (grpc::Status failure = Arrived("RewrapAccessToken", *context); !failure.ok()) return failure;
  response->set_access_token(request->access_token() + "-rewrapped");
  return grpc::Status::OK;
}

grpc::Status FakeService::ListProviders(grpc::ServerContext* context, const v1::ListProvidersRequest* /*request*/,
                                        v1::ListProvidersResponse* response) {
  if (grpc::Status failure = Arrived("ListProviders", *context); !failure.ok()) return failure;
  response->add_providers()->set_name("twitter");
  return grpc::Status::OK;
}

}  // namespace oauth1d
