#include "server/flags.h"

#include <CLI/CLI.hpp>

namespace oauth1d {

std::optional<Flags> ParseFlags(int argc, char** argv, int& exit_status) {
  Flags flags;
  CLI::App app{"oauth1d: OAuth 1.0 as a gRPC service."};
  app.add_option("--config", flags.config, "The configuration")->envname("OAUTH1D_CONFIG")->capture_default_str();
  app.add_option("--check-config", flags.check_config, "Check this file: prints ok, or one line for each mistake");
  app.add_flag("--print-config", flags.print_config, "Print the effective configuration, secrets as <set>");
  app.add_option("--listen", flags.listen, "Listen here instead: HOST:PORT, [V6]:PORT or unix:/PATH; port 0: any");
  app.add_flag("--dangerously-listen-without-tls", flags.dangerously_listen_without_tls,
               "Allow plain text beyond loopback: everybody on the way can read access tokens");
  app.add_flag("--list-records", flags.list_records, "Print the names of the built-in provider records");
  app.add_option("--print-record", flags.print_record, "Print a built-in record: where its quirks come from, and YAML");
  app.set_version_flag("--version", "oauth1d " OAUTH1D_VERSION);
  app.footer(R"(Examples:
  oauth1d --config oauth1d.yaml
  oauth1d --config oauth1d.yaml --listen 127.0.0.1:0
  oauth1d --check-config oauth1d.yaml
  oauth1d --print-record flickr

It is ready when it writes a line with "event":"listening" to stderr.
Exit status: 0 drained, 1 second signal, 69 cannot listen, 78 configuration, secret, keyring or unsuitable Redis.)");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    constexpr int kUsage = 64;
    exit_status = app.exit(error) == 0 ? 0 : kUsage;
    return std::nullopt;
  }
  return flags;
}

}  // namespace oauth1d
