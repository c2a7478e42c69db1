// One signed request whose body and answer flow in pieces, in constant memory.
#ifndef OAUTH1D_SERVER_FLOW_STREAMED_CALLER_H_
#define OAUTH1D_SERVER_FLOW_STREAMED_CALLER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "server/base/task.h"
#include "server/egress/http_client.h"
#include "server/flow/call.h"
#include "server/flow/prepared_request.h"
#include "server/flow/token_keeper.h"
#include "server/flow/upstream.h"
#include "server/oauth1/problem.h"

namespace oauth1d::flow {

struct StreamedCall {
  SignedCall call;
  // The chunks are the body, or the data of the last part of a multipart body.
  bool chunks_follow = false;
  std::optional<uint64_t> content_length;  // of what the chunks bring
};

// What the service understood of the answer.
struct StreamedEnd {
  std::optional<oauth1::Problem> problem;
  bool token_rejected = false;
  std::string replacement_access_token;
};

// Used on one event loop.
class StreamedCaller {
 public:
  // `keeper` belongs to the same loop, and outlives this.
  StreamedCaller(Backends backends, TokenKeeper& keeper) : backends_(backends), upstream_(backends), keeper_(keeper) {}

  // Sends the request once, never again. A body that must be known before it can be signed (a form, or one that the
  // provider wants hashed) is held whole, at most kMaxBody. `chunks` is always asked, and must have none where the call
  // is whole. `answer` gets the headers that a caller may see.
  // Errors: those of SignedCaller::Send, but an answer has no size that is too large; those of `chunks` and `answer`.
  Task<StreamedEnd> Send(StreamedCall request, egress::BodySource* chunks, egress::AnswerSink* answer, Call call);

 private:
  Backends backends_;
  Upstream upstream_;
  TokenKeeper& keeper_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_STREAMED_CALLER_H_
