// How lines that were dropped are told.
#ifndef OAUTH1D_SERVER_OPS_DROP_NOTICE_H_
#define OAUTH1D_SERVER_OPS_DROP_NOTICE_H_

#include <string>

#include "server/ops/line_queues.h"

namespace oauth1d::ops {

// A whole line of event log_dropped or audit_dropped, with the count, for each source that dropped any.
std::string DropNotice(const UntoldDrops& untold);

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_DROP_NOTICE_H_
