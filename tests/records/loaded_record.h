// A built-in record in a configuration such as an operator writes: nothing of the record is changed.
#ifndef OAUTH1D_TESTS_RECORDS_LOADED_RECORD_H_
#define OAUTH1D_TESTS_RECORDS_LOADED_RECORD_H_

#include <memory>
#include <string>

#include "server/providers/owner.h"
#include "server/providers/provider.h"
#include "server/sealing/keyring.h"
#include "tests/records/script.h"

namespace oauth1d::records {

// What the provider is called in it.
inline constexpr char kProvider[] = "theirs";

struct LoadedRecord {
  std::shared_ptr<const providers::Provider> provider;  // null: it does not load
  std::shared_ptr<const providers::Owner> owner;
  std::shared_ptr<const sealing::Keyring> keyring;
  std::string mistakes;
};

// `lie`: a line that overrides a field of the record, for tests of the tests.
LoadedRecord LoadRecord(const Script& script, const std::string& lie = "");

// Of the key that stands in LoadRecord's configurations where the script says rsa.
std::string PublicKeyPem();

}  // namespace oauth1d::records

#endif  // OAUTH1D_TESTS_RECORDS_LOADED_RECORD_H_
