#include "server/egress/time_limit.h"

#include "server/base/failure.h"

namespace oauth1d::egress {

absl::Status ExpiryError(Expiry expiry) {
  switch (expiry) {
    case Expiry::kDeadline:
      return Fail(Reason::kDeadline, "the deadline passed before the provider's answer was there");
    case Expiry::kPatience:
      return Fail(Reason::kProviderUnreachable, "the provider took too long");
    case Expiry::kConnect:
      return Fail(Reason::kProviderUnreachable, "the provider did not take a connection in time");
    case Expiry::kTunnel:
      return Fail(Reason::kProviderUnreachable, "the proxy did not open a tunnel in time");
    case Expiry::kHandshake:
      return Fail(Reason::kProviderUnreachable, "the TLS handshake took too long");
    case Expiry::kSending:
      return Fail(Reason::kProviderUnreachable, "the provider stopped reading the request");
    case Expiry::kFirstByte:
      return Fail(Reason::kProviderUnreachable, "the provider's answer did not begin in time");
    case Expiry::kTooSlow:
      return Fail(Reason::kProviderUnreachable, "the provider's answer came too slowly");
    case Expiry::kStalled:
      return Fail(Reason::kProviderUnreachable, "the provider's answer stopped coming");
  }
  return absl::InternalError("unknown time limit");
}

}  // namespace oauth1d::egress
