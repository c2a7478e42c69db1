// What the kernel knows of this process, under the names that every Prometheus client gives it.
#ifndef OAUTH1D_SERVER_OPS_PROCESS_NUMBERS_H_
#define OAUTH1D_SERVER_OPS_PROCESS_NUMBERS_H_

#include "server/ops/families.h"

namespace oauth1d::ops {

// Reads /proc/self; what cannot be read is left out. Any thread.
void AddProcessNumbers(Families& families);

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_PROCESS_NUMBERS_H_
