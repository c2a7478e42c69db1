// One script from its beginning to its end.
#ifndef OAUTH1D_TESTS_RECORDS_PLAY_H_
#define OAUTH1D_TESTS_RECORDS_PLAY_H_

#include <set>
#include <string>
#include <vector>

#include "server/providers/provider.h"
#include "tests/records/loaded_record.h"
#include "tests/records/script.h"

namespace oauth1d::records {

struct Played {
  std::set<providers::Capability> shown;  // what went well from end to end
  std::vector<std::string> complaints;    // what the provider, or a caller, would not have taken
};

// `record` loads.
Played Play(const Script& script, const LoadedRecord& record);

}  // namespace oauth1d::records

#endif  // OAUTH1D_TESTS_RECORDS_PLAY_H_
