// How fast: SignedRequest and StartAuthorization beside the two things that they cannot be faster than, a bare gRPC
// echo and a bare loop of the HTTP client, all in one run on one machine.
//
//   bench_speed OAUTH1D [SECONDS]
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "oauth1d/v1/oauth1d.pb.h"
#include "server/base/spawn.h"
#include "server/egress/http_pool.h"
#include "tests/bench/child.h"
#include "tests/bench/load.h"
#include "tests/bench/provider_stand_in.h"

namespace oauth1d::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr char kCallback[] = "http://127.0.0.1:8000/auth/stand-in";

// Gives every call its own bytes back.
class Echo : public grpc::CallbackGenericService {
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor() { StartRead(&bytes_); }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish(grpc::Status::OK);
      StartWriteAndFinish(&bytes_, grpc::WriteOptions(), grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    grpc::ByteBuffer bytes_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override { return new Reactor; }
};

int ServeEcho() {
  Echo echo;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&echo);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  std::fprintf(stderr, "\"address\":\"127.0.0.1:%d\"\n", port);
  server->Wait();
  return 0;
}

std::string AddressOf(const std::string& line) {
  const size_t begin = line.find("\"address\":\"") + 11;
  return line.substr(begin, line.find('"', begin) - begin);
}

std::string WriteConfiguration(uint16_t port) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("oauth1d-bench-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const std::string base = "http://127.0.0.1:" + std::to_string(port);
  std::ofstream(folder / "oauth1d.yaml")
      << "listen: {address: 127.0.0.1:0}\nkeyring: {env: OAUTH1D_BENCH_KEYRING}\n"
      << "limits: {pending_flows_per_owner: 100000000}\n"
      << "owners: [{name: default, providers: [{name: stand-in, callback_urls: [\"" << kCallback
      << "\"], application: true}]}]\nproviders:\n- name: stand-in\n"
      << "  consumers: [{name: main, key: demo-key, secret: {env: OAUTH1D_BENCH_SECRET}}]\n"
      << "  request_token_url: " << base << "/oauth/request_token\n  authorize_url: " << base
      << "/oauth/authorize\n  access_token_url: " << base << "/oauth/access_token\n  api_base_urls: [\"" << base
      << "/1.1/\"]\n  egress: {allow_plain_http: true, allow_cidrs: [127.0.0.0/8]}\n";
  setenv("OAUTH1D_BENCH_SECRET", "demo-secret", 1);
  setenv("OAUTH1D_BENCH_KEYRING", "keys: [{id: k1, state: active, key: a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U=}]",
         1);
  return folder / "oauth1d.yaml";
}

std::string SignedRequestBytes() {
  v1::SignedRequestRequest request;
  request.set_provider("stand-in");
  request.mutable_provider_token()->set_token("nnch734d00sl2jdk");
  request.mutable_provider_token()->set_token_secret("pfkkdhi9sl3r4s00");
  request.mutable_call()->set_method("GET");
  request.mutable_call()->set_url("account/verify_credentials.json?a=1&b=2&c=3&d=4&e=5&f=6");
  return request.SerializeAsString();
}

std::string StartBytes() {
  v1::StartAuthorizationRequest request;
  request.set_provider("stand-in");
  request.set_callback_url(kCallback);
  return request.SerializeAsString();
}

// The HTTP client of the service by itself: no gRPC, no signature.
Measured LoadHttp(uint16_t port, int in_flight, std::chrono::milliseconds time) {
  boost::asio::io_context loop;
  egress::HttpPool pool(loop, RealEnvironment(), egress::HttpPoolOptions());
  auto rules = std::make_shared<NetworkRules>();
  rules->allow_plain_http = true;
  AddressBlock loopback;
  loopback.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 0};
  loopback.prefix_length = 104;
  rules->allow_blocks = {loopback};
  const Clock::time_point begin = Clock::now();
  std::vector<double> micros;
  long failed = 0;
  int running = in_flight;
  const auto caller = [&]() -> Task<> {
    while (Clock::now() < begin + time) {
      egress::HttpRequest request;
      request.origin = Origin{false, "127.0.0.1", port};
      request.rules = rules;
      request.method = "GET";
      request.target = "/1.1/account/verify_credentials.json?a=1&b=2&c=3&d=4&e=5&f=6";
      request.max_answer_body = 65536;
      request.may_use_stale_connection = true;
      const Clock::time_point sent = Clock::now();
      const auto answer = co_await pool.Send(std::move(request), Deadline::After(RealEnvironment(), absl::Seconds(5)));
      micros.push_back(std::chrono::duration<double, std::micro>(Clock::now() - sent).count());
      if (!answer.ok()) ++failed;
    }
    co_return absl::OkStatus();
  };
  for (int i = 0; i < in_flight; ++i) {
    Spawn(loop, caller, [&](const absl::Status&) {
      if (--running == 0) pool.Stop();
    });
  }
  loop.run();
  return Summarize(std::move(micros), std::chrono::duration<double>(Clock::now() - begin).count(), failed);
}

void Print(const char* what, int in_flight, const Measured& measured, double echo, double cpu_us) {
  std::printf("| %-34s | %9d | %9.0f | %8.0f | %8.0f | %9.2f | %11s | %6ld |\n", what, in_flight, measured.per_second,
              measured.p50_us, measured.p99_us, measured.per_second / echo,
              cpu_us > 0 ? std::to_string(static_cast<int>(cpu_us)).c_str() : "-", measured.failed);
  std::fflush(stdout);
}

int Main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--echo") return ServeEcho();
  if (argc < 2) {
    std::cerr << "usage: bench_speed PATH_OF_OAUTH1D [SECONDS]\n";
    return 64;
  }
  const std::chrono::milliseconds time(argc > 2 ? std::atoi(argv[2]) * 1000 : 3000);
  const ProviderStandIn provider;
  const std::string configuration = WriteConfiguration(provider.port());
  const Child echo({"/proc/self/exe", "--echo"}, "\"address\"");
  const Child service({argv[1], "--config", configuration}, "\"event\":\"listening\"");
  const auto echo_channel = grpc::CreateChannel(AddressOf(echo.ready_line()), grpc::InsecureChannelCredentials());
  const auto channel = grpc::CreateChannel(AddressOf(service.ready_line()), grpc::InsecureChannelCredentials());
  const std::string signed_request = SignedRequestBytes();
  const std::string start = StartBytes();

  std::printf("%u cores; load, provider and service share them. Ratios compare within this table.\n\n",
              std::thread::hardware_concurrency());
  std::printf(
      "| what                               | in flight |  a second |   p50 us |   p99 us | of echo   | cpu us/call "
      "| failed |\n|---|---|---|---|---|---|---|---|\n");
  for (const int in_flight : {1, 64}) {
    const auto measure = [&](const Child& child, const std::shared_ptr<grpc::Channel>& to, const std::string& method,
                             const std::string& request, double& cpu_us) {
      LoadCalls(to, method, request, in_flight, time / 10);  // warm
      const double cpu = child.CpuSeconds();
      const Measured measured = LoadCalls(to, method, request, in_flight, time);
      cpu_us = (child.CpuSeconds() - cpu) * 1e6 / (measured.per_second * static_cast<double>(time.count()) / 1000);
      return measured;
    };
    double cpu = 0;
    const Measured bare = measure(echo, echo_channel, "/echo", signed_request, cpu);
    Print("bare gRPC echo", in_flight, bare, bare.per_second, cpu);
    Print("bare HTTP client loop", in_flight, LoadHttp(provider.port(), in_flight, time), bare.per_second, 0);
    const Measured sent = measure(service, channel, "/oauth1d.v1.OAuth1Service/SignedRequest", signed_request, cpu);
    Print("SignedRequest (GET, 6 parameters)", in_flight, sent, bare.per_second, cpu);
    const Measured started = measure(service, channel, "/oauth1d.v1.OAuth1Service/StartAuthorization", start, cpu);
    Print("StartAuthorization (memory store)", in_flight, started, bare.per_second, cpu);
    if (sent.failed + started.failed > 0) return 1;
  }
  std::filesystem::remove_all(std::filesystem::path(configuration).parent_path());
  return 0;
}

}  // namespace
}  // namespace oauth1d::bench

int main(int argc, char** argv) { return oauth1d::bench::Main(argc, argv); }
