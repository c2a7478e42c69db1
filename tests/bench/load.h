// A load of one kind of call, and what it measured.
#ifndef OAUTH1D_TESTS_BENCH_LOAD_H_
#define OAUTH1D_TESTS_BENCH_LOAD_H_

#include <grpcpp/channel.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace oauth1d::bench {

struct Measured {
  double per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  long failed = 0;
};

// From the time each call took and the time that all of them took together.
Measured Summarize(std::vector<double> micros, double seconds, long failed);

// `in_flight` unary calls at a time, each the same bytes, for `time`.
Measured LoadCalls(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const std::string& request,
                   int in_flight, std::chrono::milliseconds time);

}  // namespace oauth1d::bench

#endif  // OAUTH1D_TESTS_BENCH_LOAD_H_
