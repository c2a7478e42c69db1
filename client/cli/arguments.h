// What arguments of oauth1ctl may be. All functions throw std::runtime_error for what the user must mend.
#ifndef OAUTH1D_CLIENT_CLI_ARGUMENTS_H_
#define OAUTH1D_CLIENT_CLI_ARGUMENTS_H_

#include <google/protobuf/repeated_ptr_field.h>

#include <string>
#include <utility>
#include <vector>

#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d::cli {

// @FILE, - for stdin, or the text itself.
std::string ReadArgument(const std::string& argument);

// A secret: @FILE or - alone, since the command line stands in every list of processes. White space around it is cut
// off.
std::string ReadSecretArgument(const std::string& argument, const char* option);

std::pair<std::string, std::string> Split(const std::string& pair, char separator, const char* option);

// Adds `name=value` pairs.
void AddParameters(const std::vector<std::string>& pairs, const char* option,
                   google::protobuf::RepeatedPtrField<v1::Parameter>& parameters);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_ARGUMENTS_H_
