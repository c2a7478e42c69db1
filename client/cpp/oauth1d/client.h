// The client of oauth1d: OAuth 1.0 (RFC 5849) as a service. Three calls make a login and use it:
//
//   absl::StatusOr<oauth1d::Client> client = oauth1d::Client::Connect();
//   auto started = client->StartAuthorization("twitter", "https://app.example/auth/twitter");
//   // answer 302 to started->redirect_url(), with Set-Cookie: SetCookieHeader(started->binding_cookie())
//   auto token = client->CompleteAuthorization("twitter", raw_query, cookie_header);
//   auto answer = client->Get("twitter", token->access_token(), "account/verify_credentials.json");
//
// An answer of the provider, a 404 or a 500 too, is OK with its status code. An error means that there is no answer;
// FailureOf (failure.h) tells why, and whether the provider can have seen the request.
#ifndef OAUTH1D_CLIENT_H_
#define OAUTH1D_CLIENT_H_

#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "oauth1d/call_options.h"
#include "oauth1d/client_options.h"
#include "oauth1d/cookies.h"
#include "oauth1d/failure.h"
#include "oauth1d/request_options.h"
#include "oauth1d/streamed_request.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d {

// One channel to the service. Thread-safe; copies share the channel. Every method blocks until there is an answer or
// its time is up, and none throws. StartAuthorization, CompleteAuthorization, ListProviders and RewrapAccessToken are
// repeated on UNAVAILABLE, as the contract allows; SignedRequest only where that cannot make a duplicate: at most once,
// and never a POST that the provider may have seen.
class Client {
 public:
  // Connects with the first call, not here. INVALID_ARGUMENT: see OpenChannel (channel.h).
  static absl::StatusOr<Client> Connect(const ClientOptions& options = ClientOptions::FromEnvironment());

  // Over a channel of your own (its options, its balancing, its repeats).
  explicit Client(std::shared_ptr<grpc::ChannelInterface> channel, std::string api_key = "");

  // Begins a login. `callback_url` is one of those that the service's configuration allows, or `oob`.
  absl::StatusOr<v1::StartAuthorizationResponse> StartAuthorization(absl::string_view provider,
                                                                    absl::string_view callback_url,
                                                                    const StartOptions& options = {}) const;

  // Ends a login. `callback_query` is the raw query string, or the whole URL, that the browser came back with, and
  // `cookie_header` its Cookie header as it is. The access token is a secret: keep it as one, and never send it to a
  // browser.
  absl::StatusOr<v1::CompleteAuthorizationResponse> CompleteAuthorization(absl::string_view provider,
                                                                          absl::string_view callback_query,
                                                                          absl::string_view cookie_header,
                                                                          const CallOptions& options = {}) const;

  // Signs a request for the user of `access_token` and sends it. `url` is relative to the provider's API, or absolute
  // inside it. INVALID_ARGUMENT, and nothing is sent, where there are both a body and a form. Where the answer has a
  // replacement_access_token, keep that in place of `access_token`.
  absl::StatusOr<v1::SignedRequestResponse> Request(absl::string_view provider, absl::string_view access_token,
                                                    absl::string_view method, absl::string_view url,
                                                    const RequestOptions& options = {}) const;
  absl::StatusOr<v1::SignedRequestResponse> Get(absl::string_view provider, absl::string_view access_token,
                                                absl::string_view url, const RequestOptions& options = {}) const {
    return Request(provider, access_token, "GET", url, options);
  }
  absl::StatusOr<v1::SignedRequestResponse> Post(absl::string_view provider, absl::string_view access_token,
                                                 absl::string_view url, const RequestOptions& options = {}) const {
    return Request(provider, access_token, "POST", url, options);
  }
  absl::StatusOr<v1::SignedRequestResponse> Put(absl::string_view provider, absl::string_view access_token,
                                                absl::string_view url, const RequestOptions& options = {}) const {
    return Request(provider, access_token, "PUT", url, options);
  }
  absl::StatusOr<v1::SignedRequestResponse> Patch(absl::string_view provider, absl::string_view access_token,
                                                  absl::string_view url, const RequestOptions& options = {}) const {
    return Request(provider, access_token, "PATCH", url, options);
  }
  absl::StatusOr<v1::SignedRequestResponse> Delete(absl::string_view provider, absl::string_view access_token,
                                                   absl::string_view url, const RequestOptions& options = {}) const {
    return Request(provider, access_token, "DELETE", url, options);
  }

  // A request or an answer of any size. `head` says what to sign; its `timeout` must be unset. The call runs from now.
  StreamedRequest Stream(const v1::SignedRequestRequest& head, const CallOptions& options = {}) const;

  // The contract's calls with its messages: see oauth1d.proto.
  absl::StatusOr<v1::StartAuthorizationResponse> StartAuthorization(const v1::StartAuthorizationRequest& request,
                                                                    const CallOptions& options = {}) const;
  absl::StatusOr<v1::CompleteAuthorizationResponse> CompleteAuthorization(
      const v1::CompleteAuthorizationRequest& request, const CallOptions& options = {}) const;
  absl::StatusOr<v1::SignedRequestResponse> SignedRequest(const v1::SignedRequestRequest& request,
                                                          const CallOptions& options = {}) const;
  absl::StatusOr<v1::ExplainSignatureResponse> ExplainSignature(const v1::ExplainSignatureRequest& request,
                                                                const CallOptions& options = {}) const;
  absl::StatusOr<v1::ImportAccessTokenResponse> ImportAccessToken(const v1::ImportAccessTokenRequest& request,
                                                                  const CallOptions& options = {}) const;
  absl::StatusOr<v1::RefreshAccessTokenResponse> RefreshAccessToken(const v1::RefreshAccessTokenRequest& request,
                                                                    const CallOptions& options = {}) const;
  absl::StatusOr<v1::RewrapAccessTokenResponse> RewrapAccessToken(const v1::RewrapAccessTokenRequest& request,
                                                                  const CallOptions& options = {}) const;
  absl::StatusOr<v1::RevokeAccessTokenResponse> RevokeAccessToken(const v1::RevokeAccessTokenRequest& request,
                                                                  const CallOptions& options = {}) const;
  absl::StatusOr<v1::ListProvidersResponse> ListProviders(const v1::ListProvidersRequest& request = {},
                                                          const CallOptions& options = {}) const;

 private:
  struct Connection;

  std::shared_ptr<const Connection> connection_;
};

}  // namespace oauth1d

#endif  // OAUTH1D_CLIENT_H_
