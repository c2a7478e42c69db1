#include "client/cli/report.h"

#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "oauth1d/status/v1/status.pb.h"

namespace oauth1d::cli {
namespace {

using nlohmann::ordered_json;

}  // namespace

int ReportError(const grpc::Status& status, bool json) {
  ordered_json error;
  error["code"] = absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code()));
  error["reason"] = "";
  error["message"] = status.error_message();
  error["metadata"] = ordered_json::object();
  status::v1::Status details;
  if (details.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& any : details.details()) {
      status::v1::RetryInfo retry;
      if (any.type_url() == "type.googleapis.com/google.rpc.RetryInfo" && retry.ParseFromString(any.value())) {
        error["metadata"]["retry_after_seconds"] = absl::StrFormat(
            "%.1f", static_cast<double>(retry.retry_delay().seconds()) + retry.retry_delay().nanos() / 1e9);
      }
      status::v1::ErrorInfo info;
      if (any.type_url() != "type.googleapis.com/google.rpc.ErrorInfo" || !info.ParseFromString(any.value())) continue;
      error["reason"] = info.reason();
      for (const auto& [name, value] : info.metadata()) error["metadata"][name] = value;
    }
  }
  const std::string info_reason = error["reason"].get<std::string>();
  if (json) {
    std::cerr << error.dump(-1, ' ', false, ordered_json::error_handler_t::replace) << "\n";
  } else {
    std::cerr << "oauth1ctl: " << error["code"].get<std::string>() << (info_reason.empty() ? "" : " ") << info_reason
              << ": " << ForTerminal(status.error_message());
    for (const auto& [name, value] : error["metadata"].items()) {
      std::cerr << " " << name << "=" << ForTerminal(value.get<std::string>());
    }
    std::cerr << "\n";
  }
  return 10 + static_cast<int>(status.error_code());
}

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
