// The cookie that ties a flow to the browser that began it. Whoever holds a state alone finishes nothing: the
// cure for CVE-2025-68158 and CVE-2026-41425.
#ifndef OAUTH1D_SERVER_FLOW_BINDING_H_
#define OAUTH1D_SERVER_FLOW_BINDING_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace oauth1d::flow {

struct BindingCookie {
  std::string name;
  std::string value;
  absl::Duration max_age;
};

// `secure`: the callback is https, so the cookie has the prefix __Host- and the browser sends it nowhere else.
std::string BindingCookieName(absl::string_view lookup, bool secure);

// What the flow's secrets are sealed for: name and value. With the value alone, a cookie of the plain name, which a
// neighbouring site can plant, would do for one that Start gave the prefix __Host-, which nobody can plant.
std::string BindingShare(const BindingCookie& cookie);

// The bindings of the flow among all cookies that the browser brought: those of its name, in order, at least one.
// Picking by name keeps two tabs apart.
// Errors: kInvalidArgument with reason INVALID_REQUEST: no cookies at all, or none of that name is a value that Start
// made. kPermissionDenied with reason BINDING_MISMATCH: cookies of other flows only, so this browser did not begin
// the flow.
absl::StatusOr<std::vector<BindingCookie>> PickBindings(const std::vector<BindingCookie>& cookies,
                                                        absl::string_view lookup);

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_BINDING_H_
