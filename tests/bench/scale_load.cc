// The stand-in provider, and logins at a steady rate against a service that is told to use it. tests/bench/scale.py
// starts it, and the service and Redis.
//
//   bench_scale          prints the provider's port; each line `ADDRESS LOGINS_A_SECOND CALLS_A_LOGIN SECONDS` on stdin
//                        is a load, answered by a line of JSON
#include <grpcpp/create_channel.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/bench/logins.h"
#include "tests/bench/provider_stand_in.h"

namespace oauth1d::bench {
namespace {

void Print(const char* name, const Measured& measured) {
  std::printf("\"%s\":{\"per_second\":%.0f,\"p50_us\":%.0f,\"p99_us\":%.0f},", name, measured.per_second,
              measured.p50_us, measured.p99_us);
}

int Main() {
  const ProviderStandIn provider;
  std::printf("%d\n", provider.port());
  std::fflush(stdout);
  std::string address;
  LoginLoad load;
  while (std::cin >> address >> load.logins_per_second >> load.calls_per_login >> load.seconds) {
    const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    const LoginsMeasured measured = LoadLogins(channel, load);
    std::printf("{");
    Print("start", measured.start);
    Print("complete", measured.complete);
    Print("signed_request", measured.signed_request);
    long failed = 0;
    for (const auto& [message, count] : measured.errors) {
      std::cerr << count << " times: " << message << "\n";
      failed += count;
    }
    std::printf("\"logins\":%ld,\"most_in_flight\":%ld,\"failed\":%ld}\n", measured.logins, measured.most_in_flight,
                failed);
    std::fflush(stdout);
  }
  std::_Exit(0);  // the stand-in's connections end with the process, in whatever state they are
}

}  // namespace
}  // namespace oauth1d::bench

int main() { return oauth1d::bench::Main(); }
