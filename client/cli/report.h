// What oauth1ctl prints, and the exit status that goes with it.
#ifndef OAUTH1D_CLIENT_CLI_REPORT_H_
#define OAUTH1D_CLIENT_CLI_REPORT_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"

namespace oauth1d::cli {

inline constexpr int kUsage = 64;
inline constexpr int kFailedLines = 65;

// One line on stderr; with `json` {"code","reason","message","metadata"}. Gives the exit status: 10 + gRPC code.
int ReportError(const absl::Status& status, bool json);
int ReportError(const grpc::Status& status, bool json);

// The message as proto JSON on stdout.
void PrintJson(const google::protobuf::Message& message);

// Text from a provider for a terminal: control characters, those of C1 (U+009B …) too, as \xNN.
std::string ForTerminal(const std::string& text);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_REPORT_H_
