// What providers, consumers and owners may be called.
#ifndef OAUTH1D_SERVER_CONFIG_NAMES_H_
#define OAUTH1D_SERVER_CONFIG_NAMES_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "server/config/findings.h"

namespace oauth1d::config {

// The names of one list: each 1 to 64 of [A-Za-z0-9._-], no two alike.
class Names {
 public:
  explicit Names(Findings& findings) : findings_(findings) {}
  // Takes the name that stands at `path`, or a fault there.
  void Take(const std::string& name, const std::string& path);

 private:
  Findings& findings_;
  std::map<std::string, std::string> paths_;
};

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_NAMES_H_
