// Why there is no answer.
#ifndef OAUTH1D_FAILURE_H_
#define OAUTH1D_FAILURE_H_

#include <grpcpp/support/status.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d {

// What an error of the service says, beyond the status's code and message.
struct Failure {
  // Whether the provider can have seen the request.
  enum class Sent { kNo, kMaybe, kYes };
  // A field of the request, by its path in the contract, and what is wrong with it.
  struct FieldViolation {
    std::string field;
    std::string description;
  };

  // ERROR_REASON_UNSPECIFIED where the service gave none (the transport failed: the outcome is unknown), and where it
  // is newer than this library: then reason_name says it, and the status's code judges.
  v1::ErrorReason reason = v1::ERROR_REASON_UNSPECIFIED;
  // As on the wire, e.g. USER_DENIED; empty where the service gave none.
  std::string reason_name;
  // kMaybe where nobody said.
  Sent sent = Sent::kMaybe;
  // Wait at least this long before another try.
  std::optional<absl::Duration> retry_after;
  std::vector<FieldViolation> field_violations;
  // What the login was started with, once the service has found this browser's login.
  std::optional<std::string> app_state;
  // Not empty: the token was renewed before the call failed. Keep this one, the old one may be dead. A secret.
  std::string renewed_token;
  // What the provider answered with; 0: nothing is known of it.
  int http_status = 0;
  // What the provider said was wrong: for logs, and to be escaped where people see it.
  std::string oauth_problem;
  std::string oauth_problem_advice;
  // The provider's name in the configuration.
  std::string provider;
  // All that the service said by name: sent and the four above, and what a newer service adds.
  std::map<std::string, std::string> metadata;
};

// Under which a status keeps the note of a renewed token.
inline constexpr char kRenewedTokenType[] = "type.googleapis.com/oauth1d.v1.RenewedToken";

// What a status that a Client returned says. Details that are damaged, or not the service's, are left out.
Failure FailureOf(const absl::Status& status);

// The status of a call that was made with a stub. Its details become payloads under their type URLs. What must not get
// into a log (app_state and renewed_token) is not in the payload: that holds a note of it, which only FailureOf can
// read, so a status can be printed.
absl::Status StatusFromRpc(const grpc::Status& status);

}  // namespace oauth1d

#endif  // OAUTH1D_FAILURE_H_
