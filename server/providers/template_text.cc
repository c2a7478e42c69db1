#include "server/providers/template_text.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/base/failure.h"
#include "server/base/status_macros.h"

namespace oauth1d::providers {
namespace {

absl::Status NoTemplate(absl::string_view inside) {
  return absl::InvalidArgumentError(absl::StrCat("has {", EscapeForPeople(inside, 64),
                                                 "}: a template is {name}, {name:host} or {name:realm}, its name 1 to "
                                                 "64 of [a-z0-9_]"));
}

absl::Status ReadInside(absl::string_view inside, TemplatePiece& piece) {
  const size_t colon = std::min(inside.find(':'), inside.size());
  piece.name = std::string(inside.substr(0, colon));
  const absl::string_view form = inside.substr(colon);
  if (form == ":host") {
    piece.form = TemplateForm::kHost;
  } else if (form == ":realm") {
    piece.form = TemplateForm::kRealm;
  } else if (!form.empty()) {
    return NoTemplate(inside);
  }
  return IsTemplateName(piece.name) ? absl::OkStatus() : NoTemplate(inside);
}

}  // namespace

bool IsTemplateName(absl::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_islower(byte) || absl::ascii_isdigit(byte) || c == '_';
  });
}

absl::StatusOr<std::vector<TemplatePiece>> ParseTemplate(absl::string_view text) {
  std::vector<TemplatePiece> pieces;
  while (true) {
    TemplatePiece piece;
    const size_t brace = text.find_first_of("{}");
    piece.before = std::string(text.substr(0, brace));
    if (brace == absl::string_view::npos) {
      pieces.push_back(std::move(piece));
      return pieces;
    }
    const size_t end = text[brace] == '{' ? text.find_first_of("{}", brace + 1) : absl::string_view::npos;
    if (end == absl::string_view::npos || text[end] != '}') {
      return absl::InvalidArgumentError("has a brace that belongs to no template: {name}");
    }
    RETURN_IF_ERROR(ReadInside(text.substr(brace + 1, end - brace - 1), piece));
    pieces.push_back(std::move(piece));
    text.remove_prefix(end + 1);
  }
}

std::string InForm(absl::string_view value, TemplateForm form) {
  switch (form) {
    case TemplateForm::kAsItIs:
      break;
    case TemplateForm::kHost:
      return absl::StrReplaceAll(absl::AsciiStrToLower(value), {{"_", "-"}});
    case TemplateForm::kRealm:
      return absl::StrReplaceAll(absl::AsciiStrToUpper(value), {{"-", "_"}});
  }
  return std::string(value);
}

}  // namespace oauth1d::providers
