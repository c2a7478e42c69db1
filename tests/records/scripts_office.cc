// Offices.
#include "tests/records/script.h"

namespace oauth1d::records {
namespace {

// RSA-SHA1, on a server of one's own, with a token of five years and its session handle.
Script Atlassian(const std::string& record, const std::string& base, const std::string& api,
                 const std::string& first_call) {
  Script script(record);
  script.consumer_parameters = {{"base", base}};
  script.rsa = true;
  const std::string servlet = "https://" + base + "/plugins/servlet/oauth/";
  const auto wanted = [](const std::string& method, const std::string& uri) {
    return Wanted(method, uri).Sign("RSA-SHA1");
  };
  Login login(wanted("POST", servlet + "request-token"), kConfirmed, servlet + "authorize", {{"oauth_token", kToken}},
              wanted("POST", servlet + "access-token"),
              "oauth_token={token}&oauth_token_secret={secret}&oauth_expires_in=157680000"
              "&oauth_session_handle=sh%2F%2B%3D%263&oauth_authorization_expires_in=160272000");
  login.others = {{"oauth_expires_in", "157680000"}, {"oauth_authorization_expires_in", "160272000"}};
  login.pin = true;
  script.login = login;
  script.calls.push_back(ApiCall(As::kUser, first_call, wanted("GET", "https://" + base + api + first_call)));
  script.calls.push_back(
      ApiCall(As::kUser, "https://" + base + api + "made", wanted("POST", "https://" + base + api + "made"))
          .Body(R"({"a":"b + c"})", "application/json"));
  script.renewal = Renewal(wanted("POST", servlet + "access-token"), true, absl::ZeroDuration());
  return script;
}

// HMAC-SHA256, the account as realm in one spelling and as host in another, timestamps that never go back.
Script NetSuite() {
  Script script("netsuite");
  script.provider_parameters = {{"account", "1234567_SB1"}};
  script.monotonic = true;
  const auto wanted = [](const std::string& method, const std::string& uri) {
    return Wanted(method, uri).Sign("HMAC-SHA256").Realm("1234567_SB1");
  };
  const std::string restlets = "https://1234567-sb1.restlets.api.netsuite.com/";
  const std::string suitetalk = "https://1234567-sb1.suitetalk.api.netsuite.com/";
  Login login(wanted("POST", restlets + "rest/requesttoken"), kConfirmed,
              "https://1234567-sb1.app.netsuite.com/app/login/secure/authorizetoken.nl", {{"oauth_token", kToken}},
              wanted("POST", restlets + "rest/accesstoken"), kGiven);
  login.callback = CallbackSent::kItself;
  login.comes_back =
      "{callback}?oauth_token={token}&oauth_verifier={verifier}&company=1234567_SB1&role=45678&entity=12&state=theirs";
  script.login = login;
  script.calls.push_back(
      ApiCall(As::kUser, "services/rest/record/v1/customer?limit=5",
              wanted("GET", suitetalk + "services/rest/record/v1/customer").Query({{"limit", "5"}})));
  script.calls.push_back(ApiCall(As::kUser, "services/rest/record/v1/customer",
                                 wanted("POST", suitetalk + "services/rest/record/v1/customer"))
                             .Body(R"({"entityId":"New Customer"})", "application/json"));
  script.calls.push_back(
      ApiCall(As::kUser, restlets + "app/site/hosting/restlet.nl?script=1&deploy=1",
              wanted("GET", restlets + "app/site/hosting/restlet.nl").Query({{"script", "1"}, {"deploy", "1"}})));
  return script;
}

Script Jira() { return Atlassian("jira", "jira.example:8443/jira", "/rest/api/", "2/myself"); }
Script Confluence() { return Atlassian("confluence", "wiki.corp.example", "/rest/api/", "user/current"); }
Script Bitbucket() { return Atlassian("bitbucket-dc", "git.corp.example/bitbucket", "/rest/api/1.0/", "projects"); }

}  // namespace

std::vector<Script> OfficeScripts() { return {Jira(), Confluence(), Bitbucket(), NetSuite()}; }

}  // namespace oauth1d::records
