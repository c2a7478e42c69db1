#include "server/egress/connector.h"

#include <algorithm>
#include <functional>
#include <list>
#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/base/event.h"
#include "server/base/failure.h"
#include "server/egress/cancelled.h"

namespace oauth1d::egress {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::tcp;

constexpr absl::Duration kStagger = absl::Milliseconds(250);
// A name with a thousand addresses is not walked through.
constexpr size_t kMostAddresses = 16;

std::vector<address> InTurns(const std::vector<address>& addresses) {
  std::vector<address> v6, v4, turns;
  for (const address& each : addresses) (each.is_v6() ? v6 : v4).push_back(each);
  for (size_t i = 0; i < std::max(v6.size(), v4.size()); ++i) {
    if (i < v6.size()) turns.push_back(v6[i]);
    if (i < v4.size()) turns.push_back(v4[i]);
  }
  if (turns.size() > kMostAddresses) turns.resize(kMostAddresses);
  return turns;
}

// The attempts of one connection. Each pending attempt keeps it alive.
class Race : public ClosableSocket, public std::enable_shared_from_this<Race> {
 public:
  Race(boost::asio::io_context& loop, std::shared_ptr<OpenSockets> open_sockets)
      : loop_(loop), open_sockets_(std::move(open_sockets)) {
    open_sockets_->Add(this);
  }
  Race(const Race&) = delete;
  Race& operator=(const Race&) = delete;
  ~Race() override { open_sockets_->Remove(this); }

  void Try(const tcp::endpoint& endpoint) {
    tcp::socket& socket = attempts_.emplace_back(loop_);
    ++pending_;
    // No lambda: Asio keeps the name of its handler's type here, and clang's name of a lambda has the source's path.
    socket.async_connect(endpoint, std::bind_front(&Race::OnEnd, shared_from_this(), std::ref(socket)));
  }

  // Until something ended, or the deadline.
  boost::asio::awaitable<void> Wait(Environment& environment, Deadline deadline) {
    if (changed_) {
      changed_ = false;
      co_return;
    }
    event_.emplace();
    co_await event_->Wait(environment, deadline);
    changed_ = false;
  }

  void Close() override {
    closed_ = true;
    boost::system::error_code ignored;
    for (tcp::socket& socket : attempts_) socket.close(ignored);
  }

  std::optional<tcp::socket>& winner() { return winner_; }
  size_t pending() const { return pending_; }
  bool closed() const { return closed_; }
  const std::string& problem() const { return problem_; }

 private:
  void OnEnd(tcp::socket& socket, const boost::system::error_code& error) {
    --pending_;
    if (!error && !closed_ && !winner_.has_value()) winner_ = std::move(socket);
    if (error) problem_ = error.message();
    changed_ = true;
    if (event_.has_value()) event_->Set({});
  }

  boost::asio::io_context& loop_;
  const std::shared_ptr<OpenSockets> open_sockets_;
  std::list<tcp::socket> attempts_;
  size_t pending_ = 0;
  bool changed_ = false;
  bool closed_ = false;
  std::optional<tcp::socket> winner_;
  std::string problem_ = "no address";
  std::optional<Event<std::monostate>> event_;
};

// Closes the attempts however the coroutine ends.
class RaceEnd {
 public:
  explicit RaceEnd(std::shared_ptr<Race> race) : race_(std::move(race)) {}
  RaceEnd(const RaceEnd&) = delete;
  RaceEnd& operator=(const RaceEnd&) = delete;
  ~RaceEnd() { race_->Close(); }

 private:
  const std::shared_ptr<Race> race_;
};

}  // namespace

Task<std::unique_ptr<Socket>> Connect(boost::asio::io_context& loop, Environment& environment,
                                      std::shared_ptr<OpenSockets> open_sockets, std::vector<address> addresses,
                                      uint16_t port, TimeLimit limit) {
  const std::vector<address> turns = InTurns(addresses);
  const auto race = std::make_shared<Race>(loop, open_sockets);
  const RaceEnd end(race);
  size_t next = 0;
  while (!race->winner().has_value()) {
    if (race->closed()) co_return Fail(Reason::kProviderUnreachable, "shutting down");
    if (co_await Cancelled()) co_return absl::CancelledError("cancelled");
    if (limit.at.Passed(environment)) co_return ExpiryError(limit.expiry);
    if (next == turns.size() && race->pending() == 0) {
      co_return Fail(Reason::kProviderUnreachable, absl::StrCat("cannot connect: ", race->problem()));
    }
    Deadline until = limit.at;
    if (next < turns.size()) {
      race->Try(tcp::endpoint(turns[next++], port));
      if (next < turns.size()) until = until.OrAfter(environment, kStagger);
    }
    co_await race->Wait(environment, until);
  }
  tcp::socket connected = *std::exchange(race->winner(), std::nullopt);
  co_return std::make_unique<Socket>(std::move(connected), environment, std::move(open_sockets));
}

}  // namespace oauth1d::egress
