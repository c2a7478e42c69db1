#include "server/egress/rules_fingerprints.h"

#include <openssl/sha.h>

#include "absl/strings/str_cat.h"

namespace oauth1d::egress {
namespace {

std::string Digest(absl::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

void AppendCounted(std::string* text, absl::string_view field) { absl::StrAppend(text, field.size(), ":", field); }

std::string Fingerprint(const NetworkRules& rules) {
  std::string text = absl::StrCat(rules.allow_plain_http ? 1 : 0, " ", rules.allow_blocks.size(), " ");
  for (const AddressBlock& block : rules.allow_blocks) {
    text.append(block.address.begin(), block.address.end());
    text.push_back(static_cast<char>(block.prefix_length));
  }
  AppendCounted(&text, rules.ca_pem);
  if (rules.proxy.has_value()) {
    AppendCounted(&text, rules.proxy->host);
    absl::StrAppend(&text, rules.proxy->port, " ");
    AppendCounted(&text, rules.proxy->username);
    text += Digest(rules.proxy->password.Reveal());  // no copy of it stays behind
  }
  return Digest(text);
}

}  // namespace

std::string RulesFingerprints::Of(const std::shared_ptr<const NetworkRules>& rules) {
  // Another object may stand where a dead one stood.
  const auto found = known_.find(rules.get());
  if (found != known_.end() && !found->second.rules.expired()) return found->second.fingerprint;
  std::erase_if(known_, [](const auto& entry) { return entry.second.rules.expired(); });
  Known known;
  known.rules = rules;
  known.fingerprint = Fingerprint(*rules);
  return known_.insert_or_assign(rules.get(), std::move(known)).first->second.fingerprint;
}

}  // namespace oauth1d::egress
