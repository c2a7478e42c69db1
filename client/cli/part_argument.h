// One -F of a request, as curl has it.
#ifndef OAUTH1D_CLIENT_CLI_PART_ARGUMENT_H_
#define OAUTH1D_CLIENT_CLI_PART_ARGUMENT_H_

#include <string>

namespace oauth1d::cli {

struct PartArgument {
  std::string name;
  std::string text;      // where there is no file
  std::string file;      // to read, `-` for standard input
  std::string filename;  // as told to the provider; empty: a plain field
  std::string content_type;
};

// name=text, name=@FILE or name=<FILE, then ;type=TYPE and ;filename=NAME. Throws std::runtime_error.
PartArgument ParsePart(const std::string& argument);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_PART_ARGUMENT_H_
