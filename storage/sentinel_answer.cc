#include "storage/sentinel_answer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::storage {
namespace {

constexpr size_t kLongestName = 253;  // RFC 1035, section 2.3.4

absl::Status Trouble(absl::string_view what) { return Fail(Reason::kStoreUnavailable, what); }

bool IsHost(absl::string_view name) {
  return !name.empty() && name.size() <= kLongestName && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._:", c);
  });
}

std::optional<uint16_t> PortOf(absl::string_view text) {
  int port = 0;
  const bool digits = text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) {
                        return absl::ascii_isdigit(static_cast<unsigned char>(c));
                      });
  if (!digits || !absl::SimpleAtoi(text, &port) || port < 1 || port > 65535) return std::nullopt;
  return static_cast<uint16_t>(port);
}

// Names and values take turns.
std::optional<uint64_t> EpochOf(const Reply& master) {
  for (size_t i = 0; i + 1 < master.elements.size(); i += 2) {
    uint64_t epoch = 0;
    if (master.elements[i].text != "config-epoch") continue;
    if (!absl::SimpleAtoi(master.elements[i + 1].text, &epoch)) return std::nullopt;
    return epoch;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<SentinelAnswer> ReadSentinelAnswer(const Reply& master, const Reply& address) {
  SentinelAnswer answer;
  if (address.type == Reply::Type::kNil) return answer;
  for (const Reply* const reply : {&master, &address}) {
    if (reply->type == Reply::Type::kError) return Trouble(absl::StrCat("refused: ", EscapeForPeople(reply->text)));
  }
  if (address.type != Reply::Type::kArray || address.elements.size() != 2) return Trouble("the answer is no address");
  const std::string& host = address.elements[0].text;
  const std::string& port = address.elements[1].text;
  const std::optional<uint16_t> number = PortOf(port);
  if (!IsHost(host) || !number.has_value()) {
    return Trouble(absl::StrCat("names no usable address: \"", EscapeForPeople(host, 64), "\" port \"",
                                EscapeForPeople(port, 64), "\""));
  }
  const std::optional<uint64_t> epoch = EpochOf(master);
  if (!epoch.has_value()) return Trouble("tells no config-epoch of the primary");
  answer.epoch = *epoch;
  RedisAddress& found = answer.address.emplace();
  found.host = host;
  found.port = *number;
  return answer;
}

absl::StatusOr<RedisAddress> BestOf(const std::vector<SentinelAnswer>& answers,
                                    const std::optional<RedisAddress>& present, absl::string_view name) {
  const SentinelAnswer* best = nullptr;
  for (const SentinelAnswer& answer : answers) {
    if (!answer.address.has_value()) continue;
    const bool newer = best == nullptr || answer.epoch > best->epoch;
    if (newer || (answer.epoch == best->epoch && answer.address == present)) best = &answer;
  }
  if (best != nullptr) return *best->address;
  return Trouble(absl::StrCat("no Sentinel knows a primary called \"", EscapeForPeople(name),
                              "\": is that the name in their `sentinel monitor` line?"));
}

}  // namespace oauth1d::storage
