// oauth1ctl: the contract from a terminal, and what needs no server.
#include <grpc/support/log.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "client/cli/api_key_command.h"
#include "client/cli/call_commands.h"
#include "client/cli/connection.h"
#include "client/cli/explain_command.h"
#include "client/cli/health_command.h"
#include "client/cli/keyring_command.h"
#include "client/cli/public_key_command.h"
#include "client/cli/report.h"
#include "client/cli/sign_jsonl.h"
#include "client/cli/token_commands.h"

namespace oauth1d::cli {
namespace {

// What `request` and `explain` have in common.
void AddRequestOptions(CLI::App& app, RequestCommand& request) {
  app.add_option("PROVIDER", request.provider)->required();
  app.add_option("METHOD", request.method)->required();
  app.add_option("URL", request.url, "Relative to the provider's API base, or inside one")->required();
  CLI::Option* const token = app.add_option("--token", request.token, "@FILE, or - for standard input");
  CLI::Option* const application = app.add_flag("--application", request.application, "Without a user (two-legged)");
  token->excludes(application);
  app.add_option("--consumer", request.consumer, "Where the provider has several");
  app.add_option("--parameter", request.provider_parameters, "k=v, for the host templates; may come again");
  app.add_option("--query", request.query, "k=v; may come again");
  CLI::Option* const form = app.add_option("--form", request.form, "k=v; may come again");
  app.add_option("--header", request.headers, "k:v; may come again");
  app.add_option("--body", request.body, "@FILE, or - for standard input, or the text")->excludes(form);
  app.add_option("--content-type", request.content_type, "Of the body");
  app.parse_complete_callback([&request] {
    if (request.token.empty() && !request.application) throw CLI::RequiredError("--token or --application");
  });
}

void AddTokenCommands(CLI::App& app, const Connection& connection, const bool& json, ImportCommand& import,
                      std::string& access_token, int& exit_status) {
  app.require_subcommand(1);
  CLI::App* const importing = app.add_subcommand("import", "Seal a token that you have, or get one for a password");
  importing->add_option("PROVIDER", import.provider)->required();
  importing->add_option("--consumer", import.consumer, "Where the provider has several");
  importing->add_option("--parameter", import.provider_parameters, "k=v, for the host templates; may come again");
  CLI::Option* const token = importing->add_option("--token", import.token, "oauth_token");
  importing->add_option("--token-secret", import.token_secret, "@FILE, or - for standard input")->needs(token);
  CLI::Option* const username = importing->add_option("--username", import.username, "For xAuth")->excludes(token);
  importing->add_option("--password", import.password, "@FILE, or - for standard input")->needs(username);
  importing->callback([&] {
    if (import.token.empty() && import.username.empty()) throw CLI::RequiredError("--token or --username");
    exit_status = ImportToken(connection, json, import);
  });
  using Command = int (*)(const Connection&, bool, const std::string&);
  const auto add = [&](const char* name, const char* text, Command command) {
    CLI::App* const added = app.add_subcommand(name, text);
    added->add_option("TOKEN", access_token, "@FILE, or - for standard input")->required();
    added->callback([&, command] { exit_status = command(connection, json, access_token); });
  };
  add("refresh", "Renew it at the provider: prints the new one", RefreshToken);
  add("rewrap", "Seal it with the newest key: prints the new one", RewrapToken);
  add("revoke", "Tell the provider that it is of no more use", RevokeToken);
}

void AddKeyringFileCommands(CLI::App& app, RotateCommand& rotate, std::string& listed, int& exit_status) {
  CLI::App* const rotating = app.add_subcommand("rotate", "Take the next step of a rotation, and tell what comes then");
  rotating->add_option("FILE", rotate.file, "The keyring; rewritten at once, without its comments")->required();
  CLI::Option* const stage =
      rotating->add_flag("--stage", rotate.stage, "Where a key becomes active, add the next one");
  CLI::Option* const id = rotating->add_option("--id", rotate.new_id, "Of a key that is added; default: a random one");
  rotating->add_option("--retire", rotate.retire, "Forget this old key for good; rewrap what it sealed before")
      ->excludes(stage)
      ->excludes(id);
  rotating->callback([&] { exit_status = RotateKeyring(rotate); });
  CLI::App* const listing = app.add_subcommand("list", "Print ids and states, the oldest first; never a key");
  listing->add_option("FILE", listed, "The keyring")->required();
  listing->callback([&] { exit_status = ListKeyring(listed); });
}

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
  start_app->add_option("--parameter", start.provider_parameters, "k=v, for the host templates; may come again");
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
  AddRequestOptions(*request_app, request);
  request_app->callback([&] { exit_status = Request(connection, json, request); });

  ExplainCommand explain;
  CLI::App* const explain_app =
      app.add_subcommand("explain", "Show how a request is signed, and where the provider's base string differs");
  AddRequestOptions(*explain_app, explain.request);
  explain_app->add_option("--timestamp", explain.timestamp, "Of an earlier signature; default: now");
  explain_app->add_option("--nonce", explain.nonce, "Of an earlier signature; default: a fresh one");
  explain_app->add_option("--base-string", explain.base_string,
                          "What the provider printed: @FILE, or - for standard input, or the text");
  explain_app->callback([&] { exit_status = Explain(connection, json, explain); });

  ImportCommand import;
  std::string access_token;
  CLI::App* const token_app = app.add_subcommand("token", "Import, refresh, rewrap or revoke an access token");
  AddTokenCommands(*token_app, connection, json, import, access_token, exit_status);

  app.add_subcommand("health", "Is it serving, and is its store up?")->callback([&] {
    exit_status = Health(connection, json);
  });

  std::string key_id;
  CLI::App* const keyring = app.add_subcommand("keyring", "Keys that seal flows and tokens")->require_subcommand(1);
  CLI::App* const keyring_new = keyring->add_subcommand("new", "Print a keyring with one fresh key");
  keyring_new->add_option("--id", key_id, "The key's id; default: a random one");
  keyring_new->callback([&] { exit_status = NewKeyring(key_id); });
  RotateCommand rotate;
  std::string listed;
  AddKeyringFileCommands(*keyring, rotate, listed, exit_status);

  CLI::App* const api_key = app.add_subcommand("api-key", "Keys that callers show")->require_subcommand(1);
  api_key->add_subcommand("new", "Print a fresh one, and the configuration's line for it")->callback([&] {
    exit_status = NewApiKey();
  });

  std::string key_file;
  std::string passphrase_file;
  CLI::App* const public_key = app.add_subcommand("public-key", "Print the public key of an RSA private key, in PEM");
  public_key->add_option("FILE", key_file, "PEM or PKCS#12")->required();
  public_key->add_option("--passphrase-file", passphrase_file, "Where the file is encrypted");
  public_key->callback([&] { exit_status = PrintPublicKey(key_file, passphrase_file, std::cout, std::cerr); });

  bool jsonl = false;
  CLI::App* const sign = app.add_subcommand("sign", "Sign requests without a server");
  sign->add_flag("--jsonl", jsonl, "One JSON object a line on stdin, one a line on stdout")->required();
  sign->callback([&] { exit_status = SignJsonl(std::cin, std::cout, RealEnvironment()); });

  app.footer(R"(Examples:
  oauth1ctl providers
  oauth1ctl start twitter http://127.0.0.1:8000/auth/twitter
  oauth1ctl complete twitter --callback 'http://127.0.0.1:8000/auth/twitter?state=…' --cookie 'oauth1-…=…' > token
  oauth1ctl request twitter GET account/verify_credentials.json --token @token
  oauth1ctl explain twitter GET account/verify_credentials.json --token @token --base-string @what-they-said
  oauth1ctl token refresh @token > new && mv new token
  oauth1ctl keyring new > keyring.yaml && chmod 600 keyring.yaml
  oauth1ctl keyring rotate keyring.yaml
  oauth1ctl api-key new
  oauth1ctl public-key consumer.pem
  echo '{"method":"GET","url":"https://api.example/","consumer_key":"k","consumer_secret":"s"}' | oauth1ctl sign --jsonl

Environment: OAUTH1D_SERVER; for a server with TLS OAUTH1D_CA_FILE, and OAUTH1D_CERT_FILE with OAUTH1D_KEY_FILE where it
wants to know callers; OAUTH1D_API_KEY.

Exit status: 0; 1 explain found a difference; 64 usage; 65 a line of sign failed; else 10 + the gRPC code.)");

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
