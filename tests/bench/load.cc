#include "tests/bench/load.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace oauth1d::bench {
namespace {

using Clock = std::chrono::steady_clock;

// Callers that call again as soon as they are answered.
class Callers {
 public:
  Callers(const std::shared_ptr<grpc::Channel>& channel, std::string method, const std::string& request,
          Clock::time_point end)
      : stub_(channel), method_(std::move(method)), end_(end) {
    const grpc::Slice slice(request);
    request_ = grpc::ByteBuffer(&slice, 1);
  }

  void Begin() {
    const std::lock_guard lock(mutex_);
    ++running_;
    Call();
  }

  Measured Wait(Clock::time_point begin) {
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    return Summarize(std::move(micros_), seconds, failed_);
  }

 private:
  struct One {
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    Clock::time_point begin = Clock::now();
  };

  void Call() {
    auto* const one = new One;
    one->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    stub_.UnaryCall(&one->context, method_, grpc::StubOptions(), &request_, &one->response,
                    [this, one](const grpc::Status& status) {
                      const Clock::time_point now = Clock::now();
                      const std::lock_guard lock(mutex_);
                      micros_.push_back(std::chrono::duration<double, std::micro>(now - one->begin).count());
                      if (!status.ok()) ++failed_;
                      delete one;
                      if (now < end_) {
                        Call();
                      } else if (--running_ == 0) {
                        done_.notify_all();
                      }
                    });
  }

  grpc::GenericStub stub_;
  const std::string method_;
  const Clock::time_point end_;
  grpc::ByteBuffer request_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<double> micros_;
  int running_ = 0;
  long failed_ = 0;
};

}  // namespace

Measured Summarize(std::vector<double> micros, double seconds, long failed) {
  Measured measured;
  if (micros.empty()) return measured;
  std::sort(micros.begin(), micros.end());
  measured.per_second = static_cast<double>(micros.size()) / seconds;
  measured.p50_us = micros[micros.size() / 2];
  measured.p99_us = micros[micros.size() * 99 / 100];
  measured.failed = failed;
  return measured;
}

Measured LoadCalls(const std::shared_ptr<grpc::Channel>& channel, const std::string& method, const std::string& request,
                   int in_flight, std::chrono::milliseconds time) {
  const Clock::time_point begin = Clock::now();
  Callers callers(channel, method, request, begin + time);
  for (int i = 0; i < in_flight; ++i) callers.Begin();
  return callers.Wait(begin);
}

}  // namespace oauth1d::bench
