#include "client/cli/examples.h"

#include <map>

namespace oauth1d::cli {
namespace {

const std::map<std::string, std::string>& Examples() {
  static const auto* const examples = new std::map<std::string, std::string>{
      {"", R"(  oauth1ctl providers
  oauth1ctl login twitter
  oauth1ctl request twitter account/verify_credentials.json
  oauth1ctl request twitter media/upload.json -F media=@photo.jpg
  oauth1ctl doctor twitter
  oauth1ctl logout twitter --revoke
  oauth1ctl COMMAND --help
)"},
      {"login",
       R"(  oauth1ctl login twitter                                         # opens a browser, waits for it to come back
  oauth1ctl login twitter --no-browser                            # prints the address alone
  oauth1ctl login twitter --pin                                   # the provider shows a PIN, you type it
  oauth1ctl login twitter --as work                               # a second account beside the first
  oauth1ctl login twitter --callback http://127.0.0.1:9000/back   # one that the service's configuration allows
)"},
      {"logins", R"(  oauth1ctl logins
  oauth1ctl logins --json
)"},
      {"logout", R"(  oauth1ctl logout twitter
  oauth1ctl logout twitter --as work --revoke
)"},
      {"request", R"(  oauth1ctl request twitter account/verify_credentials.json
  oauth1ctl request twitter statuses/update.json -d 'status=hello world'
  oauth1ctl request twitter items/7 -X DELETE
  oauth1ctl request twitter items -H 'Content-Type: application/json' -d '{"title":"x"}'
  oauth1ctl request twitter upload -F 'media=@film.mp4;type=video/mp4' -F title=film
  oauth1ctl request twitter archive.zip -o archive.zip
  oauth1ctl request twitter search -G -d q=cats -i --fail
  oauth1ctl request twitter GET account/verify_credentials.json --token @token
  oauth1ctl request twitter GET statistics --application
)"},
      {"explain",
       R"(  oauth1ctl explain twitter GET account/verify_credentials.json --token @token --base-string @what-they-said
)"},
      {"doctor", R"(  oauth1ctl doctor twitter
  oauth1ctl doctor twitter --config /etc/oauth1d/oauth1d.yaml --callback https://www.example.com/auth
  sudo -u oauth1d oauth1ctl doctor twitter --json
)"},
      {"providers", "  oauth1ctl providers\n"},
      {"start", "  oauth1ctl start twitter http://127.0.0.1:8000/auth/twitter\n"},
      {"complete",
       R"(  oauth1ctl complete twitter --callback 'http://127.0.0.1:8000/auth/twitter?state=...' --cookie 'oauth1-...=...' > token
)"},
      {"health", "  oauth1ctl health --server 127.0.0.1:50051\n"},
      {"token import", "  oauth1ctl token import twitter --token 7-abc --token-secret @secret\n"},
      {"token refresh", "  oauth1ctl token refresh @token > new && mv new token\n"},
      {"token rewrap", "  oauth1ctl token rewrap @token > new && mv new token\n"},
      {"token revoke", "  oauth1ctl token revoke @token\n"},
      {"keyring new", "  oauth1ctl keyring new > keyring.yaml && chmod 600 keyring.yaml\n"},
      {"keyring rotate", "  oauth1ctl keyring rotate keyring.yaml\n"},
      {"keyring list", "  oauth1ctl keyring list keyring.yaml\n"},
      {"api-key new", "  oauth1ctl api-key new\n"},
      {"public-key", "  oauth1ctl public-key consumer.pem\n"},
      {"sign",
       R"(  echo '{"method":"GET","url":"https://api.example/","consumer_key":"k","consumer_secret":"s"}' | oauth1ctl sign --jsonl
)"},
      {"completion", R"(  source <(oauth1ctl completion bash)                             # in ~/.bashrc
  source <(oauth1ctl completion zsh)                              # in ~/.zshrc, after compinit
  oauth1ctl completion fish > ~/.config/fish/completions/oauth1ctl.fish
)"},
      {"man", "  oauth1ctl man > oauth1ctl.1 && man ./oauth1ctl.1\n"},
  };
  return *examples;
}

}  // namespace

std::string ExamplesOf(const std::string& command) {
  const auto found = Examples().find(command);
  return found == Examples().end() ? "" : found->second;
}

std::string EnvironmentText() {
  return R"(Environment:
  OAUTH1D_SERVER      where the service listens; default 127.0.0.1:50051
  OAUTH1D_CA_FILE     TLS: whom to trust; with OAUTH1D_CERT_FILE and OAUTH1D_KEY_FILE where it wants to know callers
  OAUTH1D_API_KEY     sent as `authorization: Bearer KEY`
  OAUTH1D_CONFIG      doctor: the service's configuration; default /etc/oauth1d/oauth1d.yaml
  OAUTH1D_STATE_DIR   where logins are kept; default $XDG_STATE_HOME/oauth1d, then ~/.local/state/oauth1d
  NO_COLOR            no colours
)";
}

std::string FilesText() {
  return R"(Files:
  ~/.local/state/oauth1d/*.json   one login each, mode 0600 in a folder of mode 0700; refused when others can read them
)";
}

std::string ExitStatusText() {
  return R"(Exit status:
  0          done
  1          doctor: it is us; explain: the base strings differ
  2          doctor: it is the provider
  3          request --fail: the provider answered 400 or more
  10 + code  the gRPC code of the service's error: 13 mend the call, 14 out of time, 15 not found, 17 not allowed,
             18 too much at once, 19 refused or denied, 24 not there now, 26 not known to the service
  64         usage, or a file that cannot be read or written
  65         a line of sign failed
  130        ended by Ctrl-C
)";
}

}  // namespace oauth1d::cli
