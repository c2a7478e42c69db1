#include <iostream>
#include <memory>

#include "client/cli/completion.h"
#include "client/cli/manual.h"
#include "client/cli/report.h"
#include "client/cli/saved_logins.h"
#include "client/cli/subcommands.h"

namespace oauth1d::cli {
namespace {

// A shell waits for the answer at each press of a key.
constexpr int kPatience = 2;

// A completion that fails completes nothing.
CompletionSources SourcesOf(const Session& session) {
  CompletionSources sources;
  sources.providers = [&session]() -> std::vector<std::string> {
    Connection connection = session.connection;
    connection.timeout_seconds = kPatience;
    const auto listed = connection.Connect().ListProviders(v1::ListProvidersRequest(), connection.Options());
    std::vector<std::string> names;
    if (!listed.ok()) return names;
    for (const v1::Provider& provider : listed->providers()) names.push_back(ForTerminal(provider.name()));
    return names;
  };
  sources.accounts = [&session](const std::string& provider) {
    std::vector<std::string> accounts;
    for (const SavedLogin& login : SavedLogins(StateFolder()).All()) {
      const bool fits = provider.empty() || login.name.provider == provider;
      if (fits && login.name.server == session.connection.server) accounts.push_back(ForTerminal(login.name.account));
    }
    return accounts;
  };
  return sources;
}

}  // namespace

void AddShellCommands(CLI::App& app, Session& session) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* const completion = app.add_subcommand("completion", "Print a script that completes commands in your shell");
  completion->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([shell] { std::cout << CompletionScript(*shell); });

  app.add_subcommand("man", "Print the manual page")->callback([&app] { std::cout << ManualPage(app); });

  // Each word comes with a `.` before it: an empty one would be lost, and one with a `-` taken for an option.
  const auto words = std::make_shared<std::vector<std::string>>();
  CLI::App* const complete = app.add_subcommand("__complete", "What the scripts of completion ask");
  complete->group("");  // not for people
  complete->add_option("WORDS", *words);
  complete->callback([&app, &session, words] {
    for (std::string& word : *words) word.erase(0, 1);
    for (const std::string& candidate : Complete(app, *words, SourcesOf(session))) std::cout << candidate << "\n";
  });
}

}  // namespace oauth1d::cli
