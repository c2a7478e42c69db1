#include "server/egress/idle_connections.h"

#include <iterator>
#include <utility>

namespace oauth1d::egress {

IdleConnections::IdleConnections(boost::asio::io_context& loop, Environment& environment, IdleOptions options)
    : environment_(environment), options_(options), alarm_(environment.NewAlarm(loop.get_executor())) {}

IdleConnections::~IdleConnections() = default;

std::unique_ptr<HttpConnection> IdleConnections::Take(const std::string& key, bool may_be_stale) {
  const absl::Duration oldest = environment_.Uptime() - (may_be_stale ? options_.most : options_.fresh);
  for (;;) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    const Iterator newest = found->second.back();
    if (newest->since <= oldest) return nullptr;
    std::unique_ptr<HttpConnection> connection = Remove(newest);
    if (connection->Quiet()) return connection;
  }
}

void IdleConnections::Give(const std::string& key, std::unique_ptr<HttpConnection> connection) {
  std::vector<Iterator>& same = by_key_[key];
  Idle idle;
  idle.key = key;
  idle.since = environment_.Uptime();
  idle.connection = std::move(connection);
  same.push_back(by_age_.insert(by_age_.end(), std::move(idle)));
  if (same.size() > options_.per_key) Remove(same.front());
  if (by_age_.size() > options_.in_all) Remove(by_age_.begin());
  if (!armed_) CloseOld();
}

void IdleConnections::CloseAll() {
  by_key_.clear();
  by_age_.clear();
  alarm_->Cancel();
  armed_ = false;
}

std::unique_ptr<HttpConnection> IdleConnections::Remove(Iterator idle) {
  const auto found = by_key_.find(idle->key);
  std::erase(found->second, idle);
  if (found->second.empty()) by_key_.erase(found);
  std::unique_ptr<HttpConnection> connection = std::move(idle->connection);
  by_age_.erase(idle);
  return connection;
}

// The alarm stays armed when the connection that it was set for is taken: setting it anew for each request would cost
// more than a ring for nothing.
void IdleConnections::CloseOld() {
  const absl::Duration now = environment_.Uptime();
  while (!by_age_.empty() && by_age_.front().since + options_.most <= now) Remove(by_age_.begin());
  armed_ = !by_age_.empty();
  if (armed_) alarm_->Set(by_age_.front().since + options_.most - now, [this] { CloseOld(); });
}

}  // namespace oauth1d::egress
