// One signed request through the C++ library: `post_cpp PROVIDER METHOD URL`.
//
// Prints one line of JSON: {"status"} of the provider's answer, or {"code", "reason", "sent"} of the error.
#include <iostream>
#include <nlohmann/json.hpp>

#include "oauth1d/client.h"

namespace {

const char* Text(oauth1d::Failure::Sent sent) {
  switch (sent) {
    case oauth1d::Failure::Sent::kNo:
      return "no";
    case oauth1d::Failure::Sent::kMaybe:
      return "maybe";
    case oauth1d::Failure::Sent::kYes:
      return "yes";
  }
  return "";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: post_cpp PROVIDER METHOD URL\n";
    return 64;
  }
  oauth1d::v1::SignedRequestRequest request;
  request.set_provider(argv[1]);
  request.mutable_application();
  request.mutable_call()->set_method(argv[2]);
  request.mutable_call()->set_url(argv[3]);
  if (request.call().method() == "POST") {
    oauth1d::v1::Parameter& field = *request.mutable_call()->mutable_form()->add_fields();
    field.set_name("status");
    field.set_value("hello");
  }
  const absl::StatusOr<oauth1d::Client> client = oauth1d::Client::Connect();
  const auto answer = client.ok() ? client->SignedRequest(request) : client.status();
  if (answer.ok()) {
    std::cout << nlohmann::json{{"status", answer->answer().status_code()}} << std::endl;
  } else {
    const oauth1d::Failure failure = oauth1d::FailureOf(answer.status());
    std::cout << nlohmann::json{{"code", absl::StatusCodeToString(answer.status().code())},
                                {"reason", failure.reason_name},
                                {"sent", Text(failure.sent)}}
              << std::endl;
  }
  return 0;
}
