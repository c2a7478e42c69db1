// One StreamSignedRequest from a source to where its answer goes.
#ifndef OAUTH1D_CLIENT_CLI_STREAMED_TRANSFER_H_
#define OAUTH1D_CLIENT_CLI_STREAMED_TRANSFER_H_

#include <functional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/transfer_arguments.h"
#include "oauth1d/client.h"

namespace oauth1d::cli {

// Both may throw, which ends the transfer.
struct AnswerTaker {
  std::function<void(const v1::HttpAnswer& head)> begin;
  std::function<void(absl::string_view piece)> take;
};

// Sends and receives at once, with a progress bar on a terminal. OK: the answer was whole. Errors: the service's, or
// kCancelled where the body could not be read. Throws what `taker` throws.
absl::StatusOr<v1::StreamEnd> RunTransfer(const Client& client, const CallOptions& options, Transfer& transfer,
                                          const AnswerTaker& taker);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_STREAMED_TRANSFER_H_
