#include <iostream>
#include <memory>

#include "client/cli/api_key_command.h"
#include "client/cli/keyring_command.h"
#include "client/cli/public_key_command.h"
#include "client/cli/sign_jsonl.h"
#include "client/cli/subcommands.h"

namespace oauth1d::cli {
namespace {

void AddKeyring(CLI::App& app, Session& session) {
  CLI::App* const keyring = app.add_subcommand("keyring", "Keys that seal flows and tokens")->require_subcommand(1);
  const auto key_id = std::make_shared<std::string>();
  CLI::App* const making = keyring->add_subcommand("new", "Print a keyring with one fresh key");
  making->add_option("--id", *key_id, "The key's id; default: a random one");
  making->callback([&session, key_id] { session.exit_status = NewKeyring(*key_id); });

  const auto rotate = std::make_shared<RotateCommand>();
  CLI::App* const rotating =
      keyring->add_subcommand("rotate", "Take the next step of a rotation, and tell what comes then");
  rotating->add_option("FILE", rotate->file, "The keyring; rewritten at once, without its comments")->required();
  CLI::Option* const stage =
      rotating->add_flag("--stage", rotate->stage, "Where a key becomes active, add the next one");
  CLI::Option* const id = rotating->add_option("--id", rotate->new_id, "Of a key that is added; default: a random one");
  rotating->add_option("--retire", rotate->retire, "Forget this old key for good; rewrap what it sealed before")
      ->excludes(stage)
      ->excludes(id);
  rotating->callback([&session, rotate] { session.exit_status = RotateKeyring(*rotate); });

  const auto listed = std::make_shared<std::string>();
  CLI::App* const listing =
      keyring->add_subcommand("list", "Print ids, states and days of making, the oldest first; never a key");
  listing->add_option("FILE", *listed, "The keyring")->required();
  listing->callback([&session, listed] { session.exit_status = ListKeyring(*listed); });
}

}  // namespace

void AddOfflineCommands(CLI::App& app, Session& session) {
  AddKeyring(app, session);
  CLI::App* const api_key = app.add_subcommand("api-key", "Keys that callers show")->require_subcommand(1);
  api_key->add_subcommand("new", "Print a fresh one, and the configuration's line for it")->callback([&session] {
    session.exit_status = NewApiKey();
  });

  const auto key_file = std::make_shared<std::string>();
  const auto passphrase_file = std::make_shared<std::string>();
  CLI::App* const public_key = app.add_subcommand("public-key", "Print the public key of an RSA private key, in PEM");
  public_key->add_option("FILE", *key_file, "PEM or PKCS#12")->required();
  public_key->add_option("--passphrase-file", *passphrase_file, "Where the file is encrypted");
  public_key->callback([&session, key_file, passphrase_file] {
    session.exit_status = PrintPublicKey(*key_file, *passphrase_file, std::cout, std::cerr);
  });

  CLI::App* const sign = app.add_subcommand("sign", "Sign requests without a server");
  const auto jsonl = std::make_shared<bool>(false);
  sign->add_flag("--jsonl", *jsonl, "One JSON object a line on stdin, one a line on stdout")->required();
  sign->callback([&session, jsonl] { session.exit_status = SignJsonl(std::cin, std::cout, RealEnvironment()); });
}

}  // namespace oauth1d::cli
