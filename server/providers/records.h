// The built-in records: one YAML file a provider in this folder, compiled into the binary.
#ifndef OAUTH1D_SERVER_PROVIDERS_RECORDS_H_
#define OAUTH1D_SERVER_PROVIDERS_RECORDS_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::providers {

struct BuiltInRecord {
  absl::string_view name;  // the file's name without .yaml
  absl::string_view yaml;  // one oauth1d.config.v1.Provider, without consumers
};

// Sorted by name.
const std::vector<BuiltInRecord>& BuiltInRecords();

}  // namespace oauth1d::providers

#endif  // OAUTH1D_SERVER_PROVIDERS_RECORDS_H_
