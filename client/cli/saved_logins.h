// The logins that `oauth1ctl login` keeps for its user.
#ifndef OAUTH1D_CLIENT_CLI_SAVED_LOGINS_H_
#define OAUTH1D_CLIENT_CLI_SAVED_LOGINS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace oauth1d::cli {

// Which login it is.
struct LoginName {
  std::string server;  // as --server has it
  std::string provider;
  std::string account;  // what --as said, else the consumer's name, else `default`
};

struct SavedLogin {
  LoginName name;
  std::string access_token;                                     // sealed; a secret all the same
  std::vector<std::pair<std::string, std::string>> parameters;  // what the provider said of the user
  std::string expires;                                          // RFC 3339; empty: not known
  std::string saved;                                            // RFC 3339

  // Who it is at the provider, for people: screen_name or the like; empty: not known.
  std::string Who() const;
};

// $OAUTH1D_STATE_DIR, else $XDG_STATE_HOME/oauth1d, else ~/.local/state/oauth1d; an absolute path.
// Throws std::runtime_error where there is none of them.
std::string StateFolder();

// `default` where neither was given.
std::string AccountOf(const std::string& as, const std::string& consumer);

// One file a login in StateFolder(). All functions throw std::runtime_error as PrivateFolder does.
class SavedLogins {
 public:
  explicit SavedLogins(std::string folder) : folder_(std::move(folder)) {}

  // Creates the folder where it is missing: to be called before a login begins.
  void Prepare() const;
  std::vector<SavedLogin> All() const;
  // Nothing where there is no such login.
  std::optional<SavedLogin> Find(const LoginName& name) const;
  // Gives the path of its file.
  std::string Save(const SavedLogin& login) const;
  // Keeps `renewed` in place of `old`, unless somebody else wrote another token meanwhile.
  void Renew(const LoginName& name, const std::string& old, const std::string& renewed) const;
  // False: there was none.
  bool Forget(const LoginName& name) const;

  // The file's name: readable, and nobody else's.
  static std::string FileName(const LoginName& name);

 private:
  std::string folder_;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_SAVED_LOGINS_H_
