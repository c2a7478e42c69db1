// Schools and universities.
#include "tests/records/script.h"

namespace oauth1d::records {
namespace {

// An empty oauth_token where there is none, timestamps that never go back, and the school's own domain.
Script Schoology() {
  Script script("schoology");
  script.consumer_parameters = {{"domain", "lms.school.example"}};
  script.monotonic = true;
  script.empty_token = true;
  const std::string realm = "Schoology API";
  Login login(Wanted("GET", "https://api.schoology.com/v1/oauth/request_token").Realm(realm),
              "oauth_token={token}&oauth_token_secret={secret}&xoauth_token_ttl=3600",
              "https://lms.school.example/oauth/authorize", {{"oauth_token", kToken}, {"oauth_callback", "{callback}"}},
              Wanted("GET", "https://api.schoology.com/v1/oauth/access_token").Realm(realm), kGiven);
  login.callback = CallbackSent::kNotAtAll;
  login.comes_back = "{callback}&oauth_token={token}";
  login.has_verifier = false;
  script.login = login;
  script.calls.push_back(
      ApiCall(As::kUser, "users/me", Wanted("GET", "https://api.schoology.com/v1/users/me").Realm(realm)));
  script.calls.push_back(
      ApiCall(As::kApplication, "schools?start=0",
              Wanted("GET", "https://api.schoology.com/v1/schools").Query({{"start", "0"}}).Realm(realm)));
  return script;
}

Script Usos() {
  Script script("usos");
  script.consumer_parameters = {{"university", "usosapps.uni.example"}};
  const Pairs scopes = {{"scopes", "studies|offline_access"}};
  Login login(Wanted("POST", "https://usosapps.uni.example/services/oauth/request_token").Form(scopes), kConfirmed,
              "https://usosapps.uni.example/services/oauth/authorize",
              {{"oauth_token", kToken}, {"interactivity", "confirm_user"}},
              Wanted("POST", "https://usosapps.uni.example/services/oauth/access_token"), kGiven);
  login.request_token_parameters = scopes;
  login.authorize_parameters = {{"interactivity", "confirm_user"}};
  login.pin = true;
  script.login = login;
  const Pairs fields = {{"fields", "id|first_name|last_name"}};
  script.calls.push_back(
      ApiCall(As::kUser, "users/user", Wanted("GET", "https://usosapps.uni.example/services/users/user").Query(fields))
          .Query(fields));
  script.revocation = Wanted("POST", "https://usosapps.uni.example/services/oauth/revoke_token");
  return script;
}

}  // namespace

std::vector<Script> SchoolScripts() { return {Schoology(), Usos()}; }

}  // namespace oauth1d::records
