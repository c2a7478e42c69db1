#include "server/config/login_builder.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/config/choice.h"
#include "server/config/header_builder.h"

namespace oauth1d::config {
namespace {

using oauth1::TokenResponseSyntax;
using providers::CallbackConfirmed;
using providers::CallbackMode;

constexpr std::array<Choice<CallbackConfirmed>, 3> kConfirmed = {{{"require", CallbackConfirmed::kRequire},
                                                                  {"warn", CallbackConfirmed::kWarn},
                                                                  {"ignore", CallbackConfirmed::kIgnore}}};
constexpr std::array<Choice<CallbackMode>, 5> kCallbackModes = {{{"query", CallbackMode::kQuery},
                                                                 {"path", CallbackMode::kPath},
                                                                 {"none", CallbackMode::kNone},
                                                                 {"out_of_band", CallbackMode::kOutOfBand},
                                                                 {"authorize_url", CallbackMode::kAuthorizeUrl}}};
constexpr std::array<Choice<bool>, 2> kVerifier = {{{"required", true}, {"none", false}}};
constexpr std::array<Choice<TokenResponseSyntax>, 3> kSyntax = {
    {{"form", TokenResponseSyntax::kForm}, {"json", TokenResponseSyntax::kJson}, {"xml", TokenResponseSyntax::kXml}}};

class Builder {
 public:
  Builder(const v1::Provider& from, const Place& place, providers::Provider& to)
      : from_(from), place_(place), to_(to) {}

  void Build() {
    BuildAuthorize();
    ChooseInto(kConfirmed, from_.callback_confirmed(), place_.At("callback_confirmed"), to_.callback_confirmed);
    ChooseInto(kCallbackModes, from_.callback_mode(), place_.At("callback_mode"), to_.callback_mode);
    if (to_.callback_mode == CallbackMode::kAuthorizeUrl && to_.authorize.callback_parameter.empty()) {
      place_.Fault("callback_mode", "authorize_url needs authorize.callback_parameter, the name of the callback there");
    }
    ChooseInto(kVerifier, from_.verifier(), place_.At("verifier"), to_.verifier_required);
    if (!to_.verifier_required) {
      place_.Warn("verifier",
                  "is none: logins can be fixated (OAuth security advisory 2009.1), and nothing here helps");
    }
    BuildTokenResponse();
    to_.authorize_parameters = BuildNames(from_.authorize_parameters(), "authorize_parameters", AuthorizeNames());
    to_.request_token_parameters =
        BuildNames(from_.request_token_parameters(), "request_token_parameters", RequestTokenNames());
  }

 private:
  struct TakenName {
    std::string name;
    std::string by;
  };

  void BuildAuthorize() {
    const v1::Authorize& from = from_.authorize();
    const Place at = place_.At("authorize");
    to_.authorize.token_parameter = from.token_parameter();
    to_.authorize.consumer_key_parameter = from.consumer_key_parameter();
    to_.authorize.callback_parameter = from.callback_parameter();
    to_.authorize.url_field = from.url_field();
    to_.authorize.parameters = BuildParameters(from.parameters(), at, "parameters");
    std::vector<TakenName> taken;
    const auto take = [&](absl::string_view field, const std::string& name) {
      const TakenName* const other = Find(taken, name);
      if (other != nullptr) at.Fault(field, absl::StrCat(Quoted(name), " is taken by ", other->by));
      if (!name.empty()) taken.push_back({name, absl::StrCat("authorize.", field)});
    };
    take("token_parameter", from.token_parameter());
    take("consumer_key_parameter", from.consumer_key_parameter());
    take("callback_parameter", from.callback_parameter());
    for (int i = 0; i < from.parameters_size(); ++i) {
      take(absl::StrCat("parameters[", i, "].name"), from.parameters(i).name());
    }
  }

  void BuildTokenResponse() {
    const v1::TokenResponse& from = from_.token_response();
    const Place at = place_.At("token_response");
    ChooseInto(kSyntax, from.format(), at.At("format"), to_.token_response.syntax);
    to_.token_response.token_field = from.token_field();
    to_.token_response.secret_field = from.secret_field();
    if (from.token_field() == from.secret_field()) at.Fault("secret_field", "is the same as token_field");
    to_.refusal_prefix = from.error_prefix();
  }

  std::vector<TakenName> AuthorizeNames() const {
    const v1::Authorize& authorize = from_.authorize();
    std::vector<TakenName> names = {{authorize.token_parameter(), "authorize.token_parameter"},
                                    {authorize.consumer_key_parameter(), "authorize.consumer_key_parameter"},
                                    {authorize.callback_parameter(), "authorize.callback_parameter"}};
    for (const v1::NameValue& parameter : authorize.parameters()) {
      names.push_back({parameter.name(), "authorize.parameters"});
    }
    return names;
  }

  std::vector<TakenName> RequestTokenNames() const {
    std::vector<TakenName> names;
    for (const v1::NameValue& parameter : from_.request_token().parameters()) {
      names.push_back({parameter.name(), "request_token.parameters"});
    }
    return names;
  }

  static const TakenName* Find(const std::vector<TakenName>& names, const std::string& name) {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [&](const TakenName& taken) { return !name.empty() && taken.name == name; });
    return found == names.end() ? nullptr : &*found;
  }

  // Protocol parameters are ours alone: a caller that could add one could redirect a login or pick its signature.
  std::vector<std::string> BuildNames(const google::protobuf::RepeatedPtrField<std::string>& names,
                                      absl::string_view field, const std::vector<TakenName>& taken) {
    std::set<std::string> seen;
    for (int i = 0; i < names.size(); ++i) {
      const Place at = place_.At(field, i);
      const TakenName* const by = Find(taken, names[i]);
      if (names[i].empty()) {
        at.Fault("is empty");
      } else if (absl::StartsWithIgnoreCase(names[i], "oauth_")) {
        at.Fault("begins with oauth_: callers may not set protocol parameters");
      } else if (by != nullptr) {
        at.Fault(absl::StrCat("is sent each time already: ", by->by));
      } else if (!seen.insert(names[i]).second) {
        at.Fault("stands here a second time");
      }
    }
    return {names.begin(), names.end()};
  }

  const v1::Provider& from_;
  const Place& place_;
  providers::Provider& to_;
};

}  // namespace

void BuildLogin(const v1::Provider& from, const Place& place, providers::Provider& to) {
  Builder(from, place, to).Build();
}

}  // namespace oauth1d::config
