// The fields of a JSON text that a provider sent.
#ifndef OAUTH1D_SERVER_OAUTH1_JSON_FIELDS_H_
#define OAUTH1D_SERVER_OAUTH1_JSON_FIELDS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::oauth1 {

// The texts, numbers and booleans of one object, in order, repeats included; numbers as they are written. What lies
// deeper, and null, is left out.
// Errors: kFailedPrecondition with reason BAD_TOKEN_RESPONSE: no JSON, no object, nested too deep, too long.
absl::StatusOr<Parameters> ParseJsonFields(absl::string_view text);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_JSON_FIELDS_H_
