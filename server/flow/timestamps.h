// Timestamps that never go back, for providers that refuse one that is less than the last (NetSuite, FatSecret,
// Schoology), whichever replica sent that.
#ifndef OAUTH1D_SERVER_FLOW_TIMESTAMPS_H_
#define OAUTH1D_SERVER_FLOW_TIMESTAMPS_H_

#include <string>

#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/providers/client.h"

namespace oauth1d::flow {

// `now` in seconds since 1970, or the greatest that was given for this consumer and token before, whichever is greater.
// One that lies more than an hour ahead is not believed, nor any where `last_was_wrong`: it was refused, for a clock
// that is known better now. Errors: as KeyValueStore: without the store nobody knows.
Task<int64_t> NextTimestamp(Backends backends, providers::Client client, std::string token, int64_t now,
                            bool last_was_wrong, Call call);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_TIMESTAMPS_H_
