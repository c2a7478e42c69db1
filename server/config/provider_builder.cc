#include "server/config/provider_builder.h"

#include <array>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "server/base/failure.h"
#include "server/config/names.h"
#include "server/config/near_miss.h"
#include "server/config/secret_source.h"
#include "server/config/tls_files.h"

namespace oauth1d::config {
namespace {

std::string Quoted(absl::string_view text) { return absl::StrCat("\"", EscapeForPeople(text, 128), "\""); }

class Builder {
 public:
  Builder(const v1::Provider& from, std::string path, absl::Time now, const Sources& sources, Findings& findings)
      : from_(from), path_(std::move(path)), now_(now), sources_(sources), findings_(findings) {}

  std::shared_ptr<const providers::Provider> Build() {
    to_.name = from_.name();
    to_.title = from_.title();
    to_.icon_hint = from_.record().empty() ? from_.name() : from_.record();
    BuildConsumers();
    BuildEndpoints();
    BuildApiBases();
    BuildProtocol();
    BuildSunset();
    to_.authorize_parameters = BuildParameters(from_.authorize_parameters(), "authorize_parameters");
    to_.request_token_parameters = BuildParameters(from_.request_token_parameters(), "request_token_parameters");
    BuildNetworkRules();
    return std::make_shared<const providers::Provider>(std::move(to_));
  }

 private:
  std::string At(absl::string_view field) const { return absl::StrCat(path_, ".", field); }
  std::string At(absl::string_view field, int i) const { return absl::StrCat(path_, ".", field, "[", i, "]"); }

  void BuildConsumers() {
    if (from_.consumers().empty()) {
      findings_.Fault(At("consumers"), "must hold at least one consumer: {name, key, secret: {file or env}}");
    }
    Names names(findings_);
    for (int i = 0; i < from_.consumers_size(); ++i) {
      const v1::Consumer& consumer = from_.consumers(i);
      const std::string path = At("consumers", i);
      names.Take(consumer.name(), path + ".name");
      if (consumer.key().empty()) findings_.Fault(path + ".key", "is required: the oauth_consumer_key");
      Secret secret = ReadSecret(consumer.secret(), path + ".secret", sources_, findings_);
      to_.consumers.push_back({consumer.name(), consumer.key(), std::move(secret)});
    }
  }

  std::optional<oauth1::Url> BuildUrl(const std::string& text, const std::string& path) {
    absl::StatusOr<oauth1::Url> url = oauth1::Url::Parse(text);
    if (!url.ok()) {
      findings_.Fault(path, absl::StrCat(Quoted(text), " ", url.status().message()));
      return std::nullopt;
    }
    if (!url->origin().tls && !from_.egress().allow_plain_http()) {
      findings_.Fault(path, "is plain http: use https, or set egress.allow_plain_http for a sandbox");
      return std::nullopt;
    }
    return *std::move(url);
  }

  void BuildEndpoints() {
    struct Endpoint {
      absl::string_view field;
      const std::string& text;
      std::optional<oauth1::Url>& url;
    };
    const std::array<Endpoint, 3> endpoints = {{{"request_token_url", from_.request_token_url(), to_.request_token_url},
                                                {"authorize_url", from_.authorize_url(), to_.authorize_url},
                                                {"access_token_url", from_.access_token_url(), to_.access_token_url}}};
    bool any = false;
    for (const Endpoint& endpoint : endpoints) any = any || !endpoint.text.empty();
    for (const Endpoint& endpoint : endpoints) {
      if (!endpoint.text.empty()) {
        endpoint.url = BuildUrl(endpoint.text, At(endpoint.field));
      } else if (any) {
        findings_.Fault(At(endpoint.field),
                        "is missing: request_token_url, authorize_url and access_token_url are set together, or none");
      }
    }
  }

  void BuildApiBases() {
    if (from_.api_base_urls().empty()) findings_.Fault(At("api_base_urls"), "must hold at least one URL");
    for (int i = 0; i < from_.api_base_urls_size(); ++i) {
      const std::string path = At("api_base_urls", i);
      std::optional<oauth1::Url> url = BuildUrl(from_.api_base_urls(i), path);
      if (!url.has_value()) continue;
      if (url->has_query()) {
        findings_.Fault(path, "has a query: an API base is an origin and a path");
      } else if (!absl::EndsWith(url->path(), "/")) {
        findings_.Fault(path, "must end in /");
      } else {
        to_.api_bases.push_back(*std::move(url));
      }
    }
  }

  void BuildProtocol() {
    if (absl::StatusOr<oauth1::SignatureMethod> method = oauth1::ParseSignatureMethod(from_.signature_method());
        method.ok()) {
      to_.signature_method = *method;
    } else {
      findings_.Fault(At("signature_method"),
                      absl::StrCat(Quoted(from_.signature_method()), " ", method.status().message()));
    }
    if (absl::StatusOr<oauth1::Placement> placement = oauth1::ParsePlacement(from_.placement()); placement.ok()) {
      to_.placement = *placement;
    } else {
      findings_.Fault(At("placement"), absl::StrCat(Quoted(from_.placement()), " ", placement.status().message()));
    }
    BuildCallbackConfirmed();
    if (from_.token_method() == "POST" || from_.token_method() == "GET") {
      to_.token_method = from_.token_method();
    } else {
      findings_.Fault(At("token_method"), absl::StrCat("must be POST or GET, not ", Quoted(from_.token_method())));
    }
    to_.realm = from_.realm();
    to_.reveal_provider_token = from_.reveal_provider_token();
  }

  void BuildCallbackConfirmed() {
    const std::string& text = from_.callback_confirmed();
    if (text == "require") {
      to_.callback_confirmed = providers::CallbackConfirmed::kRequire;
    } else if (text == "warn") {
      to_.callback_confirmed = providers::CallbackConfirmed::kWarn;
    } else if (text == "ignore") {
      to_.callback_confirmed = providers::CallbackConfirmed::kIgnore;
    } else {
      findings_.Fault(At("callback_confirmed"), absl::StrCat("must be require, warn or ignore, not ", Quoted(text),
                                                             Suggestion(text, {"require", "warn", "ignore"})));
    }
  }

  void BuildSunset() {
    to_.sunset_date = from_.sunset_date();
    if (to_.sunset_date.empty()) return;
    absl::CivilDay day;
    // The parser takes 2027-2-3 as well.
    if (to_.sunset_date.size() != 10 || !absl::ParseCivilTime(to_.sunset_date, &day) ||
        absl::FormatCivilTime(day) != to_.sunset_date) {
      findings_.Fault(At("sunset_date"),
                      absl::StrCat("must be a day written YYYY-MM-DD, not ", Quoted(to_.sunset_date)));
    } else if (day < absl::ToCivilDay(now_, absl::UTCTimeZone())) {
      findings_.Warn(At("sunset_date"), "is over");
    }
  }

  // Protocol parameters are ours alone: a caller that could add one could redirect a login or pick its signature.
  std::vector<std::string> BuildParameters(const google::protobuf::RepeatedPtrField<std::string>& names,
                                           absl::string_view field) {
    std::set<std::string> seen;
    for (int i = 0; i < names.size(); ++i) {
      if (names[i].empty()) {
        findings_.Fault(At(field, i), "is empty");
      } else if (absl::StartsWithIgnoreCase(names[i], "oauth_")) {
        findings_.Fault(At(field, i), "begins with oauth_: callers may not set protocol parameters");
      } else if (!seen.insert(names[i]).second) {
        findings_.Fault(At(field, i), "stands here a second time");
      }
    }
    return {names.begin(), names.end()};
  }

  void BuildNetworkRules() {
    const v1::Egress& egress = from_.egress();
    NetworkRules rules;
    rules.allow_plain_http = egress.allow_plain_http();
    for (int i = 0; i < egress.allow_cidrs_size(); ++i) {
      absl::StatusOr<AddressBlock> block = ParseAddressBlock(egress.allow_cidrs(i));
      if (block.ok()) {
        rules.allow_blocks.push_back(*block);
      } else {
        findings_.Fault(At("egress.allow_cidrs", i),
                        absl::StrCat(Quoted(egress.allow_cidrs(i)), ": ", block.status().message()));
      }
    }
    if (!egress.ca_file().empty()) {
      rules.ca_pem = LoadCaFile(egress.ca_file(), At("egress.ca_file"), sources_, findings_);
    }
    to_.network_rules = std::make_shared<const NetworkRules>(std::move(rules));
  }

  const v1::Provider& from_;
  const std::string path_;
  const absl::Time now_;
  const Sources& sources_;
  Findings& findings_;
  providers::Provider to_;
};

}  // namespace

std::shared_ptr<const providers::Provider> BuildProvider(const v1::Provider& provider, const std::string& path,
                                                         absl::Time now, const Sources& sources, Findings& findings) {
  return Builder(provider, path, now, sources, findings).Build();
}

bool HasLogin(const v1::Provider& provider) {
  return !provider.request_token_url().empty() && !provider.authorize_url().empty() &&
         !provider.access_token_url().empty();
}

}  // namespace oauth1d::config
