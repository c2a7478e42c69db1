#include "server/config/limits_builder.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace oauth1d::config {
namespace {

using ::google::protobuf::FieldDescriptor;

constexpr uint32_t kMost = 1'000'000;

struct Limit {
  absl::string_view name;
  uint32_t by_default;
  uint32_t most = kMost;
};

// The reasons stand in the manual, config.proto.
constexpr std::array<Limit, 10> kLimits = {{{"in_flight", 2000},
                                            {"in_flight_per_owner", 500},
                                            {"in_flight_per_provider", 500},
                                            {"megabytes_in_flight", 256},
                                            {"pending_flows_per_owner", 10'000, 1'000'000'000},
                                            {"token_reply_kilobytes", 64, 1024},
                                            {"connections", 4096},
                                            {"connections_per_identity", 64},
                                            {"streams_per_connection", 100},
                                            {"metadata_kilobytes", 8, 64}}};

const FieldDescriptor* FieldOf(const Limit& limit) {
  return v1::Limits::descriptor()->FindFieldByName(std::string(limit.name));
}

void Check(uint32_t number, uint32_t most, const Place& place) {
  if (number == 0 || number > most) place.Fault(absl::StrCat("must be from 1 to ", most, ", not ", number));
}

}  // namespace

void FillLimits(const Findings& findings, v1::Limits& limits) {
  for (const Limit& limit : kLimits) {
    if (findings.IsWritten(absl::StrCat("limits.", limit.name))) continue;
    limits.GetReflection()->SetUInt32(&limits, FieldOf(limit), limit.by_default);
  }
  if (!limits.has_flow_lifetime()) limits.mutable_flow_lifetime()->set_seconds(600);
}

void BuildLimits(const v1::Limits& limits, const Place& place, Snapshot& snapshot, providers::HouseRules& rules) {
  for (const Limit& limit : kLimits) {
    Check(limits.GetReflection()->GetUInt32(limits, FieldOf(limit)), limit.most, place.At(limit.name));
  }
  snapshot.quotas.in_flight = static_cast<int>(limits.in_flight());
  snapshot.quotas.in_flight_per_owner = static_cast<int>(limits.in_flight_per_owner());
  snapshot.quotas.in_flight_per_provider = static_cast<int>(limits.in_flight_per_provider());
  snapshot.quotas.bytes_in_flight = size_t{limits.megabytes_in_flight()} << 20;
  snapshot.quotas.pending_flows_per_owner = static_cast<int>(limits.pending_flows_per_owner());
  snapshot.connections.connections = static_cast<int>(limits.connections());
  snapshot.connections.connections_per_identity = static_cast<int>(limits.connections_per_identity());
  snapshot.connections.streams_per_connection = static_cast<int>(limits.streams_per_connection());
  snapshot.connections.metadata_bytes = size_t{limits.metadata_kilobytes()} << 10;
  rules.token_reply_bytes = size_t{limits.token_reply_kilobytes()} << 10;
  rules.flow_life = absl::Seconds(limits.flow_lifetime().seconds()) + absl::Nanoseconds(limits.flow_lifetime().nanos());
  if (rules.flow_life < absl::Minutes(1) || rules.flow_life > absl::Minutes(60)) {
    place.Fault("flow_lifetime", "must be from 1m to 60m");
  }
}

int OptionalLimit(uint32_t limit, const Place& place) {
  if (limit > 0 || place.findings().IsWritten(place.path())) Check(limit, 1'000'000'000, place);
  return static_cast<int>(limit);
}

}  // namespace oauth1d::config
