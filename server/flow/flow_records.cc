#include "server/flow/flow_records.h"

#include <openssl/sha.h>

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/sealing/envelope.h"

namespace oauth1d::flow {
namespace {

sealing::Lock OuterLock(const FlowLocator& locator) {
  return sealing::Lock{sealing::Kind::kFlow, locator.store_key, {locator.lookup}};
}

sealing::Lock InnerLock(const FlowLocator& locator, absl::string_view binding) {
  return sealing::Lock{sealing::Kind::kFlowSecrets, locator.store_key, {locator.lookup, std::string(binding)}};
}

}  // namespace

std::string Sha256(absl::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

FlowLocator::FlowLocator(std::string lookup_value)
    : lookup(std::move(lookup_value)),
      store_key(absl::StrCat("oauth1d:flow:", absl::WebSafeBase64Escape(Sha256(lookup)))) {}

absl::Status FlowNotFound() {
  return Fail(Reason::kFlowNotFound, "no such login is under way: it expired, or never was; begin it anew");
}

absl::StatusOr<std::string> FlowRecords::SealSecrets(const sealing::Keyring& keyring, const FlowLocator& locator,
                                                     absl::string_view binding,
                                                     const records::v1::FlowSecrets& secrets) {
  std::string plaintext = secrets.SerializeAsString();
  absl::StatusOr<std::string> sealed = sealing::Seal(keyring, InnerLock(locator, binding), plaintext, environment_);
  WipeText(plaintext);
  return sealed;
}

absl::StatusOr<records::v1::FlowSecrets> FlowRecords::OpenSecrets(const sealing::Keyring& keyring,
                                                                  const FlowLocator& locator, absl::string_view binding,
                                                                  const records::v1::Flow& flow) {
  absl::StatusOr<std::string> plaintext = sealing::Open(keyring, InnerLock(locator, binding), flow.inner());
  if (absl::IsDataLoss(plaintext.status())) {
    // The outer envelope is whole, so the inner one is too: it is the binding that is not the flow's.
    return Fail(Reason::kBindingMismatch, "this login was begun in another browser; it can be finished there");
  }
  if (ReasonOf(plaintext.status()) == Reason::kTokenExpired) return FlowNotFound();
  RETURN_IF_ERROR(plaintext.status());
  records::v1::FlowSecrets secrets;
  const bool parsed = secrets.ParseFromString(*plaintext);
  WipeText(*plaintext);
  if (!parsed) return Fail(Reason::kRecordInvalid, "a sealed record holds no flow");
  return secrets;
}

absl::StatusOr<StoredFlow> FlowRecords::SealFlow(const sealing::Keyring& keyring, const FlowLocator& locator,
                                                 records::v1::Flow flow, absl::Duration ttl) {
  StoredFlow sealed;
  ASSIGN_OR_RETURN(sealed.bytes, sealing::Seal(keyring, OuterLock(locator), flow.SerializeAsString(), environment_));
  sealed.flow = std::move(flow);
  sealed.remaining = ttl;
  return sealed;
}

Task<bool> FlowRecords::Create(Call call, FlowLocator locator, StoredFlow flow) {
  co_return co_await store_.Put(locator.store_key, std::move(flow.bytes), flow.remaining, call.deadline);
}

Task<StoredFlow> FlowRecords::Load(Call call, FlowLocator locator) {
  CO_ASSIGN_OR_RETURN(std::optional<storage::Entry> entry, co_await store_.Get(locator.store_key, call.deadline));
  if (!entry.has_value()) co_return FlowNotFound();
  const sealing::Lock lock = OuterLock(locator);
  const absl::StatusOr<std::string> plaintext = sealing::Open(*call.keyring, lock, entry->value);
  if (ReasonOf(plaintext.status()) == Reason::kTokenExpired) co_return FlowNotFound();
  CO_RETURN_IF_ERROR(plaintext.status());
  StoredFlow stored;
  if (!stored.flow.ParseFromString(*plaintext)) {
    co_return Fail(Reason::kRecordInvalid, "a sealed record holds no flow");
  }
  stored.bytes = std::move(entry->value);
  stored.remaining = entry->remaining;
  co_return stored;
}

Task<bool> FlowRecords::Replace(Call call, FlowLocator locator, std::string expected_bytes, StoredFlow next) {
  co_return co_await store_.Swap(locator.store_key, std::move(expected_bytes), std::move(next.bytes), next.remaining,
                                 call.deadline);
}

}  // namespace oauth1d::flow
