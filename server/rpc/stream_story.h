// StreamSignedRequest: from the messages of a stream to the story, and back.
#ifndef OAUTH1D_SERVER_RPC_STREAM_STORY_H_
#define OAUTH1D_SERVER_RPC_STREAM_STORY_H_

#include <memory>

#include "server/base/task.h"
#include "server/rpc/lane.h"
#include "server/rpc/stream_reactor.h"
#include "server/rpc/visit.h"

namespace oauth1d::rpc {

// Reads the head, runs the request while chunks come and go, and writes the end. `stream` outlives the Task.
Task<> StreamRequest(Lane& lane, std::shared_ptr<Visit> visit, StreamReactor* stream);

}  // namespace oauth1d::rpc

#endif  // OAUTH1D_SERVER_RPC_STREAM_STORY_H_
