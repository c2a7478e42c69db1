#include "server/config/endpoint_builder.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/config/header_builder.h"
#include "server/config/template_builder.h"
#include "server/oauth1/url.h"
#include "server/providers/template_text.h"

namespace oauth1d::config {
namespace {

enum class PlainHttp { kIfAllowed, kFine };
enum class Base { kNo, kYes };

bool Has(const v1::Provider& from, absl::string_view capability) {
  return std::find(from.capabilities().begin(), from.capabilities().end(), capability) != from.capabilities().end();
}

class Builder {
 public:
  Builder(const v1::Provider& from, const Place& place) : from_(from), place_(place), use_(from, place) {}

  providers::EndpointTemplates Build() {
    to_.parameters = BuildTemplateParameters(from_, place_);
    BuildLoginUrls();
    BuildApiBases();
    if (from_.has_renewal()) to_.renewal_url = BuildUrl(from_.renewal().url(), place_.At("renewal.url"));
    if (from_.has_revocation()) to_.revocation_url = BuildUrl(from_.revocation().url(), place_.At("revocation.url"));
    BuildSigningBase();
    if (use_.Take(from_.realm(), place_.At("realm"), RequestUrl::kAllowed)) to_.realm = from_.realm();
    to_.headers = BuildHeaders(from_, place_, use_);
    use_.CheckAllUsed();
    return std::move(to_);
  }

 private:
  // The text, or nothing and a fault.
  std::string BuildUrl(const std::string& text, const Place& at, PlainHttp plain = PlainHttp::kIfAllowed,
                       Base base = Base::kNo) {
    if (text.empty() || !use_.Take(text, at, RequestUrl::kFault)) return "";
    const absl::StatusOr<oauth1::Url> url = oauth1::Url::Parse(WithPlaceholders(text));
    if (!url.ok()) {
      at.Fault(absl::StrCat(Quoted(text), " ", url.status().message()));
    } else if (!url->origin().tls && plain == PlainHttp::kIfAllowed && !from_.egress().allow_plain_http()) {
      at.Fault("is plain http: use https, or set egress.allow_plain_http for a sandbox");
    } else if (base == Base::kYes && url->has_query()) {
      at.Fault("has a query: a base is an origin and a path");
    } else if (base == Base::kYes && !absl::EndsWith(url->path(), "/")) {
      at.Fault("must end in /");
    } else if (CheckHost(text, from_, at)) {
      return text;
    }
    return "";
  }

  void BuildLoginUrls() {
    struct LoginUrl {
      absl::string_view field;
      const std::string& from;
      std::string& to;
    };
    const std::array<LoginUrl, 3> urls = {{{"request_token_url", from_.request_token_url(), to_.request_token_url},
                                           {"authorize_url", from_.authorize_url(), to_.authorize_url},
                                           {"access_token_url", from_.access_token_url(), to_.access_token_url}}};
    const bool exchange_alone = from_.request_token_url().empty() && from_.authorize_url().empty() &&
                                (Has(from_, "xauth") || Has(from_, "token_exchange_only"));
    const bool any =
        std::any_of(urls.begin(), urls.end(), [](const LoginUrl& url) { return !url.from.empty(); }) && !exchange_alone;
    for (const LoginUrl& url : urls) {
      if (!url.from.empty()) {
        url.to = BuildUrl(url.from, place_.At(url.field));
      } else if (any) {
        place_.Fault(url.field,
                     "is missing: request_token_url, authorize_url and access_token_url are set together, or none; "
                     "access_token_url may stand alone with the capability xauth or token_exchange_only");
      }
    }
  }

  void BuildApiBases() {
    if (from_.api_base_urls().empty() && !Has(from_, "token_exchange_only")) {
      place_.Fault("api_base_urls", "must hold at least one URL");
    }
    for (int i = 0; i < from_.api_base_urls_size(); ++i) {
      const Place at = place_.At("api_base_urls", i);
      if (from_.api_base_urls(i).empty()) at.Fault("is empty");
      std::string url = BuildUrl(from_.api_base_urls(i), at, PlainHttp::kIfAllowed, Base::kYes);
      if (!url.empty()) to_.api_bases.push_back(std::move(url));
    }
  }

  // Nothing is connected to there, so plain http is fine: behind a proxy that ends TLS it is the rule.
  void BuildSigningBase() {
    to_.signing_base_url =
        BuildUrl(from_.signing_base_url(), place_.At("signing_base_url"), PlainHttp::kFine, Base::kYes);
    if (!from_.signing_base_url().empty() && from_.api_base_urls().empty()) {
      place_.Fault("signing_base_url", "stands in for the first of api_base_urls, and there is none");
    }
  }

  const v1::Provider& from_;
  const Place& place_;
  TemplateUse use_;
  providers::EndpointTemplates to_;
};

}  // namespace

providers::EndpointTemplates BuildEndpoints(const v1::Provider& from, const Place& place) {
  return Builder(from, place).Build();
}

}  // namespace oauth1d::config
