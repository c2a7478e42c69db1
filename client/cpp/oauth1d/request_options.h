// What can be told with a login or a signed request, beside what must be.
#ifndef OAUTH1D_REQUEST_OPTIONS_H_
#define OAUTH1D_REQUEST_OPTIONS_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "oauth1d/call_options.h"
#include "oauth1d/v1/oauth1d.pb.h"

namespace oauth1d {

// Names and values before any encoding, in order; names may repeat.
using NameValues = std::vector<std::pair<std::string, std::string>>;

// See StartAuthorizationRequest in oauth1d.proto.
struct StartOptions {
  std::string consumer;  // where the provider has several
  NameValues authorize_parameters;
  NameValues request_token_parameters;
  NameValues provider_parameters;
  std::string app_state;  // up to 2 KiB of your own; comes back at the end
  CallOptions call;
};

// See HttpCall in oauth1d.proto. At most one of body and form.
struct RequestOptions {
  NameValues query;
  NameValues headers;
  std::optional<NameValues> form;
  std::optional<std::string> body;  // up to 3.5 MiB; beyond, see StreamedRequest
  std::string content_type;         // of body
  CallOptions call;
};

// The value of the first parameter of this name, as CompleteAuthorization gives them; empty where there is none.
std::string ParameterValue(const google::protobuf::RepeatedPtrField<v1::Parameter>& parameters, absl::string_view name);

}  // namespace oauth1d

#endif  // OAUTH1D_REQUEST_OPTIONS_H_
