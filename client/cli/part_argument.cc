#include "client/cli/part_argument.h"

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "client/cli/arguments.h"

namespace oauth1d::cli {
namespace {

constexpr char kType[] = ";type=";
constexpr char kFilename[] = ";filename=";

// Cuts the last `;word=value` off the end. False: there is none.
bool TakeOption(std::string& text, PartArgument& part) {
  const size_t at = text.rfind(';');
  if (at == std::string::npos) return false;
  const absl::string_view option = absl::string_view(text).substr(at);
  if (absl::StartsWith(option, kType)) {
    part.content_type = std::string(option.substr(sizeof kType - 1));
  } else if (absl::StartsWith(option, kFilename)) {
    part.filename = std::string(option.substr(sizeof kFilename - 1));
  } else {
    return false;
  }
  text.resize(at);
  return true;
}

}  // namespace

PartArgument ParsePart(const std::string& argument) {
  PartArgument part;
  auto [name, value] = Split(argument, '=', "-F");
  part.name = name;
  while (TakeOption(value, part)) {
  }
  const bool upload = absl::StartsWith(value, "@");
  if (!upload && !absl::StartsWith(value, "<")) {
    part.text = value;
    return part;
  }
  part.file = value.substr(1);
  if (upload && part.filename.empty()) {
    const std::string base = part.file.substr(part.file.rfind('/') + 1);
    part.filename = base == "-" ? "stdin" : base;
  }
  return part;
}

}  // namespace oauth1d::cli
