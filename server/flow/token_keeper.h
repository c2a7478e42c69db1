// The life of an access token after its login: it is taken in, renewed, sealed anew, and revoked.
#ifndef OAUTH1D_SERVER_FLOW_TOKEN_KEEPER_H_
#define OAUTH1D_SERVER_FLOW_TOKEN_KEEPER_H_

#include <string>
#include <variant>

#include "oauth1d/records/v1/records.pb.h"
#include "server/base/secret.h"
#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/flow/flow_machine.h"
#include "server/flow/flow_records.h"
#include "server/flow/token_calls.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/signer.h"
#include "server/providers/client.h"

namespace oauth1d::flow {

struct PasswordLogin {
  std::string username;
  Secret password;
};

struct ImportRequest {
  std::string provider;
  std::string consumer;
  oauth1::Parameters provider_parameters;
  std::variant<oauth1::TokenCredentials, PasswordLogin> source;
};

// Used on one event loop.
class TokenKeeper {
 public:
  // `machine` belongs to the same loop, and outlives this.
  TokenKeeper(Backends backends, FlowMachine& machine)
      : backends_(backends),
        records_(backends.environment, backends.store),
        token_calls_(backends),
        machine_(machine) {}

  // Errors: INVALID_REQUEST, PROVIDER_NOT_FOUND, CALLER_NOT_ALLOWED; with a password those of TokenCalls, and
  // OUTCOME_UNKNOWN where no answer came.
  Task<records::v1::Result> Import(ImportRequest request, Call call);

  // Errors: TOKEN_INVALID, TOKEN_EXPIRED, KEY_NOT_LOADED; INVALID_REQUEST: this provider's tokens are not renewed;
  // those of Renew.
  Task<records::v1::Result> Refresh(std::string access_token, Call call);

  // The same token, sealed with the active key for the calling owner. Errors: TOKEN_INVALID, TOKEN_EXPIRED,
  // KEY_NOT_LOADED.
  Task<std::string> Rewrap(std::string access_token, Call call);

  // Whether the provider says that the token is dead: the newest one, where it was renewed meanwhile and its holder
  // does not know. Errors: as above, and PROVIDER_UNREACHABLE, PROVIDER_BUSY, STORE_UNAVAILABLE: repeat.
  Task<bool> Revoke(std::string access_token, Call call);

  // Renews at the provider, once for all who hold the same old token, on all replicas: whoever comes within a day of
  // the first renewal gets its answer, so a lost answer loses no login. Errors: TOKEN_EXPIRED: it has nothing to be
  // renewed by. Those of FlowMachine: PROVIDER_REJECTED means a new login.
  Task<records::v1::Result> Renew(records::v1::AccessToken token, providers::Client client, Call call);

  // Whether the token ends within a minute, or has ended, and can be renewed.
  bool IsDue(const records::v1::AccessToken& token, const providers::Provider& provider) const;

 private:
  struct Opened {
    records::v1::AccessToken token;
    const providers::Grant* grant = nullptr;  // the call's owner keeps it
    providers::Client client;
  };

  absl::StatusOr<Opened> Open(const std::string& access_token, const Call& call);
  // What became of the token by renewals that somebody may not have heard of; itself where there was none.
  Task<records::v1::AccessToken> FindSuccessor(records::v1::AccessToken token, Call call);
  // The record of this token's renewal, made if there is none.
  Task<StoredFlow> LoadOrCreate(FlowLocator locator, std::string holder, records::v1::AccessToken token,
                                providers::Client client, Call call);

  Backends backends_;
  FlowRecords records_;
  TokenCalls token_calls_;
  FlowMachine& machine_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_TOKEN_KEEPER_H_
