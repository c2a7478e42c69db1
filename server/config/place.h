// A message of the configuration: where it stands, and where its mistakes go.
#ifndef OAUTH1D_SERVER_CONFIG_PLACE_H_
#define OAUTH1D_SERVER_CONFIG_PLACE_H_

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/base/failure.h"
#include "server/config/findings.h"

namespace oauth1d::config {

class Place {
 public:
  // `findings` outlives it.
  Place(std::string path, Findings& findings) : path_(std::move(path)), findings_(&findings) {}

  const std::string& path() const { return path_; }
  Findings& findings() const { return *findings_; }
  std::string PathOf(absl::string_view field) const { return absl::StrCat(path_, ".", field); }
  std::string PathOf(absl::string_view list, int i) const { return absl::StrCat(path_, ".", list, "[", i, "]"); }
  Place At(absl::string_view field) const { return Place(PathOf(field), *findings_); }
  Place At(absl::string_view list, int i) const { return Place(PathOf(list, i), *findings_); }

  // Of the message itself, and of one of its fields.
  void Fault(absl::string_view what) const { findings_->Fault(path_, what); }
  void Fault(absl::string_view field, absl::string_view what) const { findings_->Fault(PathOf(field), what); }
  void Warn(absl::string_view field, absl::string_view what) const { findings_->Warn(PathOf(field), what); }

 private:
  std::string path_;
  Findings* findings_;
};

// Text from the configuration, in a mistake.
// One that looks like an address with a password in it is not shown.
inline std::string Quoted(absl::string_view text) {
  if (absl::StrContains(text, '@')) return "what stands there (not shown: it may hold a password)";
  return absl::StrCat("\"", EscapeForPeople(text, 128), "\"");
}

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_PLACE_H_
