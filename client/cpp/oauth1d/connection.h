// What all calls of a Client share.
#ifndef OAUTH1D_CONNECTION_H_
#define OAUTH1D_CONNECTION_H_

#include <grpcpp/client_context.h>
#include <grpcpp/impl/codegen/channel_interface.h>

#include <memory>
#include <string>

#include "oauth1d/call_options.h"
#include "oauth1d/client.h"
#include "oauth1d/v1/oauth1d.grpc.pb.h"

namespace oauth1d {

struct Client::Connection {
  std::shared_ptr<grpc::ChannelInterface> channel;
  std::unique_ptr<v1::OAuth1Service::Stub> stub;
  std::string api_key;

  // The metadata of a call.
  void Prepare(grpc::ClientContext& context, const CallOptions& options) const;
};

}  // namespace oauth1d

#endif  // OAUTH1D_CONNECTION_H_
