// Flows in the store: sealed twice, found by lookup value, moved from phase to phase by compare-and-swap.
#ifndef OAUTH1D_SERVER_FLOW_FLOW_RECORDS_H_
#define OAUTH1D_SERVER_FLOW_FLOW_RECORDS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "oauth1d/records/v1/records.pb.h"
#include "server/flow/call.h"

namespace oauth1d::flow {

std::string Sha256(absl::string_view text);

// How a flow is found. The store sees only the SHA-256 of the lookup value: reading it gives no states.
struct FlowLocator {
  explicit FlowLocator(std::string lookup_value);

  std::string lookup;
  std::string store_key;  // oauth1d:flow:<base64url>
};

// A flow as it stands in the store, or is to stand there: opened on the outside, and the sealed bytes to swap.
struct StoredFlow {
  records::v1::Flow flow;
  std::string bytes;
  absl::Duration remaining;  // by the store's clock; what is written lives for this long
};

class FlowRecords {
 public:
  FlowRecords(Environment& environment, storage::KeyValueStore& store) : environment_(environment), store_(store) {}

  // Seals the secrets for the browser that holds `binding`.
  absl::StatusOr<std::string> SealSecrets(const sealing::Keyring& keyring, const FlowLocator& locator,
                                          absl::string_view binding, const records::v1::FlowSecrets& secrets);
  // Errors: kPermissionDenied with reason BINDING_MISMATCH; TOKEN_EXPIRED, KEY_NOT_LOADED as Keyring::Find.
  absl::StatusOr<records::v1::FlowSecrets> OpenSecrets(const sealing::Keyring& keyring, const FlowLocator& locator,
                                                       absl::string_view binding, const records::v1::Flow& flow);

  // Seals the outer layer, to be written with a life of `ttl`. Errors: kInternal.
  absl::StatusOr<StoredFlow> SealFlow(const sealing::Keyring& keyring, const FlowLocator& locator,
                                      records::v1::Flow flow, absl::Duration ttl);

  // False: there is one already. Errors: as KeyValueStore::Put.
  Task<bool> Create(Call call, FlowLocator locator, StoredFlow flow);
  // Errors: kNotFound with reason FLOW_NOT_FOUND; kDataLoss with reason RECORD_INVALID; KEY_NOT_LOADED; as Get.
  Task<StoredFlow> Load(Call call, FlowLocator locator);
  // False: someone else replaced it before. Errors: as KeyValueStore::Swap.
  Task<bool> Replace(Call call, FlowLocator locator, std::string expected_bytes, StoredFlow next);

 private:
  Environment& environment_;
  storage::KeyValueStore& store_;
};

// Unknown, expired, and someone else's: told alike.
absl::Status FlowNotFound();

}  // namespace oauth1d::flow

#endif  // OAUTH1D_SERVER_FLOW_FLOW_RECORDS_H_
