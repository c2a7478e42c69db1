// Requests as curl's users write them.
#ifndef OAUTH1D_CLIENT_CLI_TRANSFER_ARGUMENTS_H_
#define OAUTH1D_CLIENT_CLI_TRANSFER_ARGUMENTS_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/call_commands.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d::cli {

// RequestCommand, and what curl has beyond it.
struct TransferCommand : RequestCommand {
  std::vector<std::string> words;         // URL, or METHOD and URL
  std::string explicit_method;            // -X
  std::vector<std::string> data;          // -d: text, @FILE or @-, without line breaks
  std::vector<std::string> binary_data;   // --data-binary: the same, as it is
  std::vector<std::string> encoded_data;  // --data-urlencode: text, name=text, @FILE, name@FILE
  std::vector<std::string> parts;         // -F
  std::string upload_file;                // -T: FILE, or -
  bool data_in_query = false;             // -G
  std::string output;                     // -o: FILE, or -
  bool show_headers = false;              // -i
  bool fail = false;                      // --fail
  std::string as;                         // which login
};

// A body, or the data of a last part, that is sent piece by piece.
struct StreamedBody {
  // Up to `most` bytes, as soon as there are some; 0: that was all; negative: it cannot be read.
  std::function<ssize_t(char* into, size_t most)> read;
  std::optional<uint64_t> size;  // none: not known
};

struct Transfer {
  v1::SignedRequestRequest request;  // without credentials where the login's token is to be used
  std::optional<StreamedBody> body;  // none: `request` is whole
  bool streamed = false;             // to be sent by StreamSignedRequest
};

// What is too large for one message is streamed, and so is what has an output. Throws std::runtime_error for what the
// user must mend.
Transfer PrepareTransfer(const TransferCommand& command);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_TRANSFER_ARGUMENTS_H_
