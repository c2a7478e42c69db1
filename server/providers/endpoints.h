// Where a provider is reached: its URLs, and how they are made where its record leaves parts of them open (a shop, a
// wiki, an account).
#ifndef OAUTH1D_SERVER_PROVIDERS_ENDPOINTS_H_
#define OAUTH1D_SERVER_PROVIDERS_ENDPOINTS_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/oauth1/parameter.h"
#include "server/oauth1/url.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace oauth1d::providers {

// The URLs of one account at a provider, with nothing open.
struct Endpoints {
  // The three of a login; none of them where users do not log in.
  std::optional<oauth1::Url> request_token_url;
  std::optional<oauth1::Url> authorize_url;
  std::optional<oauth1::Url> access_token_url;
  std::vector<oauth1::Url> api_bases;  // each path ends in '/'; the first is the base of relative urls
  std::optional<oauth1::Url> renewal_url;
  std::optional<oauth1::Url> revocation_url;
  // Stands in for the first API base where signatures are computed.
  std::optional<oauth1::Url> signing_base;
  std::string realm;           // {request_url} is still open; empty: none
  oauth1::Parameters headers;  // sent with every request
};

// A value that the record leaves open.
struct TemplateParameter {
  std::string name;
  std::string pattern;  // RE2; the whole value must match
  std::string description;
  bool operator_only = false;
  std::shared_ptr<const re2::RE2> compiled;  // of the pattern; null: compiled at each use
};

// The same as texts with `{name}`, `{name:host}` and `{name:realm}` in them.
struct EndpointTemplates {
  std::vector<TemplateParameter> parameters;
  std::string request_token_url;  // empty: none
  std::string authorize_url;
  std::string access_token_url;
  std::vector<std::string> api_bases;
  std::string renewal_url;
  std::string revocation_url;
  std::string signing_base_url;
  std::string realm;
  oauth1::Parameters headers;
};

// The text with the values in place of its templates. `{request_url}` stays. `values` match their patterns.
// Errors: kInvalidArgument: it names a parameter that has no value.
absl::StatusOr<std::string> FillTemplate(absl::string_view text, const oauth1::Parameters& values);

// No value becomes more of a URL than the part that the template stands for.
// Errors: kInvalidArgument that says which of the texts does not become a URL.
absl::StatusOr<Endpoints> FillTemplates(const EndpointTemplates& templates, const oauth1::Parameters& values);

// Errors: kInvalidArgument that says what is wrong with the pattern.
absl::StatusOr<std::shared_ptr<const re2::RE2>> CompilePattern(const std::string& pattern);

// OK if the whole value matches the pattern, is no longer than 200 bytes, and holds no control character, nor, unless
// only operators give it, anything that means something in a URL. kInvalidArgument that says what it must match.
absl::Status CheckTemplateValue(const TemplateParameter& parameter, absl::string_view value);

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_ENDPOINTS_H_
