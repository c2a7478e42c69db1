#include "oauth1d/client_options.h"

#include <cstdlib>

#include "absl/strings/ascii.h"

namespace oauth1d {
namespace {

void Read(const char* name, std::string& setting) {
  const char* const value = std::getenv(name);
  if (value != nullptr && *value != '\0') setting = value;
}

}  // namespace

ClientOptions ClientOptions::FromEnvironment() {
  ClientOptions options;
  Read("OAUTH1D_SERVER", options.server);
  Read("OAUTH1D_CA_FILE", options.ca_file);
  Read("OAUTH1D_CERT_FILE", options.cert_file);
  Read("OAUTH1D_KEY_FILE", options.key_file);
  Read("OAUTH1D_API_KEY", options.api_key);
  absl::StripAsciiWhitespace(&options.api_key);  // a key that was read from a file often ends in a line break
  return options;
}

}  // namespace oauth1d
