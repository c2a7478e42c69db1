// A load of whole logins, each begun at its moment whether the ones before have ended or not.
#ifndef OAUTH1D_TESTS_BENCH_LOGINS_H_
#define OAUTH1D_TESTS_BENCH_LOGINS_H_

#include <grpcpp/channel.h>

#include <map>
#include <memory>
#include <string>

#include "tests/bench/load.h"

namespace oauth1d::bench {

struct LoginLoad {
  int logins_per_second = 0;
  int calls_per_login = 0;  // SignedRequests after each login, one after another
  int seconds = 0;
};

struct LoginsMeasured {
  Measured start;  // from the moment at which it was due
  Measured complete;
  Measured signed_request;
  long logins = 0;
  long most_in_flight = 0;             // logins
  std::map<std::string, long> errors;  // by what gRPC said
};

// Against a service whose provider is the stand-in.
LoginsMeasured LoadLogins(const std::shared_ptr<grpc::Channel>& channel, const LoginLoad& load);

}  // namespace oauth1d::bench

#endif  // OAUTH1D_TESTS_BENCH_LOGINS_H_
