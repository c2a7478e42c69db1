// oauth1ctl keyring.
#ifndef OAUTH1D_CLIENT_CLI_KEYRING_COMMAND_H_
#define OAUTH1D_CLIENT_CLI_KEYRING_COMMAND_H_

#include <string>

namespace oauth1d::cli {

// Prints a keyring with one fresh active key, as the configuration's keyring.file or .env takes it. An empty id: a
// random one.
int NewKeyring(const std::string& id);

struct RotateCommand {
  std::string file;
  bool stage = false;  // where the next key becomes active, add the one after it too
  std::string retire;  // in place of a rotation: the id of a key to retire
  std::string new_id;  // of a key that is added; empty: a random one
};

// A step of a rotation, and what to do next. Keys stand in the order of their age, the oldest first: one that opens
// only and stands behind the active one is the next. Without a next one it is added; else it becomes active. The file
// is rewritten at once, and nothing of it is printed.
int RotateKeyring(const RotateCommand& command);

// A line a key: its id, its state, and whether it is the next. Never the key.
int ListKeyring(const std::string& file);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_KEYRING_COMMAND_H_
