// Talk, and where people keep things.
#include "tests/records/script.h"

namespace oauth1d::records {
namespace {

// A status is a form, and signed; JSON and uploads are not. Only `state` survives the round trip.
Script X() {
  Script script("x");
  Login login(Wanted("POST", "https://api.x.com/oauth/request_token").Form({{"x_auth_access_type", "read"}}),
              kConfirmed, "https://api.x.com/oauth/authenticate", {{"oauth_token", kToken}, {"force_login", "true"}},
              Wanted("POST", "https://api.x.com/oauth/access_token"),
              "oauth_token={token}&oauth_token_secret={secret}&user_id=6253282&screen_name=xapi");
  login.request_token_parameters = {{"x_auth_access_type", "read"}};
  login.authorize_parameters = {{"force_login", "true"}};
  login.others = {{"user_id", "6253282"}, {"screen_name", "xapi"}};
  login.comes_back_denied = "{callback}&denied={token}";
  login.pin = true;
  script.login = login;
  script.calls.push_back(
      ApiCall(As::kUser, "account/verify_credentials.json",
              Wanted("GET", "https://api.x.com/1.1/account/verify_credentials.json").Query({{"include_email", "true"}}))
          .Query({{"include_email", "true"}}));
  const Pairs status = {{"status", "Hello Ladies + Gentlemen, a signed OAuth request!"}};
  script.calls.push_back(ApiCall(As::kUser, "statuses/update.json?include_entities=true",
                                 Wanted("POST", "https://api.x.com/1.1/statuses/update.json")
                                     .Query({{"include_entities", "true"}})
                                     .Form(status))
                             .Form(status));
  script.calls.push_back(ApiCall(As::kUser, "https://api.x.com/2/tweets", Wanted("POST", "https://api.x.com/2/tweets"))
                             .Body(R"({"text":"hello"})", "application/json"));
  script.calls.push_back(ApiCall(As::kUser, "https://upload.twitter.com/1.1/media/upload.json",
                                 Wanted("POST", "https://upload.twitter.com/1.1/media/upload.json"))
                             .Upload({{"media_category", "tweet_image"}}, "GIF89a"));
  script.refuses_clock = Answer{401, R"({"errors":[{"code":135,"message":"Timestamp out of bounds."}]})", {}};
  script.revocation = Wanted("POST", "https://api.x.com/1.1/oauth/invalidate_token");
  return script;
}

Script Tumblr() {
  Script script("tumblr");
  script.login = Login(Wanted("POST", "https://www.tumblr.com/oauth/request_token"), kConfirmed,
                       "https://www.tumblr.com/oauth/authorize", {{"oauth_token", kToken}},
                       Wanted("POST", "https://www.tumblr.com/oauth/access_token"), kGiven);
  script.calls.push_back(ApiCall(As::kUser, "user/info", Wanted("GET", "https://api.tumblr.com/v2/user/info")));
  return script;
}

Script Plurk() {
  Script script("plurk");
  Login login(Wanted("POST", "https://www.plurk.com/OAuth/request_token"), kConfirmed,
              "https://www.plurk.com/OAuth/authorize", {{"oauth_token", kToken}, {"deviceid", "phone 1"}},
              Wanted("POST", "https://www.plurk.com/OAuth/access_token"), kGiven);
  login.authorize_parameters = {{"deviceid", "phone 1"}};
  login.pin = true;
  script.login = login;
  const Pairs plurk = {{"content", "\xE4\xBD\xA0\xE5\xA5\xBD ~*"}, {"qualifier", "says"}};
  script.calls.push_back(
      ApiCall(As::kUser, "Timeline/plurkAdd", Wanted("POST", "https://www.plurk.com/APP/Timeline/plurkAdd").Form(plurk))
          .Form(plurk));
  return script;
}

// The scope goes in the body of the first request.
Script Hatena() {
  Script script("hatena");
  const Pairs scope = {{"scope", "read_public,write_public"}};
  Login login(Wanted("POST", "https://www.hatena.com/oauth/initiate").Form(scope), kConfirmed,
              "https://www.hatena.ne.jp/oauth/authorize", {{"oauth_token", kToken}},
              Wanted("POST", "https://www.hatena.com/oauth/token"), kGiven);
  login.request_token_parameters = scope;
  login.pin = true;
  script.login = login;
  const Pairs page = {{"url", "https://example.com/?a=b&c=%20"}};
  script.calls.push_back(
      ApiCall(As::kUser, "my/bookmark", Wanted("GET", "https://bookmark.hatenaapis.com/rest/1/my/bookmark").Query(page))
          .Query(page));
  return script;
}

Script Ravelry() {
  Script script("ravelry");
  Login login(Wanted("POST", "https://www.ravelry.com/oauth/request_token"), kConfirmed,
              "https://www.ravelry.com/oauth/authorize", {{"oauth_token", kToken}, {"scope", "offline"}},
              Wanted("POST", "https://www.ravelry.com/oauth/access_token"), kGiven);
  login.authorize_parameters = {{"scope", "offline"}};
  script.login = login;
  script.calls.push_back(
      ApiCall(As::kUser, "current_user.json", Wanted("GET", "https://api.ravelry.com/current_user.json")));
  return script;
}

Script Trello() {
  Script script("trello");
  Login login(Wanted("POST", "https://trello.com/1/OAuthGetRequestToken"), kConfirmed,
              "https://trello.com/1/OAuthAuthorizeToken",
              {{"oauth_token", kToken}, {"scope", "read,write"}, {"expiration", "never"}, {"name", "Boards & Co"}},
              Wanted("POST", "https://trello.com/1/OAuthGetAccessToken"), kGiven);
  login.authorize_parameters = {{"scope", "read,write"}, {"expiration", "never"}, {"name", "Boards & Co"}};
  script.login = login;
  script.calls.push_back(ApiCall(As::kUser, "members/me", Wanted("GET", "https://api.trello.com/1/members/me")));
  return script;
}

}  // namespace

std::vector<Script> SocialScripts() { return {X(), Tumblr(), Plurk(), Hatena(), Ravelry(), Trello()}; }

}  // namespace oauth1d::records
