// Wikis, blogs and reading.
#include "tests/records/script.h"

namespace oauth1d::records {
namespace {

// The endpoints have a query, `oob` is sent whatever the callback is, and refusals have status 200.
Script Wiki(const std::string& record, const std::string& login_script, const std::string& authorize_uri,
            Pairs authorize, const std::string& api) {
  Script script(record);
  authorize.emplace_back("oauth_token", kToken);
  authorize.emplace_back("oauth_consumer_key", kConsumerKey);
  Login login(Wanted("POST", login_script).Query({{"title", "Special:OAuth/initiate"}}), kConfirmed, authorize_uri,
              std::move(authorize), Wanted("POST", login_script).Query({{"title", "Special:OAuth/token"}}), kGiven);
  login.callback = CallbackSent::kOob;
  login.comes_back = "{callback}?oauth_verifier={verifier}&oauth_token={token}";
  script.login = login;
  script.refusal_with_200 = "Error: An error occurred in the OAuth protocol: Consumer key not found";
  const Pairs question = {{"action", "query"}, {"meta", "userinfo"}, {"format", "json"}};
  script.calls.push_back(ApiCall(As::kUser, "api.php", Wanted("GET", api).Query(question)).Query(question));
  const Pairs edit = {{"action", "edit"}, {"title", "A b"}, {"text", "[[a|b]] = c & d+e\n"}, {"token", "+\\"}};
  script.calls.push_back(ApiCall(As::kUser, "api.php", Wanted("POST", api).Form(edit)).Form(edit));
  return script;
}

Script MediaWiki() {
  Script script = Wiki("mediawiki", "https://wiki.example:8443/w/index.php", "https://wiki.example:8443/w/index.php",
                       {{"title", "Special:OAuth/authorize"}}, "https://wiki.example:8443/w/api.php");
  script.consumer_parameters = {{"base", "wiki.example:8443/w"}};
  return script;
}

Script Wikimedia() {
  Script script =
      Wiki("wikimedia", "https://meta.wikimedia.org/w/index.php",
           "https://meta.wikimedia.org/wiki/Special:OAuth/authorize", {}, "https://de.wikipedia.org/w/api.php");
  script.provider_parameters = {{"wiki", "de"}};
  return script;
}

Script WordPress() {
  Script script("wordpress");
  script.consumer_parameters = {{"base", "blog.example/site"}};
  script.login = Login(Wanted("POST", "https://blog.example/site/oauth1/request"), kConfirmed,
                       "https://blog.example/site/oauth1/authorize", {{"oauth_token", kToken}},
                       Wanted("POST", "https://blog.example/site/oauth1/access"), kGiven);
  script.calls.push_back(
      ApiCall(As::kUser, "wp/v2/users/me", Wanted("GET", "https://blog.example/site/wp-json/wp/v2/users/me")));
  script.calls.push_back(
      ApiCall(As::kUser, "wp/v2/posts", Wanted("POST", "https://blog.example/site/wp-json/wp/v2/posts"))
          .Body(R"({"title":"a + b"})", "application/json"));
  return script;
}

// The token is an API key, which the application must be given: requests are not signed.
Script Zotero() {
  Script script("zotero");
  script.token_is_no_oauth_token = true;
  Login login(Wanted("POST", "https://www.zotero.org/oauth/request"), kConfirmed,
              "https://www.zotero.org/oauth/authorize",
              {{"oauth_token", kToken}, {"name", "Notes"}, {"library_access", "1"}, {"all_groups", "read"}},
              Wanted("POST", "https://www.zotero.org/oauth/access"),
              "oauth_token={token}&oauth_token_secret={secret}&userID=475425&username=Alice");
  login.authorize_parameters = {{"name", "Notes"}, {"library_access", "1"}, {"all_groups", "read"}};
  login.others = {{"userID", "475425"}, {"username", "Alice"}};
  script.login = login;
  return script;
}

// xAuth alone, and every request a POST.
Script Instapaper() {
  Script script("instapaper");
  script.password_login = Wanted("POST", "https://www.instapaper.com/api/1/oauth/access_token")
                              .Form({{"x_auth_mode", "client_auth"},
                                     {"x_auth_password", "p&/ w+1"},
                                     {"x_auth_username", "alice@example.com"}});
  script.calls.push_back(
      ApiCall(As::kUser, "bookmarks/list",
              Wanted("POST", "https://www.instapaper.com/api/1.1/bookmarks/list").Form({{"limit", "5"}}))
          .Form({{"limit", "5"}}));
  script.calls.push_back(ApiCall(As::kUser, "https://www.instapaper.com/api/1/account/verify_credentials",
                                 Wanted("POST", "https://www.instapaper.com/api/1/account/verify_credentials")));
  return script;
}

}  // namespace

std::vector<Script> WikiScripts() { return {MediaWiki(), Wikimedia(), WordPress(), Zotero(), Instapaper()}; }

}  // namespace oauth1d::records
