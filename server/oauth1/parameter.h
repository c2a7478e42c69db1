// A name and a value, decoded. Lists of them keep order and repeats: nothing in OAuth is a map.
#ifndef OAUTH1D_SERVER_OAUTH1_PARAMETER_H_
#define OAUTH1D_SERVER_OAUTH1_PARAMETER_H_

#include <string>
#include <vector>

namespace oauth1d::oauth1 {

struct Parameter {
  std::string name;
  std::string value;

  friend bool operator==(const Parameter&, const Parameter&) = default;
};

using Parameters = std::vector<Parameter>;

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_PARAMETER_H_
