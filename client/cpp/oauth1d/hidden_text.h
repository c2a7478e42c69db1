// Text that travels inside an absl::Status without being printed with it.
#ifndef OAUTH1D_HIDDEN_TEXT_H_
#define OAUTH1D_HIDDEN_TEXT_H_

#include <optional>
#include <string>

#include "absl/strings/cord.h"

namespace oauth1d {

// A cord that reads "(hidden N)". The text is kept, outside, as long as this cord or a copy of it lives.
absl::Cord Hide(std::string text);

// The text of such a cord, where it is one.
std::optional<std::string> Revealed(const absl::Cord& note);

}  // namespace oauth1d

#endif  // OAUTH1D_HIDDEN_TEXT_H_
