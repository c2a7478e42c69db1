#include "server/config/token_life_builder.h"

#include <array>
#include <string>

#include "absl/time/time.h"
#include "server/config/choice.h"

namespace oauth1d::config {
namespace {

using providers::RenewBy;

constexpr std::array<Choice<RenewBy>, 2> kRenewBy = {
    {{"session_handle", RenewBy::kSessionHandle}, {"url", RenewBy::kUrl}}};
constexpr std::array<Choice<absl::string_view>, 2> kRenewalMethods = {{{"GET", "GET"}, {"POST", "POST"}}};
constexpr std::array<Choice<absl::string_view>, 3> kRevocationMethods = {
    {{"GET", "GET"}, {"POST", "POST"}, {"DELETE", "DELETE"}}};

// An empty value takes away what a record says.
bool IsTakenAway(const Place& at) { return at.findings().IsWritten(at.path()); }

void BuildRenewal(const v1::Provider& from, const Place& place, providers::Provider& to) {
  const v1::Renewal& renewal = from.renewal();
  const Place at = place.At("renewal");
  if (renewal.by().empty()) {
    if (!IsTakenAway(at.At("by"))) at.Fault("by", "is required: session_handle or url");
    return;
  }
  ChooseInto(kRenewBy, renewal.by(), at.At("by"), to.renewal.by);
  if (to.renewal.by == RenewBy::kUrl && renewal.url().empty())
    at.Fault("url", "is required where tokens are renewed by url");
  if (to.renewal.by == RenewBy::kSessionHandle && !renewal.url().empty()) {
    at.Fault("url", "is of no use with session_handle, which goes to access_token_url");
  }
  if (to.renewal.by == RenewBy::kSessionHandle && from.access_token_url().empty()) {
    at.Fault("by", "session_handle needs access_token_url");
  }
  to.renewal.method = std::string(Choose(kRenewalMethods, renewal.method(), at.At("method")).value_or("GET"));
  to.renewal.lifetime = absl::Seconds(renewal.lifetime().seconds()) + absl::Nanoseconds(renewal.lifetime().nanos());
  to.renewal.problems.assign(renewal.problems().begin(), renewal.problems().end());
  for (int i = 0; i < renewal.problems_size(); ++i) {
    if (renewal.problems(i).empty()) at.At("problems", i).Fault("is empty");
  }
}

}  // namespace

void BuildTokenLife(const v1::Provider& from, const Place& place, providers::Provider& to) {
  if (from.has_renewal()) BuildRenewal(from, place, to);
  if (!from.has_revocation()) return;
  const Place at = place.At("revocation");
  if (from.revocation().url().empty() && !IsTakenAway(at.At("url")))
    at.Fault("url", "is required: where the provider is told to forget a token");
  to.revocation_method =
      std::string(Choose(kRevocationMethods, from.revocation().method(), at.At("method")).value_or("POST"));
}

}  // namespace oauth1d::config
