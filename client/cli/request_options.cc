#include <memory>

#include "client/cli/explain_command.h"
#include "client/cli/request_command.h"
#include "client/cli/subcommands.h"

namespace oauth1d::cli {
namespace {

CLI::Option* Repeated(CLI::App& app, const char* name, std::vector<std::string>& values, const char* text) {
  return app.add_option(name, values, text)->allow_extra_args(false);
}

// What `request` and `explain` have in common.
void AddCommonOptions(CLI::App& app, RequestCommand& request) {
  CLI::Option* const token = app.add_option("--token", request.token, "@FILE, or - for standard input");
  CLI::Option* const application = app.add_flag("--application", request.application, "Without a user (two-legged)");
  token->excludes(application);
  app.add_option("--consumer", request.consumer, "Where the provider has several");
  Repeated(app, "--parameter", request.provider_parameters, "k=v, for the host templates; may come again");
  Repeated(app, "--query", request.query, "k=v; may come again");
  CLI::Option* const form = Repeated(app, "--form", request.form, "k=v; may come again");
  Repeated(app, "-H,--header", request.headers, "'k: v'; may come again");
  app.add_option("--body", request.body, "@FILE, or - for standard input, or the text")->excludes(form);
  app.add_option("--content-type", request.content_type, "Of the body");
}

}  // namespace

void AddRequestCommands(CLI::App& app, Session& session) {
  const auto request = std::make_shared<TransferCommand>();
  CLI::App* const sending = app.add_subcommand("request", "Send a signed request, much as curl would");
  sending->add_option("PROVIDER", request->provider)->required();
  sending
      ->add_option("URL", request->words,
                   "Relative to the provider's API base, or inside one; a METHOD may stand before it")
      ->required()
      ->expected(1, 2);
  AddCommonOptions(*sending, *request);
  sending->add_option("--as", request->as, "Which login to use, without --token and --application");
  sending->add_option("-X,--request", request->explicit_method, "Method; default GET, or POST with -d or -F");
  Repeated(*sending, "-d,--data", request->data, "Form data, or @FILE without its line breaks; may come again");
  Repeated(*sending, "--data-binary", request->binary_data, "As -d, and @FILE as it is");
  Repeated(*sending, "--data-urlencode", request->encoded_data, "name=text or name@FILE, percent-encoded");
  Repeated(*sending, "-F,--multipart", request->parts,
           "name=text, or name=@FILE;type=TYPE;filename=NAME; may come again");
  sending->add_option("-T,--upload-file", request->upload_file, "Send this file, or -, as the body; PUT");
  sending->add_flag("-G,--get", request->data_in_query, "Put -d into the query");
  sending->add_option("-o,--output", request->output,
                      "Write the answer's body here, whole or not at all; - for stdout");
  sending->add_flag("-i,--include", request->show_headers, "Print the answer's status and headers too");
  sending->add_flag("-f,--fail", request->fail, "Exit status 3 and no body where the provider answers 400 or more");
  sending->callback([&session, request] { session.exit_status = Request(session, *request); });

  const auto explain = std::make_shared<ExplainCommand>();
  CLI::App* const explaining =
      app.add_subcommand("explain", "Show how a request is signed, and where the provider's base string differs");
  explaining->add_option("PROVIDER", explain->request.provider)->required();
  explaining->add_option("METHOD", explain->request.method)->required();
  explaining->add_option("URL", explain->request.url, "Relative to the provider's API base, or inside one")->required();
  AddCommonOptions(*explaining, explain->request);
  explaining->add_option("--timestamp", explain->timestamp, "Of an earlier signature; default: now");
  explaining->add_option("--nonce", explain->nonce, "Of an earlier signature; default: a fresh one");
  explaining->add_option("--base-string", explain->base_string,
                         "What the provider printed: @FILE, or - for standard input, or the text");
  explaining->callback([&session, explain] {
    if (explain->request.token.empty() && !explain->request.application) {
      throw CLI::RequiredError("--token or --application");
    }
    session.exit_status = Explain(session.connection, session.json, *explain);
  });
}

}  // namespace oauth1d::cli
