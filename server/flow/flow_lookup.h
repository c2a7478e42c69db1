// How a callback finds its flow: by the state that it brought back, or, where a provider's callback can carry nothing
// of ours, by its temporary token.
#ifndef OAUTH1D_SERVER_FLOW_FLOW_LOOKUP_H_
#define OAUTH1D_SERVER_FLOW_FLOW_LOOKUP_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/flow/binding.h"
#include "server/oauth1/callback.h"
#include "server/providers/provider.h"

namespace oauth1d::flow {

// provider ‖ consumer ‖ temporary token, each with its length.
std::string LookupByToken(absl::string_view provider, absl::string_view consumer, absl::string_view temporary_token);

// The lookup value of the callback's flow; empty: the callback has none. The browser's cookies choose between the
// consumers of a provider.
std::string FindLookup(const providers::Provider& provider, const oauth1::Callback& callback,
                       const std::vector<BindingCookie>& cookies);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_FLOW_LOOKUP_H_
