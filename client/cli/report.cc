#include "client/cli/report.h"

#include <google/protobuf/util/json_util.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "oauth1d/failure.h"

namespace oauth1d::cli {
namespace {

using nlohmann::ordered_json;

// What a person can do, where the message speaks to a program; empty: it says all.
std::string Advice(const absl::Status& status, const Failure& failure) {
  if (absl::IsUnavailable(status) && failure.reason_name.empty()) {
    return "oauth1d did not answer. Does it run, and is this its address (--server, or $OAUTH1D_SERVER; else "
           "127.0.0.1:50051)? With $OAUTH1D_CA_FILE or $OAUTH1D_CERT_FILE it is called with TLS, without them not.";
  }
  if (failure.reason == v1::ERROR_REASON_PROVIDER_NOT_FOUND) return "`oauth1ctl providers` lists those there are.";
  return "";
}

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
    const std::string advice = Advice(status, failure);
    if (!advice.empty()) std::cerr << "oauth1ctl: " << advice << "\n";
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
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    // U+0080 to U+009F, which terminals obey as they obey ESC sequences.
    const bool c1 = byte == 0xc2 && next >= 0x80 && next <= 0x9f;
    if (c1) {
      absl::StrAppendFormat(&safe, "\\x%02x\\x%02x", byte, next);
      ++i;
    } else if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppendFormat(&safe, "\\x%02x", byte);
    } else {
      safe.push_back(c);
    }
  }
  return safe;
}

}  // namespace oauth1d::cli
