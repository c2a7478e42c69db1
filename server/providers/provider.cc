#include "server/providers/provider.h"

namespace oauth1d::providers {

const Consumer* Provider::FindConsumer(absl::string_view consumer) const {
  if (consumer.empty()) return consumers.size() == 1 ? &consumers[0] : nullptr;
  for (const Consumer& candidate : consumers) {
    if (candidate.name == consumer) return &candidate;
  }
  return nullptr;
}

}  // namespace oauth1d::providers
