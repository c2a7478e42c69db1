// Bodies, food, travel and maps.
#include "tests/records/script.h"

namespace oauth1d::records {
namespace {

// The callback goes to the authorize page alone, and leaving means a DELETE. Until the end of 2026.
Script Garmin() {
  Script script("garmin");
  script.sunset_date = "2026-12-31";
  Login login(Wanted("POST", "https://connectapi.garmin.com/oauth-service/oauth/request_token"), kGiven,
              "https://connect.garmin.com/oauthConfirm", {{"oauth_token", kToken}, {"oauth_callback", "{callback}"}},
              Wanted("POST", "https://connectapi.garmin.com/oauth-service/oauth/access_token"), kGiven);
  login.callback = CallbackSent::kNotAtAll;
  script.login = login;
  script.calls.push_back(ApiCall(As::kUser, "dailies?uploadStartTimeInSeconds=1452470400",
                                 Wanted("GET", "https://apis.garmin.com/wellness-api/rest/dailies")
                                     .Query({{"uploadStartTimeInSeconds", "1452470400"}})));
  script.revocation = Wanted("DELETE", "https://apis.garmin.com/wellness-api/rest/user/registration");
  return script;
}

// The parameters go in the body, or in the query where there is none; timestamps never go back.
Script FatSecret() {
  Script script("fatsecret");
  script.monotonic = true;
  Login login(Wanted("POST", "https://www.fatsecret.com/oauth/request_token").In(Where::kBody), kConfirmed,
              "https://www.fatsecret.com/oauth/authorize", {{"oauth_token", kToken}},
              Wanted("POST", "https://www.fatsecret.com/oauth/access_token").In(Where::kBody), kGiven);
  login.pin = true;
  script.login = login;
  const Pairs search = {{"method", "foods.search"}, {"search_expression", "bread & butter"}, {"format", "json"}};
  const Wanted get = Wanted("GET", "https://platform.fatsecret.com/rest/server.api").Query(search).In(Where::kQuery);
  const Wanted post = Wanted("POST", "https://platform.fatsecret.com/rest/server.api").Form(search).In(Where::kBody);
  script.calls.push_back(ApiCall(As::kUser, "server.api", get).Query(search));
  script.calls.push_back(ApiCall(As::kUser, "server.api", post).Form(search));
  script.calls.push_back(ApiCall(As::kApplication, "server.api", post).Form(search));
  return script;
}

// Before the revision A: no oauth_callback_confirmed, the callback on the authorize page, no verifier.
Script TripIt() {
  Script script("tripit");
  Login login(Wanted("POST", "https://api.tripit.com/oauth/request_token"), kGiven,
              "https://www.tripit.com/oauth/authorize", {{"oauth_token", kToken}, {"oauth_callback", "{callback}"}},
              Wanted("POST", "https://api.tripit.com/oauth/access_token"), kGiven);
  login.callback = CallbackSent::kNotAtAll;
  login.comes_back = "{callback}&oauth_token={token}";
  login.has_verifier = false;
  script.login = login;
  script.calls.push_back(
      ApiCall(As::kUser, "list/trip/format/json", Wanted("GET", "https://api.tripit.com/v1/list/trip/format/json")));
  return script;
}

// The first answer says where the browser goes; tokens of an hour, and a session handle.
Script Yahoo() {
  Script script("yahoo");
  const Wanted get_token("POST", "https://api.login.yahoo.com/oauth/v2/get_token");
  Login login(Wanted("POST", "https://api.login.yahoo.com/oauth/v2/get_request_token"),
              "oauth_token={token}&oauth_token_secret={secret}&oauth_expires_in=3600&oauth_callback_confirmed=true"
              "&xoauth_request_auth_url=https%3A%2F%2Fapi.login.yahoo.com%2Foauth%2Fv2%2Frequest_auth"
              "%3Foauth_token%3Dfrom%2Bthe%2Banswer",
              "https://api.login.yahoo.com/oauth/v2/request_auth", {{"oauth_token", "from the answer"}}, get_token,
              "oauth_token={token}&oauth_token_secret={secret}&oauth_expires_in=3600"
              "&oauth_session_handle=sh%2F%2B%3D%263&xoauth_yahoo_guid=GUID");
  login.others = {{"oauth_expires_in", "3600"}, {"xoauth_yahoo_guid", "GUID"}};
  script.login = login;
  script.calls.push_back(
      ApiCall(As::kUser, "users;use_login=1/games",
              Wanted("GET", "https://fantasysports.yahooapis.com/fantasy/v2/users;use_login=1/games")));
  script.renewal = Renewal(get_token, true, absl::Hours(1));
  script.refuses_clock = Answer{401, "oauth_problem=timestamp_refused", {}};
  return script;
}

// A signed form gives an OAuth 2 bearer, which the APIs take unsigned.
Script Here() {
  Script script("here");
  script.token_is_no_oauth_token = true;
  const Pairs grant = {{"grant_type", "client_credentials"}};
  script.calls.push_back(
      ApiCall(As::kApplication, "oauth2/token",
              Wanted("POST", "https://account.api.here.com/oauth2/token").Form(grant).Sign("HMAC-SHA256"))
          .Form(grant)
          .Answers(R"({"access_token":"eyJhbGciOi","token_type":"bearer","expires_in":86399})"));
  script.refuses_clock = Answer{401, R"({"errorCode":401204,"message":"Time stamp is outside the valid period."})", {}};
  return script;
}

}  // namespace

std::vector<Script> LifeScripts() { return {Garmin(), FatSecret(), TripIt(), Yahoo(), Here()}; }

}  // namespace oauth1d::records
