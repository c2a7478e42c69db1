// One signed request for a user, or for the consumer itself.
#ifndef OAUTH1D_SERVER_FLOW_SIGNED_CALLER_H_
#define OAUTH1D_SERVER_FLOW_SIGNED_CALLER_H_

#include <optional>
#include <string>

#include "server/base/task.h"
#include "server/flow/call.h"
#include "server/flow/prepared_request.h"
#include "server/flow/token_keeper.h"
#include "server/flow/upstream.h"
#include "server/oauth1/problem.h"

namespace oauth1d::flow {

struct SignedAnswer {
  egress::HttpResponse answer;  // with the headers that a caller may see
  std::optional<oauth1::Problem> problem;
  bool token_rejected = false;
  std::string replacement_access_token;
};

// What a provider's answer to an API request says about the OAuth part of it. Moves the answer; `replacement` may be
// empty.
SignedAnswer Understand(egress::HttpResponse response, const Credentials& credentials);

// What the HTTP client could not finish, in the words of a signed request: PROVIDER_UNREACHABLE where it is safe to
// repeat, else OUTCOME_UNKNOWN.
absl::Status NoSignedAnswer(const absl::Status& status, absl::string_view method);

// Used on one event loop.
class SignedCaller {
 public:
  // `keeper` belongs to the same loop, and outlives this.
  SignedCaller(Backends backends, TokenKeeper& keeper) : backends_(backends), upstream_(backends), keeper_(keeper) {}

  // Sends the request once; once more, signed anew, where the first provably did nothing: it never left, or was refused
  // for its timestamp, or for a token that has ended and could be renewed. A token that is about to end is renewed
  // first. A cancellation closes the connection. Errors: those of PrepareRequest: nothing was sent.
  // PROVIDER_UNREACHABLE: no answer, and safe to repeat. OUTCOME_UNKNOWN: no answer to a request that may have taken
  // effect. RESPONSE_TOO_LARGE, DEADLINE, kCancelled: see SentOf. Those of RequestSigner, and of TokenKeeper::Renew
  // where the token has ended. RenewedTokenOf is set where a renewal went before.
  Task<SignedAnswer> Send(SignedCall request, Call call);

 private:
  // What may be repeated, and was.
  struct Repeats {
    bool unsent = false;
    bool clock = false;
    bool nonce = false;
    bool renewal = false;
  };

  Task<egress::HttpResponse> SendOnce(PreparedRequest prepared, Call call);
  // Whether the same request may be sent again after this answer; renews the token if that is what it takes.
  Task<bool> IsWorthRepeating(const egress::HttpResponse* answer, PreparedRequest* prepared, Repeats* repeats,
                              Call call);

  Backends backends_;
  Upstream upstream_;
  TokenKeeper& keeper_;
};

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_SIGNED_CALLER_H_
