#include "server/flow/gate.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/base/failure.h"

namespace oauth1d::flow {
namespace {

absl::Status NotAllowed(const Call& call, absl::string_view what) {
  return Fail(Reason::kCallerNotAllowed, absl::StrCat("the owner ", call.owner->name, " ", what));
}

std::string HeaderName(const egress::HeaderField& header) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(header.name), {{"_", "-"}});
}

template <size_t N>
bool HasHeader(const AskedRequest& request, const std::array<absl::string_view, N>& names) {
  return std::any_of(request.headers.begin(), request.headers.end(), [&](const egress::HeaderField& header) {
    return std::find(names.begin(), names.end(), HeaderName(header)) != names.end();
  });
}

// PHP makes underscores of dots, spaces and brackets at a name's beginning; names differ in their marks alone.
bool NamesMethod(absl::string_view name) {
  const bool marked = !name.empty() && absl::StrContains("_. [", name[0]);
  std::string bare = absl::AsciiStrToLower(name);
  std::erase_if(bare, [](char c) { return !absl::ascii_isalnum(static_cast<unsigned char>(c)); });
  return (marked && (bare == "method" || bare == "httpmethod")) || bare == "xhttpmethodoverride" ||
         bare == "xhttpmethod" || bare == "xmethodoverride";
}

// Some frameworks take the method from here: with it, a policy about methods would be no policy.
bool OverridesMethod(const AskedRequest& request) {
  constexpr std::array<absl::string_view, 3> kHeaders = {"x-http-method-override", "x-http-method",
                                                         "x-method-override"};
  return HasHeader(request, kHeaders) ||
         std::any_of(request.parameters.begin(), request.parameters.end(),
                     [](const oauth1::Parameter& parameter) { return NamesMethod(parameter.name); });
}

// And some proxies take the path from here.
bool OverridesPath(const AskedRequest& request) {
  constexpr std::array<absl::string_view, 4> kHeaders = {"x-original-url", "x-rewrite-url", "x-http-path-override",
                                                         "x-forwarded-path"};
  return HasHeader(request, kHeaders);
}

}  // namespace

absl::StatusOr<const providers::Grant*> FindGrant(const Call& call, absl::string_view provider) {
  if (provider.empty()) return FailField("provider", "is required");
  const providers::Grant* const grant = call.owner->Find(provider);
  if (grant == nullptr) {
    return Fail(Reason::kProviderNotFound, absl::StrCat("no provider named \"", EscapeForPeople(provider, 64),
                                                        "\" for this caller; ListProviders tells the names"));
  }
  if (!grant->AllowsRpc(call.rpc)) {
    return NotAllowed(call, absl::StrCat("may not call ", providers::NameOf(call.rpc), " for this provider"));
  }
  return grant;
}

absl::Status CheckRequest(const Call& call, const providers::Grant& grant, const AskedRequest& request) {
  call.facts->http_method = std::string(request.method);
  if (!grant.AllowsMethod(request.method)) {
    return NotAllowed(call, absl::StrCat("may not send ", request.method, " requests to this provider"));
  }
  if (!grant.methods.empty() && OverridesMethod(request)) {
    return NotAllowed(call, "is limited to some HTTP methods, and the request names another one in a header or field");
  }
  if (!grant.path_prefixes.empty() && OverridesPath(request)) {
    return NotAllowed(call, "is limited to some paths, and the request names another one in a header");
  }
  if (!grant.AllowsPath(request.path)) {
    return NotAllowed(call, "may not send requests to this path of the provider");
  }
  return absl::OkStatus();
}

Task<> Enter(Backends backends, Call call, const providers::Grant* grant) {
  if (grant != nullptr) {
    CO_ASSIGN_OR_RETURN(call.facts->with_provider, backends.quotas.BeginRequest(*call.owner, *grant));
  }
  Decision decision = DecisionOf(call, "");
  CO_RETURN_IF_ERROR(co_await backends.audit.Tell(std::move(decision)));
  call.facts->audited = true;
  co_return absl::OkStatus();
}

Decision DecisionOf(const Call& call, absl::string_view reason) {
  Decision decision;
  decision.rpc = providers::NameOf(call.rpc);
  decision.allowed = reason.empty();
  decision.reason = std::string(reason);
  decision.identity = call.identity;
  if (call.owner != nullptr) {
    decision.owner = call.owner->name;
    // A name that is none of the owner's is the caller's own text.
    if (call.owner->Find(call.facts->provider) != nullptr) decision.provider = call.facts->provider;
  }
  decision.http_method = call.facts->http_method;
  decision.state_id = call.facts->state_id;
  decision.token_id = call.facts->token_id;
  decision.trace_id = call.facts->trace.trace_id;
  return decision;
}

}  // namespace oauth1d::flow
