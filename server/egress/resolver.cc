#include "server/egress/resolver.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/egress/cancelled.h"

namespace oauth1d::egress {
namespace {

absl::Status Unreachable(absl::string_view problem) { return Fail(Reason::kProviderUnreachable, problem); }

}  // namespace

Resolver::Resolver(boost::asio::io_context& loop, Environment& environment, ResolverOptions options)
    : loop_(loop), environment_(environment), options_(std::move(options)) {}

Resolver::~Resolver() { Stop(); }

Task<Resolver::Addresses> Resolver::Resolve(std::string host, TimeLimit limit) {
  boost::system::error_code not_a_number;
  const boost::asio::ip::address number = boost::asio::ip::make_address(host, not_a_number);
  if (!not_a_number) co_return Addresses(1, number);
  // RFC 6761 section 6.3: never a matter for name servers, nor for an /etc/hosts that may be missing or wrong.
  if (host == "localhost") co_return Addresses(1, boost::asio::ip::address_v4::loopback());
  if (stopped_) co_return Unreachable("shutting down");

  if (const auto known = names_.find(host); known != names_.end()) {
    const Name& name = known->second;
    if (environment_.Uptime() < name.fresh_until) co_return name.last_good;
    if (environment_.Uptime() < name.failed_until) co_return FromCache(name);
  }
  const bool failing = !names_[host].failure.ok();
  Result stale = FromCache(names_[host]);
  if (names_[host].lookup == nullptr) {
    if (lookups_ >= options_.most_lookups) co_return Unreachable("too many names are being looked up");
    StartLookup(host);
  }
  // The name servers failed the last time: nobody waits for them as long as there is an answer to go on with.
  if (failing && stale.ok()) co_return stale;
  const auto waiter = std::make_shared<Event<Result>>();
  names_[host].waiters.push_back(waiter);

  // The resolver may be gone when this goes on.
  Environment& environment = environment_;
  std::optional<Result> result = co_await waiter->Wait(environment, limit.at);
  if (result.has_value()) co_return *std::move(result);
  if (co_await Cancelled()) co_return absl::CancelledError("cancelled");
  co_return ExpiryError(limit.expiry);
}

// The last good answer outlives its time only while the name servers fail.
Resolver::Result Resolver::FromCache(const Name& name) const {
  const bool usable = !name.last_good.empty() && environment_.Uptime() < name.fresh_until + options_.stale_life;
  if (usable) return name.last_good;
  return name.failure.ok() ? Unreachable("not looked up yet") : name.failure;
}

void Resolver::StartLookup(const std::string& host) {
  DropOldNames();
  ++lookups_;
  const auto lookup = std::make_shared<DnsLookup>(loop_, environment_);
  names_[host].lookup = lookup;
  lookup->Start(host, options_.name_servers, options_.timeout,
                [this, host](DnsAnswer answer) { Learn(host, std::move(answer)); });
}

void Resolver::Learn(const std::string& host, DnsAnswer answer) {
  Name& name = names_[host];
  --lookups_;
  name.lookup.reset();
  const absl::Duration now = environment_.Uptime();
  if (answer.kind == DnsAnswer::Kind::kFound) {
    name.last_good = std::move(answer.addresses);
    name.failure = absl::OkStatus();
    name.fresh_until = now + std::clamp(answer.time_to_live, options_.shortest_life, options_.longest_life);
  } else {
    if (answer.kind == DnsAnswer::Kind::kNoSuchName) name.last_good.clear();
    name.failure = Unreachable(absl::StrCat("no address for ", EscapeForPeople(host), ": ", answer.problem));
    name.failed_until = now + options_.failure_life;
  }
  const Result result = now < name.fresh_until ? Result(name.last_good) : FromCache(name);
  for (const Waiter& waiter : std::exchange(name.waiters, {})) waiter->Set(result);
}

void Resolver::DropOldNames() {
  if (names_.size() < options_.most_names) return;
  const absl::Duration now = environment_.Uptime();
  std::erase_if(names_, [&](const auto& entry) {
    const Name& name = entry.second;
    return name.lookup == nullptr && name.waiters.empty() && now >= name.fresh_until && now >= name.failed_until;
  });
  // All of them fresh: any one goes, and is looked up again when it is wanted.
  for (auto it = names_.begin(); it != names_.end() && names_.size() >= options_.most_names;) {
    const bool idle = it->second.lookup == nullptr && it->second.waiters.empty();
    it = idle ? names_.erase(it) : std::next(it);
  }
}

void Resolver::Stop() {
  stopped_ = true;
  for (auto& [host, name] : std::exchange(names_, {})) {
    for (const Waiter& waiter : name.waiters) waiter->Set(Unreachable("shutting down"));
  }
  lookups_ = 0;
}

}  // namespace oauth1d::egress
