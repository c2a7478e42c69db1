// The contract, served: each handler reads its request, runs its story on a lane, and writes the answer.
#ifndef OAUTH1D_SERVER_RPC_OAUTH1_SERVICE_H_
#define OAUTH1D_SERVER_RPC_OAUTH1_SERVICE_H_

#include <grpcpp/support/byte_buffer.h>

#include <atomic>
#include <memory>
#include <vector>

#include "oauth1d/v1/oauth1d.grpc.pb.h"
#include "server/rpc/connections.h"
#include "server/rpc/ground.h"
#include "server/rpc/lane.h"

namespace oauth1d::rpc {

// Requests come as bytes, so that one that does not parse is answered like any other bad request.
template <typename Service>
using RawTokenService = v1::OAuth1Service::WithRawCallbackMethod_ImportAccessToken<
    v1::OAuth1Service::WithRawCallbackMethod_RefreshAccessToken<
        v1::OAuth1Service::WithRawCallbackMethod_RewrapAccessToken<
            v1::OAuth1Service::WithRawCallbackMethod_RevokeAccessToken<Service>>>>;
using RawService = v1::OAuth1Service::WithRawCallbackMethod_StartAuthorization<
    v1::OAuth1Service::WithRawCallbackMethod_CompleteAuthorization<
        v1::OAuth1Service::WithRawCallbackMethod_SignedRequest<
            v1::OAuth1Service::WithRawCallbackMethod_StreamSignedRequest<
                v1::OAuth1Service::WithRawCallbackMethod_ExplainSignature<
                    v1::OAuth1Service::WithRawCallbackMethod_ListProviders<
                        RawTokenService<v1::OAuth1Service::Service>>>>>>>;

class OAuth1Service : public RawService {
 public:
  // `lanes` and `connections` outlive the server that serves this.
  OAuth1Service(std::shared_ptr<const Ground> ground, std::vector<Lane*> lanes, Connections& connections)
      : ground_(std::move(ground)), lanes_(std::move(lanes)), connections_(connections) {}

  using Context = grpc::CallbackServerContext;
  using Bytes = grpc::ByteBuffer;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* StartAuthorization(Context* context, const Bytes* request, Bytes* response) override;
  Reactor* CompleteAuthorization(Context* context, const Bytes* request, Bytes* response) override;
  Reactor* SignedRequest(Context* context, const Bytes* request, Bytes* response) override;
  grpc::ServerBidiReactor<Bytes, Bytes>* StreamSignedRequest(Context* context) override;
  Reactor* ExplainSignature(Context* context, const Bytes* request, Bytes* response) override;
  Reactor* ImportAccessToken(Context* context, const Bytes* request, Bytes* response) override;
  Reactor* RefreshAccessToken(Context* context, const Bytes* request, Bytes* response) override;
  Reactor* RewrapAccessToken(Context* context, const Bytes* request, Bytes* response) override;
  Reactor* RevokeAccessToken(Context* context, const Bytes* request, Bytes* response) override;
  Reactor* ListProviders(Context* context, const Bytes* request, Bytes* response) override;

  // For the calls that come from now on; those that run keep what they began with. Thread-safe.
  void SetGround(std::shared_ptr<const Ground> ground) { ground_.store(std::move(ground)); }

  // Calls that have come and not ended. Thread-safe.
  int calls() const { return *calls_; }

 private:
  Lane& NextLane() { return *lanes_[next_++ % lanes_.size()]; }
  // All calls for one flow run on one lane, so that they find each other there.
  Lane& LaneOf(const std::string& key);

  // Parses a `Request`, and runs `story(lane, visit, message)`, a Task of a message of the contract, on `lane`.
  template <typename Request, typename Story>
  Reactor* Handle(providers::Rpc rpc, Lane& lane, Context* context, const Bytes* request, Bytes* response, Story story);

  std::atomic<std::shared_ptr<const Ground>> ground_;
  std::vector<Lane*> lanes_;
  Connections& connections_;
  std::atomic<size_t> next_ = 0;
  // Shared with the calls: the last one may end after the service's server has.
  std::shared_ptr<std::atomic<int>> calls_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_OAUTH1_SERVICE_H_
