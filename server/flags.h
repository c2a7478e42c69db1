// The command line of oauth1d.
#ifndef OAUTH1D_SERVER_FLAGS_H_
#define OAUTH1D_SERVER_FLAGS_H_

#include <optional>
#include <string>

namespace oauth1d {

struct Flags {
  std::string config = "/etc/oauth1d/oauth1d.yaml";
  std::string check_config;  // not empty: check this file and end
  bool print_config = false;
  std::string listen;  // not empty: in place of listen.address
  bool list_records = false;
  std::string print_record;  // not empty: print this record and end
  bool dangerously_listen_without_tls = false;
};

// Nothing where the process shall end with `exit_status`: after --help and --version, or a wrong flag.
std::optional<Flags> ParseFlags(int argc, char** argv, int& exit_status);

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_FLAGS_H_
