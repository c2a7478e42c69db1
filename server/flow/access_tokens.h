// Access tokens as callers hold them: `oa1_` and a sealed envelope. Nothing of them is kept here: any replica
// opens them, and a lost store loses none.
#ifndef OAUTH1D_SERVER_FLOW_ACCESS_TOKENS_H_
#define OAUTH1D_SERVER_FLOW_ACCESS_TOKENS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "oauth1d/records/v1/records.pb.h"
#include "server/base/environment.h"
#include "server/flow/call.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/token_response.h"
#include "server/providers/client.h"
#include "server/providers/owner.h"
#include "server/sealing/keyring.h"

namespace oauth1d::flow {

// The longest access_token that is read or made.
inline constexpr size_t kMaxAccessToken = 12 * 1024;

// Errors: kInternal; kFailedPrecondition with reason BAD_TOKEN_RESPONSE if it would be too long.
absl::StatusOr<std::string> SealAccessToken(const sealing::Keyring& keyring, const records::v1::AccessToken& token,
                                            Environment& environment);

// An opened token, and the same token sealed with the active key where the old key is on its way out.
struct OpenedAccessToken {
  records::v1::AccessToken token;
  std::string replacement;  // empty: none is due
};

// `provider`: whose it must be; empty: anybody's. Its id goes into the call's facts.
// Errors: kInvalidArgument with reason TOKEN_INVALID: no such token, changed, or another owner's or provider's, told
// alike. TOKEN_EXPIRED and KEY_NOT_LOADED as Keyring::Find; TOKEN_EXPIRED too where the configuration refuses it.
absl::StatusOr<OpenedAccessToken> OpenAccessToken(const Call& call, absl::string_view access_token,
                                                  absl::string_view provider, Environment& environment);

// The client that a token belongs to. TOKEN_EXPIRED: its consumer, or what its templates need, is no longer configured.
absl::StatusOr<providers::Client> ClientOf(const records::v1::AccessToken& token, const providers::Grant& grant);

// A result that holds a token made of a provider's answer, sealed for `owner` (a login or renewal that an heir finishes
// stays its owner's), and what is told with it. Its id goes into the call's facts. `values` are those that
// the caller gave for the record's templates. `old`: the token that it takes the place of, empty: none; its session
// handle lives on where the answer brings none, and so does what a later version wrote into it.
// Errors: as SealAccessToken.
absl::StatusOr<records::v1::Result> MakeResult(const Call& call, absl::string_view owner,
                                               const providers::Client& client,
                                               const google::protobuf::RepeatedPtrField<records::v1::NameValue>& values,
                                               oauth1::TokenResponse response, const records::v1::AccessToken& old,
                                               Environment& environment);

// Between the two ways to hold a list of parameters.
oauth1::Parameters ParametersOf(const google::protobuf::RepeatedPtrField<records::v1::NameValue>& values);
void SetParameters(const oauth1::Parameters& parameters,
                   google::protobuf::RepeatedPtrField<records::v1::NameValue>& values);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_ACCESS_TOKENS_H_
