// Where the service is, and how to reach it.
#ifndef OAUTH1D_CLIENT_OPTIONS_H_
#define OAUTH1D_CLIENT_OPTIONS_H_

#include <string>

namespace oauth1d {

// Settings of a Client. There is no operator<< on purpose: `api_key` is a secret.
struct ClientOptions {
  // HOST:PORT, [ADDRESS]:PORT, unix:/path, or any gRPC target such as dns:///oauth1d:50051, whose addresses take turns.
  std::string server = "127.0.0.1:50051";
  // PEM files. TLS is used where one of them is named; without ca_file the system's roots are trusted. cert_file and
  // key_file, together, identify this application.
  std::string ca_file;
  std::string cert_file;
  std::string key_file;
  // Sent as `authorization: Bearer KEY`. Without TLS, whoever is on the way can read it.
  std::string api_key;

  // Reads OAUTH1D_SERVER, OAUTH1D_CA_FILE, OAUTH1D_CERT_FILE, OAUTH1D_KEY_FILE and OAUTH1D_API_KEY; what is not set, or
  // empty, stays as it is above.
  static ClientOptions FromEnvironment();
};

}  // namespace oauth1d

#endif  // OAUTH1D_CLIENT_OPTIONS_H_
