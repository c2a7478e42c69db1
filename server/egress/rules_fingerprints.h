// Tells whether two sets of rules are equal, without comparing certificates for every request.
#ifndef OAUTH1D_SERVER_EGRESS_RULES_FINGERPRINTS_H_
#define OAUTH1D_SERVER_EGRESS_RULES_FINGERPRINTS_H_

#include <memory>
#include <string>
#include <unordered_map>

#include "server/base/network_rules.h"

namespace oauth1d::egress {

// Used on one loop.
class RulesFingerprints {
 public:
  // Equal for equal rules, and only for those (SHA-256). Remembered as long as the object lives.
  std::string Of(const std::shared_ptr<const NetworkRules>& rules);

 private:
  struct Known {
    std::weak_ptr<const NetworkRules> rules;
    std::string fingerprint;
  };

  std::unordered_map<const NetworkRules*, Known> known_;
};

}  // namespace oauth1d::egress

#endif  // OAUTH1D_SERVER_EGRESS_RULES_FINGERPRINTS_H_
