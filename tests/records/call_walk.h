// Requests of callers, and the life of their tokens.
#ifndef OAUTH1D_TESTS_RECORDS_CALL_WALK_H_
#define OAUTH1D_TESTS_RECORDS_CALL_WALK_H_

#include <optional>
#include <string>

#include "server/flow/credentials.h"
#include "tests/records/stage.h"

namespace oauth1d::records {

// What xAuth is tried with.
inline constexpr char kUsername[] = "alice@example.com";
inline constexpr char kPassword[] = "p&/ w+1";
// oauth_session_handle, and what a renewal by it gives.
inline constexpr char kSessionHandle[] = "sh/+=&3";
inline constexpr char kRenewedToken[] = "new/+=&4";
inline constexpr char kRenewedSecret[] = "ns&/+ 4";

// Makes every call of the script that is of this kind; `access_token` may be empty for kApplication. False: there is
// none, or the provider complained.
bool MakeCalls(Stage& stage, As as, const std::string& access_token);

// A sealed token of what the provider's own pages made; of a name and a password.
std::optional<std::string> ImportToken(Stage& stage);
std::optional<std::string> LogInWithPassword(Stage& stage);

// Each complains where it fails.
void CheckRenewalWhenDue(Stage& stage, const std::string& access_token);
void CheckRenewalWhenTold(Stage& stage, const std::string& access_token);
void CheckRevocation(Stage& stage, const std::string& access_token);
void CheckClockOfCalls(Stage& stage, const std::string& access_token);
void CheckTimeGoesOn(Stage& stage, const std::string& access_token);
// The record has no API: a request is refused before anything is sent.
void CheckNothingIsSigned(Stage& stage, const std::string& access_token);

}  // namespace oauth1d::records

#endif  // OAUTH1D_TESTS_RECORDS_CALL_WALK_H_
