#include "server/callers/shown_chains.h"

#include <utility>

namespace oauth1d::callers {
namespace {

constexpr size_t kMostChains = 1024;

}  // namespace

ShownChains& ShownChains::OfThisProcess() {
  static ShownChains* const chains = new ShownChains();  // never destroyed: gRPC's threads may outlive main
  return *chains;
}

void ShownChains::Keep(const Sha256Digest& leaf, std::string chain_pem) {
  const absl::MutexLock lock(&mutex_);
  if (chains_.insert_or_assign(leaf, std::move(chain_pem)).second) order_.push_back(leaf);
  if (order_.size() <= kMostChains) return;
  chains_.erase(order_.front());
  order_.pop_front();
}

std::string ShownChains::Find(const Sha256Digest& leaf) const {
  const absl::MutexLock lock(&mutex_);
  const auto found = chains_.find(leaf);
  return found == chains_.end() ? "" : found->second;
}

}  // namespace oauth1d::callers
