#include "client/cli/transfer_arguments.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/arguments.h"
#include "client/cli/descriptor.h"
#include "client/cli/part_argument.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::cli {
namespace {

constexpr char kForm[] = "application/x-www-form-urlencoded";
// A message may have 4 MiB, and a body in it 3.5.
constexpr size_t kMostInOneMessage = size_t{3} << 20;

std::string FileOrText(const std::string& argument) { return ReadArgument(argument == "@-" ? "-" : argument); }

std::string WithoutLineBreaks(const std::string& text) {
  std::string kept;
  for (const char c : text) {
    if (c != '\r' && c != '\n' && c != '\0') kept.push_back(c);
  }
  return kept;
}

// curl's --data-urlencode.
std::string Encoded(const std::string& argument) {
  const size_t at = argument.find_first_of("=@");
  const bool from_file = at != std::string::npos && argument[at] == '@';
  const std::string name = at == std::string::npos ? "" : argument.substr(0, at);
  std::string text = at == std::string::npos ? argument : argument.substr(at + 1);
  if (from_file) text = FileOrText("@" + text);
  return absl::StrCat(name, name.empty() ? "" : "=", oauth1::PercentEncode(text));
}

std::string JoinedData(const TransferCommand& command) {
  std::vector<std::string> pieces;
  for (const std::string& one : command.data) {
    pieces.push_back(absl::StartsWith(one, "@") ? WithoutLineBreaks(FileOrText(one)) : one);
  }
  for (const std::string& one : command.binary_data) pieces.push_back(FileOrText(one));
  for (const std::string& one : command.encoded_data) pieces.push_back(Encoded(one));
  return absl::StrJoin(pieces, "&");
}

void SetWords(const TransferCommand& command, bool has_data, RequestCommand& request) {
  if (command.words.empty() || command.words.size() > 2) throw std::runtime_error("URL, or METHOD and URL, are needed");
  request.url = command.words.back();
  const std::string named = command.words.size() == 2 ? command.words[0] : "";
  if (!named.empty() && !command.explicit_method.empty() && !absl::EqualsIgnoreCase(named, command.explicit_method)) {
    throw std::runtime_error("-X and METHOD name two methods");
  }
  request.method = named.empty() ? command.explicit_method : named;
  if (!request.method.empty()) return;
  request.method = !command.upload_file.empty() ? "PUT" : has_data ? "POST" : "GET";
}

// A body's type is no header of its own in the contract.
std::string TakeContentType(RequestCommand& request) {
  std::string type = request.content_type;
  std::vector<std::string> kept;
  for (const std::string& header : request.headers) {
    const auto [name, value] = Split(header, ':', "--header");
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(name), "content-type")) {
      type = std::string(absl::StripAsciiWhitespace(value));
    } else {
      kept.push_back(header);
    }
  }
  request.headers = std::move(kept);
  return type;
}

StreamedBody OpenFile(const std::string& name) {
  StreamedBody body;
  const int opened = name == "-" ? dup(STDIN_FILENO) : open(name.c_str(), O_RDONLY | O_CLOEXEC);
  const auto file = std::make_shared<Descriptor>(opened);
  struct stat facts {};
  if (!file->valid() || fstat(file->get(), &facts) != 0) throw std::runtime_error("cannot read " + name);
  if (S_ISDIR(facts.st_mode)) throw std::runtime_error(name + " is a folder");
  if (S_ISREG(facts.st_mode) && name != "-") body.size = static_cast<uint64_t>(facts.st_size);
  body.read = [file](char* into, size_t most) { return read(file->get(), into, most); };
  return body;
}

std::string ReadAll(const StreamedBody& body, const std::string& name) {
  std::string text;
  char piece[16 * 1024];
  for (;;) {
    const ssize_t size = body.read(piece, sizeof piece);
    if (size < 0) throw std::runtime_error("cannot read " + name);
    if (size == 0) return text;
    text.append(piece, static_cast<size_t>(size));
  }
}

// The last part may be of any size; those before it stand in the first message.
void AddParts(const TransferCommand& command, v1::HttpCall& call, Transfer& transfer) {
  for (size_t i = 0; i < command.parts.size(); ++i) {
    const PartArgument part = ParsePart(command.parts[i]);
    v1::Part& added = *call.mutable_multipart()->add_parts();
    added.set_name(part.name);
    added.set_filename(part.filename);
    added.set_content_type(part.content_type);
    if (part.file.empty()) {
      added.set_data(part.text);
      continue;
    }
    StreamedBody file = OpenFile(part.file);
    const bool large = !file.size.has_value() || *file.size > kMostInOneMessage;
    if (large && i + 1 == command.parts.size() && file.size.has_value()) {
      call.set_content_length(*file.size);
      transfer.body = std::move(file);
      return;
    }
    if (large && file.size.has_value()) throw std::runtime_error(part.file + ": put a large file last");
    added.set_data(ReadAll(file, part.file));
  }
}

// Takes a body that is too large for one message out of it.
void StreamLargeBody(v1::HttpCall& call, Transfer& transfer) {
  if (call.body().size() <= kMostInOneMessage) return;
  StreamedBody body;
  body.size = call.body().size();
  const auto text = std::make_shared<const std::string>(std::move(*call.mutable_body()));
  body.read = [text, at = size_t{0}](char* into, size_t most) mutable {
    const size_t size = text->copy(into, most, at);
    at += size;
    return static_cast<ssize_t>(size);
  };
  call.clear_body();
  call.set_content_length(*body.size);
  transfer.body = std::move(body);
}

}  // namespace

Transfer PrepareTransfer(const TransferCommand& command) {
  const bool has_data = !command.data.empty() || !command.binary_data.empty() || !command.encoded_data.empty();
  const bool data_is_body = has_data && !command.data_in_query;
  const int contents = (data_is_body ? 1 : 0) + (command.parts.empty() ? 0 : 1) +
                       (command.upload_file.empty() ? 0 : 1) + (command.form.empty() ? 0 : 1) +
                       (command.body.empty() ? 0 : 1);
  if (contents > 1) throw std::runtime_error("-d, -F, -T, --form and --body cannot be combined");
  if (command.data_in_query && !has_data) throw std::runtime_error("-G needs -d or --data-urlencode");

  RequestCommand request = command;
  SetWords(command, contents > 0, request);
  const bool has_body = data_is_body || !command.upload_file.empty() || !command.body.empty();
  if (has_body) request.content_type = TakeContentType(request);
  Transfer transfer;
  transfer.request = MakeRequest(request);
  v1::HttpCall& call = *transfer.request.mutable_call();
  if (command.data_in_query) {
    absl::StrAppend(call.mutable_url(), absl::StrContains(call.url(), '?') ? "&" : "?", JoinedData(command));
  } else if (has_data) {
    call.set_body(JoinedData(command));
    if (call.content_type().empty()) call.set_content_type(kForm);
  }
  if (!command.upload_file.empty()) {
    transfer.body = OpenFile(command.upload_file);
    if (transfer.body->size.has_value()) call.set_content_length(*transfer.body->size);
    if (call.content_type().empty()) call.set_content_type("application/octet-stream");
  }
  if (!command.parts.empty()) AddParts(command, call, transfer);
  if (has_body) StreamLargeBody(call, transfer);
  transfer.streamed = transfer.body.has_value() || !command.output.empty() ||
                      transfer.request.ByteSizeLong() > kMostInOneMessage + (size_t{1} << 18);
  return transfer;
}

}  // namespace oauth1d::cli
