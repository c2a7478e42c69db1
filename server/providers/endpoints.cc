#include "server/providers/endpoints.h"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"
#include "server/oauth1/encoding.h"
#include "server/providers/template_text.h"

namespace oauth1d::providers {
namespace {

constexpr size_t kMaxValue = 200;
constexpr int64_t kMaxPatternMemory = 1 << 20;

// An operator's value may be a host with a port, or with a path; it may never end the path or bring user information.
constexpr absl::string_view kNeverInUrls = "?#@\\% ";
constexpr absl::string_view kNotFromCallers = "/?#@\\:% ";

const oauth1::Parameter* Find(const oauth1::Parameters& values, absl::string_view name) {
  for (const oauth1::Parameter& value : values) {
    if (value.name == name) return &value;
  }
  return nullptr;
}

absl::StatusOr<std::string> Fill(absl::string_view text, const oauth1::Parameters& values, bool is_url) {
  ASSIGN_OR_RETURN(const std::vector<TemplatePiece> pieces, ParseTemplate(text));
  std::string filled;
  for (const TemplatePiece& piece : pieces) {
    absl::StrAppend(&filled, piece.before);
    if (piece.name.empty()) continue;
    if (piece.name == kRequestUrl) {
      absl::StrAppend(&filled, "{", kRequestUrl, "}");
      continue;
    }
    const oauth1::Parameter* const value = Find(values, piece.name);
    if (value == nullptr)
      return absl::InvalidArgumentError(absl::StrCat("the parameter ", piece.name, " has no value"));
    if (is_url && value->value.find_first_of(kNeverInUrls.data(), 0, kNeverInUrls.size()) != std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("the parameter ", piece.name, " has a blank or one of ? # @ \\ %, which no URL takes from it"));
    }
    absl::StrAppend(&filled, InForm(value->value, piece.form));
  }
  return filled;
}

absl::Status FillUrl(absl::string_view field, absl::string_view text, const oauth1::Parameters& values,
                     std::optional<oauth1::Url>& url) {
  if (text.empty()) return absl::OkStatus();
  const absl::StatusOr<std::string> filled = Fill(text, values, true);
  if (!filled.ok()) return absl::InvalidArgumentError(absl::StrCat(field, ": ", filled.status().message()));
  absl::StatusOr<oauth1::Url> parsed = oauth1::Url::Parse(*filled);
  if (!parsed.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(field, " becomes \"", EscapeForPeople(*filled), "\", which ", parsed.status().message()));
  }
  url = *std::move(parsed);
  return absl::OkStatus();
}

absl::Status Refusal(const TemplateParameter& parameter) {
  return absl::InvalidArgumentError(absl::StrCat("must match ", EscapeForPeople(parameter.pattern),
                                                 parameter.description.empty() ? "" : ": ",
                                                 EscapeForPeople(parameter.description)));
}

}  // namespace

absl::StatusOr<std::string> FillTemplate(absl::string_view text, const oauth1::Parameters& values) {
  return Fill(text, values, false);
}

absl::StatusOr<Endpoints> FillTemplates(const EndpointTemplates& templates, const oauth1::Parameters& values) {
  Endpoints filled;
  RETURN_IF_ERROR(FillUrl("request_token_url", templates.request_token_url, values, filled.request_token_url));
  RETURN_IF_ERROR(FillUrl("authorize_url", templates.authorize_url, values, filled.authorize_url));
  RETURN_IF_ERROR(FillUrl("access_token_url", templates.access_token_url, values, filled.access_token_url));
  RETURN_IF_ERROR(FillUrl("renewal.url", templates.renewal_url, values, filled.renewal_url));
  RETURN_IF_ERROR(FillUrl("revocation.url", templates.revocation_url, values, filled.revocation_url));
  RETURN_IF_ERROR(FillUrl("signing_base_url", templates.signing_base_url, values, filled.signing_base));
  filled.api_bases.reserve(templates.api_bases.size());
  for (size_t i = 0; i < templates.api_bases.size(); ++i) {
    std::optional<oauth1::Url> url;
    RETURN_IF_ERROR(FillUrl(absl::StrCat("api_base_urls[", i, "]"), templates.api_bases[i], values, url));
    if (url.has_value()) filled.api_bases.push_back(*std::move(url));
  }
  ASSIGN_OR_RETURN(filled.realm, FillTemplate(templates.realm, values));
  filled.headers.reserve(templates.headers.size());
  for (const oauth1::Parameter& header : templates.headers) {
    ASSIGN_OR_RETURN(std::string value, FillTemplate(header.value, values));
    filled.headers.push_back({header.name, std::move(value)});
  }
  return filled;
}

absl::StatusOr<std::shared_ptr<const re2::RE2>> CompilePattern(const std::string& pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(kMaxPatternMemory);
  auto compiled = std::make_shared<const re2::RE2>(pattern, options);
  if (!compiled->ok()) return absl::InvalidArgumentError(EscapeForPeople(compiled->error()));
  return compiled;
}

absl::Status CheckTemplateValue(const TemplateParameter& parameter, absl::string_view value) {
  if (value.size() > kMaxValue) {
    return absl::InvalidArgumentError(absl::StrCat("must be at most ", kMaxValue, " bytes long"));
  }
  std::shared_ptr<const re2::RE2> compiled = parameter.compiled;
  if (compiled == nullptr) {
    ASSIGN_OR_RETURN(compiled, CompilePattern(parameter.pattern));
  }
  if (oauth1::HasControlCharacters(value) ||
      !re2::RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *compiled)) {
    return Refusal(parameter);
  }
  if (!parameter.operator_only && value.find_first_of(kNotFromCallers) != absl::string_view::npos) {
    return absl::InvalidArgumentError("must hold no blank and none of / ? # @ \\ : %");
  }
  return absl::OkStatus();
}

}  // namespace oauth1d::providers
