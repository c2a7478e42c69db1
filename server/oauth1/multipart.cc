#include "server/oauth1/multipart.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::oauth1 {
namespace {

std::string Quoted(absl::string_view text) {
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "%22"}}), "\"");
}

}  // namespace

absl::Status CheckPart(const Part& part) {
  if (part.name.empty()) return absl::InvalidArgumentError("has no name");
  if (HasControlCharacters(part.name)) return absl::InvalidArgumentError("has a control character in its name");
  if (HasControlCharacters(part.filename)) return absl::InvalidArgumentError("has a control character in its filename");
  if (HasControlCharacters(part.content_type)) {
    return absl::InvalidArgumentError("has a control character in its content_type");
  }
  return absl::OkStatus();
}

std::string EncodeMultipart(const std::vector<Part>& parts, absl::string_view boundary) {
  std::string body;
  for (const Part& part : parts) {
    absl::StrAppend(&body, "--", boundary, "\r\nContent-Disposition: form-data; name=", Quoted(part.name));
    if (!part.filename.empty()) absl::StrAppend(&body, "; filename=", Quoted(part.filename));
    absl::string_view type = part.content_type;
    if (type.empty() && !part.filename.empty()) type = "application/octet-stream";
    if (!type.empty()) absl::StrAppend(&body, "\r\nContent-Type: ", type);
    absl::StrAppend(&body, "\r\n\r\n", part.data, "\r\n");
  }
  absl::StrAppend(&body, "--", boundary, "--\r\n");
  return body;
}

std::string MultipartContentType(absl::string_view boundary) {
  return absl::StrCat("multipart/form-data; boundary=", boundary);
}

}  // namespace oauth1d::oauth1
