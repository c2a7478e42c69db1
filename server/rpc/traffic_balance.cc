#include "server/rpc/traffic_balance.h"

#include <algorithm>

namespace oauth1d::rpc {
namespace {

// A call's headers: the most that the metadata limit lets through, and some for frames and TLS.
constexpr uint64_t kHeadersOfCall = 9 * 1024;
// A message's frames, and the TLS records around them.
constexpr uint64_t kAroundMessage = 64;
// Compression makes messages shorter than what came, padding and small DATA frames longer.
constexpr uint64_t kBytesForRead = 2;
// WINDOW_UPDATE and acknowledgements of pings, for what we send: 40 bytes under TLS for some kilobytes. A flood of
// SETTINGS, whose acknowledgements are as long as itself, is not explained by them.
constexpr uint64_t kSentForByte = 16;

uint64_t Explained(const ByteCounts& bytes, const CallCounts& calls) {
  return calls.calls * kHeadersOfCall + calls.messages * kAroundMessage + calls.read_bytes * kBytesForRead +
         bytes.sent / kSentForByte;
}

}  // namespace

absl::string_view TrafficBalance::Judge(const ByteCounts& bytes, const CallCounts& calls, absl::Duration now) {
  if (!began_) {
    began_ = true;
    last_ = now;
    second_began_ = now;
  }
  if (BringsWhatNobodyReads(bytes, calls, now)) return "brings what no call reads";
  if (KeepsResetting(calls, now)) return "begins calls only to cancel them";
  return "";
}

bool TrafficBalance::BringsWhatNobodyReads(const ByteCounts& bytes, const CallCounts& calls, absl::Duration now) {
  const uint64_t explained = Explained(bytes, calls);
  const auto forgotten = static_cast<uint64_t>(absl::ToDoubleSeconds(now - last_) * kForgottenPerSecond);
  const uint64_t more = unread_ + (bytes.received - received_);
  unread_ = more - std::min(more, explained - explained_ + forgotten);
  received_ = bytes.received;
  explained_ = explained;
  last_ = now;
  const uint64_t under_way = calls.calls - std::min(calls.calls, calls.ends);
  return unread_ > kUnread + std::min(calls.read_bytes, kUnreadOfReader) + under_way * kUnreadForCall;
}

bool TrafficBalance::KeepsResetting(const CallCounts& calls, absl::Duration now) {
  const uint64_t resets = calls.resets - at_second_.resets;
  const uint64_t answers = calls.answers - at_second_.answers;
  // One answer in ten is a caller that hedges its calls.
  const bool too_many = resets > kResetsPerSecond && resets / 10 > answers;
  if (now - second_began_ >= absl::Seconds(1)) {
    second_began_ = now;
    at_second_ = calls;
  }
  return too_many;
}

}  // namespace oauth1d::rpc
