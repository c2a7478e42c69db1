// multipart/form-data bodies (RFC 7578). They are no part of the signature (RFC 5849 section 3.4.1.3.1).
#ifndef OAUTH1D_SERVER_OAUTH1_MULTIPART_H_
#define OAUTH1D_SERVER_OAUTH1_MULTIPART_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace oauth1d::oauth1 {

struct Part {
  std::string name;
  std::string filename;      // empty: a plain field
  std::string content_type;  // empty: none for a field, application/octet-stream for a file
  std::string data;
};

// Names and types must hold no CR, LF or NUL; a quote in a name is written as %22, as browsers do.
// Errors: kInvalidArgument.
absl::Status CheckPart(const Part& part);

// The body. `boundary` is 256 random bits of text: no content can hold it by accident or by intent.
std::string EncodeMultipart(const std::vector<Part>& parts, absl::string_view boundary);

// The value of Content-Type for it.
std::string MultipartContentType(absl::string_view boundary);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_MULTIPART_H_
