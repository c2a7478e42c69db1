// Known requests and their signatures, as lines of `oauth1ctl sign --jsonl`.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/cli/sign_jsonl.h"
#include "server/oauth1/encoding.h"
#include "tests/support/fake_environment.h"

namespace oauth1d::cli {
namespace {

using nlohmann::json;

struct Vector {
  const char* name;
  const char* line;
  const char* signature;
};

class SignVectorsTest : public ::testing::TestWithParam<Vector> {};

TEST_P(SignVectorsTest, GivesTheKnownSignature) {
  FakeEnvironment environment;
  bool failed = false;
  const json out = json::parse(LineSigner(environment).Sign(GetParam().line, failed));
  EXPECT_FALSE(failed) << out;
  EXPECT_EQ(out["signature"], GetParam().signature) << out["signature_base_string"];
  EXPECT_TRUE(absl::StartsWith(out["authorization_header"].get<std::string>(), "OAuth "));
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, SignVectorsTest,
    ::testing::Values(
        Vector{
            "Rfc5849Section12TemporaryCredentials",
            R"({"method":"POST","url":"https://photos.example.net/initiate","realm":"Photos","consumer_key":"dpf43f3p2l4k3l03","consumer_secret":"kd94hf93k423kf44","timestamp":"137131200","nonce":"wIjqoS","callback":"http://printer.example.com/ready","omit_version":true})",
            "74KNZJeDHnMBp0EMJ9ZHt/XKycU="},
        Vector{
            "Rfc5849Section12TokenCredentials",
            R"({"method":"POST","url":"https://photos.example.net/token","realm":"Photos","consumer_key":"dpf43f3p2l4k3l03","consumer_secret":"kd94hf93k423kf44","token":"hh5s93j4hdidpola","token_secret":"hdhd0244k9j7ao03","timestamp":"137131201","nonce":"walatlh","verifier":"hfdp7dh39dks9884","omit_version":true})",
            "gKgrFCywp7rO0OXSjdot/IHF7IU="},
        Vector{
            "Rfc5849Section12ProtectedResource",
            R"({"method":"GET","url":"http://photos.example.net/photos?file=vacation.jpg&size=original","realm":"Photos","consumer_key":"dpf43f3p2l4k3l03","consumer_secret":"kd94hf93k423kf44","token":"nnch734d00sl2jdk","token_secret":"pfkkdhi9sl3r4s00","timestamp":"137131202","nonce":"chapoH","omit_version":true})",
            "MdpQcU8iPSUjWoN/UDMsK2sui9I="},
        Vector{
            "Rfc5849Section341WithErratum2550",
            R"({"method":"POST","url":"http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b","form":[["c2",""],["a3","2 q"]],"realm":"Example","consumer_key":"9djdj82h48djs9d2","consumer_secret":"j49sk3j29djd","token":"kkk9d7dh3k39sjv7","token_secret":"dh893hdasih9","timestamp":"137131201","nonce":"7d8f3e4a","omit_version":true})",
            "r6/TJjbCOr97/+UU0NsvSne7s5g="},
        Vector{
            "OAuthCore10AppendixA",
            R"({"method":"GET","url":"http://photos.example.net/photos?file=vacation.jpg&size=original","consumer_key":"dpf43f3p2l4k3l03","consumer_secret":"kd94hf93k423kf44","token":"nnch734d00sl2jdk","token_secret":"pfkkdhi9sl3r4s00","timestamp":"1191242096","nonce":"kllo9940pd9333jh"})",
            "tR3+Ty81lMeYAr/Fid0kMTYa/WM="},
        Vector{
            "XRequestToken",
            R"({"method":"POST","url":"https://api.twitter.com/oauth/request_token","consumer_key":"cChZNFj6T5R0TigYB9yd1w","consumer_secret":"L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg","timestamp":"1318467427","nonce":"ea9ec8429b68d6b77cd5600adbbb0456","callback":"http://localhost/sign-in-with-twitter/"})",
            "F1Li3tvehgcraF8DMJ7OyxO4w9Y="},
        Vector{
            "XAccessToken",
            R"({"method":"POST","url":"https://api.twitter.com/oauth/access_token","consumer_key":"cChZNFj6T5R0TigYB9yd1w","consumer_secret":"L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg","token":"NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0","token_secret":"veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI","timestamp":"1318467427","nonce":"a9900fe68e2573b27a37f10fbad6a755","verifier":"uw7NjWHT6OJ1MpJOXsHfNxoAhPKpgI8BlYDhxEjIBY"})",
            "39cipBtIOHEEnybAR4sATQTpl2I="},
        Vector{
            "XStatusUpdate",
            R"({"method":"POST","url":"https://api.twitter.com/1/statuses/update.json?include_entities=true","form":[["status","Hello Ladies + Gentlemen, a signed OAuth request!"]],"consumer_key":"xvz1evFS4wEEPTGEFPHBog","consumer_secret":"kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw","token":"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb","token_secret":"LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE","timestamp":"1318622958","nonce":"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"})",
            "tnnArxj06cWHq44gCs1OSKk/jLY="}),
    [](const ::testing::TestParamInfo<Vector>& info) { return info.param.name; });

// draft-eaton-oauth-bodyhash-00, and the hashes of no body.
struct BodyHashVector {
  const char* name;
  const char* body_hash;
  const char* body_base64;
  const char* expected;
};

class BodyHashVectorsTest : public ::testing::TestWithParam<BodyHashVector> {};

TEST_P(BodyHashVectorsTest, GivesTheKnownHash) {
  FakeEnvironment environment;
  LineSigner signer(environment);
  const bool empty = absl::string_view(GetParam().body_base64).empty();
  json line = {{"method", empty ? "GET" : "PUT"},
               {"url", "http://www.example.com/resource"},
               {"consumer_key", "consumer"},
               {"consumer_secret", "consumer_secret"},
               {"body_hash", GetParam().body_hash}};
  if (!empty) line.update({{"body_base64", GetParam().body_base64}, {"content_type", "text/plain"}});
  bool failed = false;
  const json out = json::parse(signer.Sign(line.dump(), failed));
  EXPECT_FALSE(failed) << out;
  const std::string encoded = oauth1::PercentEncode(GetParam().expected);
  EXPECT_TRUE(absl::StrContains(out["authorization_header"].get<std::string>(),
                                absl::StrCat("oauth_body_hash=\"", encoded, "\"")))
      << out;
  EXPECT_TRUE(absl::StrContains(out["signature_base_string"].get<std::string>(),
                                absl::StrCat("&oauth_body_hash%3D", oauth1::PercentEncode(encoded), "%26")))
      << out;
}

INSTANTIATE_TEST_SUITE_P(
    Vectors, BodyHashVectorsTest,
    ::testing::Values(BodyHashVector{"DraftHelloWorld", "sha1", "SGVsbG8gV29ybGQh", "Lve95gjOVATpfV8EL5X4nxwjKHE="},
                      BodyHashVector{"EmptyBodySha1", "sha1", "", "2jmj7l5rSw0yVb/vlWAYkK/YBwk="},
                      BodyHashVector{"EmptyBodySha256", "sha256", "", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}),
    [](const ::testing::TestParamInfo<BodyHashVector>& info) { return info.param.name; });

}  // namespace
}  // namespace oauth1d::cli
