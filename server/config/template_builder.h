// What a provider's record leaves open, and the texts that use it.
#ifndef OAUTH1D_SERVER_CONFIG_TEMPLATE_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_TEMPLATE_BUILDER_H_

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/providers/endpoints.h"

namespace oauth1d::config {

// Those without a fault. Faults: names, patterns that do not compile, and patterns that would let a caller's value be
// more than a part of a name.
std::vector<providers::TemplateParameter> BuildTemplateParameters(const v1::Provider& from, const Place& place);

// Whether {request_url} may stand there.
enum class RequestUrl { kAllowed, kFault };

// Watches which parameters the texts use.
class TemplateUse {
 public:
  TemplateUse(const v1::Provider& from, const Place& place) : from_(from), place_(place) {}
  // False, and a fault at `at`: the text is no template, or uses what is not declared.
  bool Take(absl::string_view text, const Place& at, RequestUrl request_url);
  // Faults the parameters that no text uses.
  void CheckAllUsed() const;

 private:
  const v1::Provider& from_;
  const Place& place_;
  std::set<std::string> used_;
  bool all_read_ = true;
};

// The text with something in place of its templates that a host, a port and a path can hold. It is a template.
std::string WithPlaceholders(absl::string_view text);

// False, and a fault at `at`: a caller's value could make the URL's host one that belongs to somebody else.
bool CheckHost(absl::string_view url, const v1::Provider& from, const Place& at);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_TEMPLATE_BUILDER_H_
