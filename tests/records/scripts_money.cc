// Money.
#include "tests/records/script.h"

namespace oauth1d::records {
namespace {

// One-legged with RSA-SHA256, and the hash of every body, an empty one too.
Script Mastercard() {
  Script script("mastercard");
  script.rsa = true;
  const auto wanted = [](const std::string& method, const std::string& uri) {
    return Wanted(method, uri).Sign("RSA-SHA256").BodyHash("SHA256");
  };
  script.calls.push_back(ApiCall(
      As::kApplication, "atms/v1/atm?PageOffset=0&PageLength=10",
      wanted("GET", "https://api.mastercard.com/atms/v1/atm").Query({{"PageOffset", "0"}, {"PageLength", "10"}})));
  script.calls.push_back(
      ApiCall(As::kApplication, "https://sandbox.api.mastercard.com/fraud/loststolen/v1/account-inquiry",
              wanted("PUT", "https://sandbox.api.mastercard.com/fraud/loststolen/v1/account-inquiry"))
          .Body("{\"AccountInquiry\":{\"AccountNumber\":\"5343434343434343\"}}\n", "application/json"));
  return script;
}

// GETs, other names on the authorize page, oob always, and a token that sleeps after two hours.
Script Etrade() {
  Script script("etrade");
  Login login(Wanted("GET", "https://api.etrade.com/oauth/request_token"), kConfirmed,
              "https://us.etrade.com/e/t/etws/authorize", {{"key", kConsumerKey}, {"token", kToken}},
              Wanted("GET", "https://api.etrade.com/oauth/access_token"), kGiven);
  login.callback = CallbackSent::kOob;
  login.comes_back = "{callback}?oauth_token={token}&oauth_verifier={verifier}";
  login.pin = true;
  script.login = login;
  script.calls.push_back(ApiCall(As::kUser, "accounts/list", Wanted("GET", "https://api.etrade.com/v1/accounts/list")));
  script.calls.push_back(ApiCall(As::kUser, "https://apisb.etrade.com/v1/market/quote/GOOG",
                                 Wanted("GET", "https://apisb.etrade.com/v1/market/quote/GOOG")));
  script.renewal = Renewal(Wanted("GET", "https://api.etrade.com/oauth/renew_access_token"), false, absl::Hours(2));
  script.revocation = Wanted("GET", "https://api.etrade.com/oauth/revoke_access_token");
  return script;
}

}  // namespace

std::vector<Script> MoneyScripts() { return {Mastercard(), Etrade()}; }

}  // namespace oauth1d::records
