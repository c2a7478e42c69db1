// oauth1ctl: the contract from a terminal, and what needs no server.
#include <grpc/support/log.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "client/cli/call_commands.h"
#include "client/cli/connection.h"
#include "client/cli/health_command.h"
#include "client/cli/keyring_command.h"
#include "client/cli/report.h"
#include "client/cli/sign_jsonl.h"

namespace oauth1d::cli {
namespace {

int Main(int argc, char** argv) {
  Connection connection = Connection::FromEnvironment();
  bool json = false;
  int exit_status = 0;

  CLI::App app{"oauth1ctl: talks to oauth1d, signs requests offline, makes keyrings."};
  app.set_version_flag("--version", "oauth1ctl " OAUTH1D_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--server", connection.server,
                 "HOST:PORT or unix:/PATH; default $OAUTH1D_SERVER, then 127.0.0.1:50051");
  app.add_flag("--json", json, "Print responses as proto JSON, and errors as JSON on stderr");
  app.add_option("--timeout", connection.timeout_seconds, "Seconds; default 30")->check(CLI::Range(1, 3600));

  app.add_subcommand("providers", "List the providers")->callback([&] { exit_status = Providers(connection, json); });

  StartCommand start;
  CLI::App* const start_app = app.add_subcommand("start", "Begin a login: prints where to send the browser");
  start_app->add_option("PROVIDER", start.provider)->required();
  start_app->add_option("CALLBACK_URL", start.callback_url, "As configured, or oob")->required();
  start_app->add_option("--app-state", start.app_state, "Comes back at the end");
  start_app->add_option("--consumer", start.consumer, "Where the provider has several");
  start_app->callback([&] { exit_status = Start(connection, json, start); });

  CompleteCommand complete;
  CLI::App* const complete_app = app.add_subcommand("complete", "Finish a login: prints the access token");
  complete_app->add_option("PROVIDER", complete.provider)->required();
  complete_app->add_option("--callback", complete.callback, "The URL or query that the browser came back with")
      ->required();
  complete_app->add_option("--cookie", complete.cookies, "NAME=VALUE, as start printed it")->required();
  complete_app->callback([&] { exit_status = Complete(connection, json, complete); });

  RequestCommand request;
  CLI::App* const request_app = app.add_subcommand("request", "Send a signed request: prints the answer's body");
  request_app->add_option("PROVIDER", request.provider)->required();
  request_app->add_option("METHOD", request.method)->required();
  request_app->add_option("URL", request.url, "Relative to the provider's API base, or inside one")->required();
  CLI::Option* const token = request_app->add_option("--token", request.token, "@FILE, or - for standard input");
  CLI::Option* const application =
      request_app->add_flag("--application", request.application, "Without a user (two-legged)");
  token->excludes(application);
  request_app->add_option("--consumer", request.consumer, "Where the provider has several");
  request_app->add_option("--query", request.query, "k=v; may come again");
  CLI::Option* const form = request_app->add_option("--form", request.form, "k=v; may come again");
  request_app->add_option("--header", request.headers, "k:v; may come again");
  request_app->add_option("--body", request.body, "@FILE, or - for standard input, or the text")->excludes(form);
  request_app->add_option("--content-type", request.content_type, "Of the body");
  request_app->callback([&] {
    if (request.token.empty() && !request.application) throw CLI::RequiredError("--token or --application");
    exit_status = Request(connection, json, request);
  });

  app.add_subcommand("health", "Is it serving, and is its store up?")->callback([&] {
    exit_status = Health(connection, json);
  });

  std::string key_id;
  CLI::App* const keyring = app.add_subcommand("keyring", "Keys that seal flows and tokens")->require_subcommand(1);
  CLI::App* const keyring_new = keyring->add_subcommand("new", "Print a keyring with one fresh key");
  keyring_new->add_option("--id", key_id, "The key's id; default: a random one");
  keyring_new->callback([&] { exit_status = NewKeyring(key_id); });

  bool jsonl = false;
  CLI::App* const sign = app.add_subcommand("sign", "Sign requests without a server");
  sign->add_flag("--jsonl", jsonl, "One JSON object a line on stdin, one a line on stdout")->required();
  sign->callback([&] { exit_status = SignJsonl(std::cin, std::cout, RealEnvironment()); });

  app.footer(R"(Examples:
  oauth1ctl providers
  oauth1ctl start twitter http://127.0.0.1:8000/auth/twitter
  oauth1ctl complete twitter --callback 'http://127.0.0.1:8000/auth/twitter?state=…' --cookie 'oauth1-…=…' > token
  oauth1ctl request twitter GET account/verify_credentials.json --token @token
  oauth1ctl keyring new > keyring.yaml && chmod 600 keyring.yaml
  echo '{"method":"GET","url":"https://api.example/","consumer_key":"k","consumer_secret":"s"}' | oauth1ctl sign --jsonl

Exit status: 0; 64 usage; 65 a line of sign failed; else 10 + the gRPC code.)");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  } catch (const std::exception& error) {
    std::cerr << "oauth1ctl: " << error.what() << "\n";
    return kUsage;
  }
  return exit_status;
}

}  // namespace
}  // namespace oauth1d::cli

int main(int argc, char** argv) {
  gpr_set_log_function([](gpr_log_func_args*) {});  // what fails is told once, by us
  return oauth1d::cli::Main(argc, argv);
}
