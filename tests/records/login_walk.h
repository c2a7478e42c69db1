// Walks through a login as a browser does, and checks what the script says about it.
#ifndef OAUTH1D_TESTS_RECORDS_LOGIN_WALK_H_
#define OAUTH1D_TESTS_RECORDS_LOGIN_WALK_H_

#include <optional>
#include <string>

#include "tests/records/stage.h"

namespace oauth1d::records {

// What the scripted providers give. They hold what must be encoded.
inline constexpr char kTemporaryToken[] = "tmp/+=&1";
inline constexpr char kTemporarySecret[] = "ts&/+ 1";
inline constexpr char kAccessToken[] = "acc/+=&2";
inline constexpr char kAccessSecret[] = "as&/+ 2";

// An answer's body with the token and the secret in their places.
std::string Filled(const std::string& text, const std::string& token, const std::string& secret);

// Whole, with a browser: the sealed token. Nothing, and complaints, where it fails.
std::optional<std::string> LogIn(Stage& stage);
// With a PIN that the user types.
std::optional<std::string> LogInWithPin(Stage& stage);
// The user says no. True: the caller is told so.
bool RefuseLogin(Stage& stage);
// The provider refuses to begin, with status 200. True: the caller is told that it refused.
bool IsRefused(Stage& stage);
// The provider refuses the first request's clock, and takes the second.
bool BeginsWithAnotherClock(Stage& stage, const Answer& refusal);

}  // namespace oauth1d::records

#endif  // OAUTH1D_TESTS_RECORDS_LOGIN_WALK_H_
