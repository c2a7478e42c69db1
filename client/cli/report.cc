#include "client/cli/report.h"

#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "oauth1d/failure.h"

namespace oauth1d::cli {
namespace {

using nlohmann::ordered_json;

}  // namespace

int ReportError(const absl::Status& status, bool json) {
  const Failure failure = FailureOf(status);
  const std::string message(status.message());
  ordered_json error;
  error["code"] = absl::StatusCodeToString(status.code());
  error["reason"] = failure.reason_name;
  error["message"] = message;
  error["metadata"] = ordered_json::object();
  if (failure.retry_after.has_value()) {
    error["metadata"]["retry_after_seconds"] = absl::StrFormat("%.1f", absl::ToDoubleSeconds(*failure.retry_after));
  }
  for (const auto& [name, value] : failure.metadata) error["metadata"][name] = value;
  if (json) {
    std::cerr << error.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
  } else {
    std::cerr << "oauth1ctl: " << error["code"].get<std::string>() << (failure.reason_name.empty() ? "" : " ")
              << ForTerminal(failure.reason_name) << ": " << ForTerminal(message);
    for (const auto& [name, value] : error["metadata"].items()) {
      std::cerr << " " << name << "=" << ForTerminal(value.get<std::string>());
    }
    std::cerr << "\n";
  }
  return 10 + static_cast<int>(status.code());
}

int ReportError(const grpc::Status& status, bool json) { return ReportError(StatusFromRpc(status), json); }

void PrintJson(const google::protobuf::Message& message) {
  std::string text;
  const auto status = google::protobuf::util::MessageToJsonString(message, &text);
  std::cout << (status.ok() ? text : "{}") << "\n";
}

std::string ForTerminal(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppendFormat(&safe, "\\x%02x", byte);
    } else {
      safe.push_back(c);
    }
  }
  return safe;
}

}  // namespace oauth1d::cli
