// Texts that leave values open: `{name}`, `{name:host}`, `{name:realm}`.
#ifndef OAUTH1D_SERVER_PROVIDERS_TEMPLATE_TEXT_H_
#define OAUTH1D_SERVER_PROVIDERS_TEMPLATE_TEXT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace oauth1d::providers {

// Stays in a realm until there is a request.
inline constexpr absl::string_view kRequestUrl = "request_url";

enum class TemplateForm {
  kAsItIs,
  kHost,   // in lower case, with '-' for '_'
  kRealm,  // in upper case, with '_' for '-'
};

// Plain text, and then a value.
struct TemplatePiece {
  std::string before;
  std::string name;  // empty: the end of the text
  TemplateForm form = TemplateForm::kAsItIs;
};

// Errors: kInvalidArgument that says what is no template: a brace alone, a name that is none, an unknown form.
absl::StatusOr<std::vector<TemplatePiece>> ParseTemplate(absl::string_view text);

// 1 to 64 of [a-z0-9_].
bool IsTemplateName(absl::string_view name);

std::string InForm(absl::string_view value, TemplateForm form);

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_TEMPLATE_TEXT_H_
