// Photographs and pictures.
#include "tests/records/script.h"

namespace oauth1d::records {
namespace {

// The upload signs the text fields of its multipart body, and not the photo.
Script Flickr() {
  Script script("flickr");
  Login login(Wanted("POST", "https://www.flickr.com/services/oauth/request_token"), kConfirmed,
              "https://www.flickr.com/services/oauth/authorize", {{"oauth_token", kToken}, {"perms", "write"}},
              Wanted("POST", "https://www.flickr.com/services/oauth/access_token"),
              "fullname=Jamal%20Fanaian&oauth_token={token}&oauth_token_secret={secret}&user_nsid=21207597%40N07");
  login.authorize_parameters = {{"perms", "write"}};
  login.others = {{"fullname", "Jamal Fanaian"}, {"user_nsid", "21207597@N07"}};
  login.pin = true;
  script.login = login;
  script.calls.push_back(
      ApiCall(As::kUser, "https://api.flickr.com/services/rest/",
              Wanted("GET", "https://api.flickr.com/services/rest/").Query({{"method", "flickr.test.login"}}))
          .Query({{"method", "flickr.test.login"}}));
  script.calls.push_back(ApiCall(As::kUser, "https://up.flickr.com/services/upload/",
                                 Wanted("POST", "https://up.flickr.com/services/upload/").SignsMultipartText())
                             .Upload({{"title", "Ladies + Gentlemen"}, {"tags", "a b&c=d"}}, "\xFF\xD8 a photo"));
  return script;
}

Script SmugMug() {
  Script script("smugmug");
  Login login(Wanted("POST", "https://api.smugmug.com/services/oauth/1.0a/getRequestToken"), kConfirmed,
              "https://api.smugmug.com/services/oauth/1.0a/authorize",
              {{"oauth_token", kToken}, {"Access", "Full"}, {"Permissions", "Modify"}},
              Wanted("POST", "https://api.smugmug.com/services/oauth/1.0a/getAccessToken"), kGiven);
  login.authorize_parameters = {{"Access", "Full"}, {"Permissions", "Modify"}};
  login.pin = true;
  script.login = login;
  script.calls.push_back(
      ApiCall(As::kUser, "user/cmac?_verbosity=1",
              Wanted("GET", "https://api.smugmug.com/api/v2/user/cmac").Query({{"_verbosity", "1"}})));
  return script;
}

// One-legged: a key and a secret, and nonces of eight characters or more.
Script NounProject() {
  Script script("noun-project");
  script.shortest_nonce = 8;
  script.calls.push_back(
      ApiCall(
          As::kApplication, "icon",
          Wanted("GET", "https://api.thenounproject.com/v2/icon").Query({{"query", "bicycle & bell"}, {"limit", "1"}}))
          .Query({{"query", "bicycle & bell"}, {"limit", "1"}}));
  return script;
}

}  // namespace

std::vector<Script> PhotoScripts() { return {Flickr(), SmugMug(), NounProject()}; }

}  // namespace oauth1d::records
