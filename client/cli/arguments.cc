#include "client/cli/arguments.h"

#include <fstream>
#include <iostream>
#include <stdexcept>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace oauth1d::cli {
namespace {

std::string ReadAll(std::istream& in, const std::string& name) {
  std::string text;
  char piece[4096];
  while (in.read(piece, sizeof(piece)) || in.gcount() > 0) text.append(piece, static_cast<size_t>(in.gcount()));
  if (in.bad()) throw std::runtime_error("cannot read " + name);  // a folder, too
  return text;
}

}  // namespace

std::string ReadArgument(const std::string& argument) {
  if (argument == "-") return ReadAll(std::cin, "standard input");
  if (argument.empty() || argument[0] != '@') return argument;
  std::ifstream file(argument.substr(1), std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + argument.substr(1));
  return ReadAll(file, argument.substr(1));
}

std::string ReadSecretArgument(const std::string& argument, const char* option) {
  if (argument != "-" && !absl::StartsWith(argument, "@")) {
    throw std::runtime_error(std::string(option) + ": must be @FILE or -");
  }
  return std::string(absl::StripAsciiWhitespace(ReadArgument(argument)));
}

std::pair<std::string, std::string> Split(const std::string& pair, char separator, const char* option) {
  const size_t at = pair.find(separator);
  if (at == std::string::npos) throw std::runtime_error(std::string(option) + ": no '" + separator + "' in it");
  return {pair.substr(0, at), pair.substr(at + 1)};
}

void AddParameters(const std::vector<std::string>& pairs, const char* option,
                   google::protobuf::RepeatedPtrField<v1::Parameter>& parameters) {
  for (const std::string& pair : pairs) {
    auto [name, value] = Split(pair, '=', option);
    v1::Parameter& added = *parameters.Add();
    added.set_name(name);
    added.set_value(value);
  }
}

}  // namespace oauth1d::cli
