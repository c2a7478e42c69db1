// Credentials whose token is renewed where it must be.
#ifndef OAUTH1D_SERVER_FLOW_RENEWED_CREDENTIALS_H_
#define OAUTH1D_SERVER_FLOW_RENEWED_CREDENTIALS_H_

#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/flow/credentials.h"
#include "server/flow/token_keeper.h"

namespace oauth1d::flow {

// The same with a new token, which stands in `replacement` too. `credentials.sealed` is there. A caller who never keeps
// what he is given comes with ever older tokens: each leads to the next, a few steps far.
// Errors: as TokenKeeper::Renew.
Task<Credentials> RenewCredentials(Backends backends, TokenKeeper& keeper, Credentials credentials, Call call);

// Renews only a token that is about to end, and `renewed` tells whether it did. Where that fails and the token has not
// ended yet, it is used as it is. Errors: as above, where it has ended, with SentOf kNo; PROVIDER_UNREACHABLE where
// nobody knows whether the provider renewed it: the same call finds out.
Task<Credentials> RenewIfDue(Backends backends, TokenKeeper& keeper, Credentials credentials, Call call, bool* renewed);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_RENEWED_CREDENTIALS_H_
