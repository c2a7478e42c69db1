#include "server/config/template_builder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/config/near_miss.h"
#include "server/providers/template_text.h"

namespace oauth1d::config {
namespace {

using providers::TemplatePiece;

// Each would make a caller's value something else than a part of a host name.
constexpr std::array<absl::string_view, 8> kTooMuch = {"a.b", "a/b", "a@b", "a:b", "a?b", "a#b", "a%b", ""};

const v1::TemplateParameter* Find(const v1::Provider& from, absl::string_view name) {
  for (const v1::TemplateParameter& parameter : from.parameters()) {
    if (parameter.name() == name) return &parameter;
  }
  return nullptr;
}

bool CheckName(const std::string& name, const Place& at) {
  if (name.empty()) {
    at.Fault("name", "is required: 1 to 64 of [a-z0-9_]");
  } else if (!providers::IsTemplateName(name)) {
    at.Fault("name", absl::StrCat("must be 1 to 64 of [a-z0-9_], not ", Quoted(name)));
  } else if (name == providers::kRequestUrl) {
    at.Fault("name", "is taken: {request_url} is the URL of the request");
  } else {
    return true;
  }
  return false;
}

bool CheckPattern(const v1::TemplateParameter& from, providers::TemplateParameter& to, const Place& at) {
  if (from.pattern().empty()) {
    at.Fault("pattern", "is required: a regular expression (RE2) that the whole value must match");
    return false;
  }
  absl::StatusOr<std::shared_ptr<const re2::RE2>> compiled = providers::CompilePattern(from.pattern());
  if (!compiled.ok()) {
    at.Fault("pattern",
             absl::StrCat(Quoted(from.pattern()), " is no regular expression: ", compiled.status().message()));
    return false;
  }
  to.compiled = *std::move(compiled);
  if (to.operator_only) return true;
  // The pattern itself is asked, without what values are refused for besides.
  providers::TemplateParameter pattern_alone = to;
  pattern_alone.operator_only = true;
  for (const absl::string_view value : kTooMuch) {
    if (!providers::CheckTemplateValue(pattern_alone, value).ok()) continue;
    at.Fault("pattern", absl::StrCat(Quoted(from.pattern()), " matches \"", value,
                                     "\": a caller's value may only be a part of a name; make it stricter, or set "
                                     "operator_only"));
    return false;
  }
  return true;
}

// Of a text that is a template.
std::vector<TemplatePiece> Pieces(absl::string_view text) {
  return providers::ParseTemplate(text).value_or(std::vector<TemplatePiece>());
}

}  // namespace

std::vector<providers::TemplateParameter> BuildTemplateParameters(const v1::Provider& from, const Place& place) {
  std::vector<providers::TemplateParameter> parameters;
  std::set<std::string> seen;
  for (int i = 0; i < from.parameters_size(); ++i) {
    const v1::TemplateParameter& parameter = from.parameters(i);
    const Place at = place.At("parameters", i);
    providers::TemplateParameter to;
    to.name = parameter.name();
    to.pattern = parameter.pattern();
    to.description = parameter.description();
    to.operator_only = parameter.operator_only();
    const bool name_is_fine = CheckName(to.name, at);
    const bool pattern_is_fine = CheckPattern(parameter, to, at);
    if (name_is_fine && !seen.insert(to.name).second) {
      at.Fault("name", "stands here a second time");
    } else if (name_is_fine && pattern_is_fine) {
      parameters.push_back(std::move(to));
    }
  }
  return parameters;
}

bool TemplateUse::Take(absl::string_view text, const Place& at, RequestUrl request_url) {
  const absl::StatusOr<std::vector<TemplatePiece>> pieces = providers::ParseTemplate(text);
  if (!pieces.ok()) {
    all_read_ = false;
    at.Fault(pieces.status().message());
    return false;
  }
  std::vector<std::string> names;
  for (const v1::TemplateParameter& parameter : from_.parameters()) names.push_back(parameter.name());
  for (const TemplatePiece& piece : *pieces) {
    if (piece.name.empty()) continue;
    if (piece.name == providers::kRequestUrl) {
      if (request_url == RequestUrl::kAllowed) continue;
      at.Fault("has {request_url}, which only a realm may hold");
      return false;
    }
    used_.insert(piece.name);
    if (Find(from_, piece.name) == nullptr) {
      all_read_ = false;
      at.Fault(
          absl::StrCat("has {", piece.name, "}, which is not among the parameters", Suggestion(piece.name, names)));
      return false;
    }
  }
  return true;
}

void TemplateUse::CheckAllUsed() const {
  if (!all_read_) return;
  for (int i = 0; i < from_.parameters_size(); ++i) {
    const std::string& name = from_.parameters(i).name();
    if (name.empty() || used_.count(name) > 0) continue;
    place_.At("parameters", i)
        .Fault("name", absl::StrCat("no URL, realm or header has {", EscapeForPeople(name, 64), "}"));
  }
}

std::string WithPlaceholders(absl::string_view text) {
  std::string filled;
  for (const TemplatePiece& piece : Pieces(text)) absl::StrAppend(&filled, piece.before, piece.name.empty() ? "" : "1");
  return filled;
}

bool CheckHost(absl::string_view url, const v1::Provider& from, const Place& at) {
  std::string after;  // the host, from the last value on that callers give
  std::string open;
  size_t slashes = 0;
  for (const TemplatePiece& piece : Pieces(url)) {
    size_t end = 0;
    for (; end < piece.before.size(); ++end) {
      if (piece.before[end] == '/') ++slashes;
      if (slashes == 3 || piece.before[end] == '?') break;
    }
    after.append(piece.before, 0, end);
    if (end < piece.before.size() || piece.name.empty()) break;
    const v1::TemplateParameter* const parameter = Find(from, piece.name);
    if (parameter != nullptr && parameter->operator_only()) {
      after += "a.a";
    } else {
      open = piece.name;
      after.clear();
    }
  }
  if (open.empty()) return true;
  const std::vector<std::string> labels = absl::StrSplit(after, '.', absl::SkipEmpty());
  // What stands before the first dot is one label with the value.
  const size_t fixed = labels.size() - (!after.empty() && after[0] != '.' ? 1 : 0);
  if (fixed >= 2) return true;
  at.Fault(absl::StrCat("lets callers choose by {", open, "} where requests go: write two labels of the host or more ",
                        "after it, or set its operator_only"));
  return false;
}

}  // namespace oauth1d::config
