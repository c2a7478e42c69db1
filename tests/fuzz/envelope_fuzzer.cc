// Whatever stands in the store or comes as a token: it never opens, and never crashes. The input is tried as it is,
// behind a head that is right, and as a change of an envelope that opens.
#include "server/base/environment.h"
#include "server/base/failure.h"
#include "server/sealing/envelope.h"
#include "tests/fuzz/fuzzed.h"

namespace oauth1d::sealing {
namespace {

const Keyring& Keys() {
  static const auto* const keyring = new Keyring(*Keyring::Create(
      {{"k1", KeyState::kActive, Secret(std::string(32, '1'))}, {"k0", KeyState::kRetired, Secret()}}));
  return *keyring;
}

const Lock& TheLock() {
  static const auto* const lock = new Lock{Kind::kFlow, "place", {"state"}};
  return *lock;
}

const std::string& GoodEnvelope() {
  static const auto* const envelope = new std::string(*Seal(Keys(), TheLock(), "the text", RealEnvironment()));
  return *envelope;
}

void NeverOpens(absl::string_view envelope) {
  const Reason reason = ReasonOf(Open(Keys(), TheLock(), envelope).status());
  Promise(reason == Reason::kRecordInvalid || reason == Reason::kKeyNotLoaded || reason == Reason::kTokenExpired,
          "garbage is refused with one of three reasons");
}

}  // namespace
}  // namespace oauth1d::sealing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using oauth1d::sealing::GoodEnvelope;
  const std::string input(oauth1d::AsText(data, size));
  oauth1d::sealing::NeverOpens(input);
  oauth1d::sealing::NeverOpens("\1\1\2k1" + input);
  // Never compared with the good one: libFuzzer reads what is compared, and would hand it in as its own find.
  std::string changed = GoodEnvelope();
  std::string change(changed.size(), '\0');
  for (size_t i = 0; i < input.size(); ++i) {
    char& bits = change[i % change.size()];
    bits = static_cast<char>(bits ^ input[i]);
  }
  bool any = false;
  for (size_t i = 0; i < changed.size(); ++i) {
    any |= change[i] != 0;
    changed[i] = static_cast<char>(changed[i] ^ change[i]);
  }
  if (any) oauth1d::sealing::NeverOpens(changed);
  return 0;
}
