// A test that never fails shows nothing: records with one field changed, each of which its script must catch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "absl/strings/str_join.h"
#include "tests/records/play.h"

namespace oauth1d::records {
namespace {

struct WrongRecord {
  const char* title;
  const char* record;
  std::string lie;
  const char* complaint;  // a part of one
};

void PrintTo(const WrongRecord& wrong, std::ostream* out) { *out << wrong.title; }

const Script& ScriptOf(const std::string& record) {
  static const std::vector<Script>* const scripts = new std::vector<Script>(Scripts());
  return *std::find_if(scripts->begin(), scripts->end(), [&](const Script& script) { return script.record == record; });
}

class WrongRecordTest : public testing::TestWithParam<WrongRecord> {};

TEST_P(WrongRecordTest, IsCaught) {
  const Script& script = ScriptOf(GetParam().record);
  const LoadedRecord record = LoadRecord(script, "  " + GetParam().lie + "\n");
  ASSERT_NE(record.provider, nullptr) << record.mistakes;
  EXPECT_THAT(absl::StrJoin(Play(script, record).complaints, "\n"), testing::HasSubstr(GetParam().complaint));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongRecordTest,
    testing::Values(
        WrongRecord{"request_token_url", "x", "request_token_url: https://api.x.com/oauth/request",
                    "the URL should be"},
        WrongRecord{"access_token_url", "x", "access_token_url: https://api.x.com/oauth/token", "the URL should be"},
        WrongRecord{"authorize_url", "x", "authorize_url: https://api.x.com/oauth/authorise",
                    "the browser should go to"},
        WrongRecord{"api_base", "x", "api_base_urls: ['https://api.x.com/']", "the URL should be"},
        WrongRecord{"signature_method", "magento", "signature_method: HMAC-SHA1", "oauth_signature_method=HMAC-SHA256"},
        WrongRecord{"placement", "fatsecret", "placement: header", "stand in the header"},
        WrongRecord{"token_method", "etrade", "token_method: POST", "the method should be GET, is POST"},
        WrongRecord{"first_method", "discogs", "request_token: {method: POST}", "the method should be GET, is POST"},
        WrongRecord{"parameters_in", "hatena", "request_token: {parameters_in: query}", "the query should be []"},
        WrongRecord{"realm", "netsuite", "realm: '{account:host}'", "the realm should be 1234567_SB1"},
        WrongRecord{"no_realm", "schoology", "realm: ''", "the realm should be Schoology API"},
        WrongRecord{"realm_of_the_request", "cardmarket", "realm: 'https://api.cardmarket.com/'",
                    "the realm should be"},
        WrongRecord{"token_parameter", "etrade", "authorize: {token_parameter: oauth_token}", "should bring"},
        WrongRecord{"consumer_key_parameter", "mediawiki", "authorize: {consumer_key_parameter: ''}", "should bring"},
        WrongRecord{"url_field", "yahoo", "authorize: {url_field: ''}", "should bring [oauth_token=from the answer]"},
        WrongRecord{"callback_mode_query", "etrade", "callback_mode: query", "oauth_callback=oob"},
        WrongRecord{"callback_mode_none", "x", "callback_mode: none", "the state is not"},
        WrongRecord{"callback_mode_sent", "tripit", "callback_mode: query", "the protocol parameters should be"},
        WrongRecord{"callback_confirmed", "garmin", "callback_confirmed: require", "the login does not begin"},
        WrongRecord{"verifier", "tripit", "verifier: required", "the login does not end"},
        WrongRecord{"error_prefix", "mediawiki", "token_response: {error_prefix: ''}", "no is not understood"},
        WrongRecord{"token_field", "x", "token_response: {token_field: token}", "the login does not begin"},
        WrongRecord{"header", "discogs", "headers: [{name: X-Agent, value: '{user_agent}'}]", "the header User-Agent"},
        WrongRecord{"no_body_hash", "mastercard", "body_hash: none", "oauth_body_hash="},
        WrongRecord{"other_body_hash", "mastercard", "body_hash: sha1", "oauth_body_hash="},
        WrongRecord{"body_hash", "x", "body_hash: sha1", "oauth_body_hash="},
        WrongRecord{"multipart", "flickr", "sign_multipart_fields: false", "the signature does not hold"},
        WrongRecord{"multipart_of_x", "x", "sign_multipart_fields: true", "the signature does not hold"},
        WrongRecord{"version", "x", "send_version: false", "oauth_version=1.0"},
        WrongRecord{"empty_token", "schoology", "empty_token: false", "oauth_token="},
        WrongRecord{"bare_plaintext", "discogs", "bare_plaintext: true", "oauth_nonce"},
        WrongRecord{"timestamps", "fatsecret", "timestamps: clock", "the timestamp went back"},
        WrongRecord{"signing_base", "woocommerce", "signing_base_url: ''", "the signature does not hold"},
        WrongRecord{"timestamp_refused", "x", "timestamp_refused: []", "a request did not come"},
        WrongRecord{"renewal_url", "etrade", "renewal: {url: 'https://api.etrade.com/oauth/renew'}",
                    "the URL should be"},
        WrongRecord{"renewal_method", "etrade", "renewal: {method: POST}", "the method should be GET"},
        WrongRecord{"renewal_lifetime", "etrade", "renewal: {lifetime: 24h}", "the renewal"},
        WrongRecord{"renewal_problems", "yahoo", "renewal: {problems: [token_rejected]}", "a request did not come"},
        WrongRecord{"revocation_method", "garmin", "revocation: {method: POST}", "the method should be DELETE"},
        WrongRecord{"reveal", "zotero", "reveal_provider_token: false", "hidden where it is needed"},
        WrongRecord{"reveal_elsewhere", "x", "reveal_provider_token: true", "or shown"},
        WrongRecord{"authorize_parameters", "trello", "authorize_parameters: [scope]", "the login does not begin"}),
    [](const auto& info) { return std::string(info.param.title); });

TEST(WrongRecordsTest, ACapabilityThatIsOnlyClaimedIsNotShown) {
  const Script& script = ScriptOf("tumblr");
  const LoadedRecord record = LoadRecord(script, "  capabilities: [three_legged, two_legged, out_of_band, xauth]\n");
  ASSERT_NE(record.provider, nullptr) << record.mistakes;
  EXPECT_EQ(Play(script, record).shown, std::set{providers::Capability::kThreeLegged});
}

// Whoever complains has shown nothing.
TEST(WrongRecordsTest, WhatDoesNotWorkIsNotShown) {
  const Script& script = ScriptOf("mastercard");
  const LoadedRecord record = LoadRecord(script, "  body_hash: none\n");
  ASSERT_NE(record.provider, nullptr) << record.mistakes;
  EXPECT_THAT(Play(script, record).shown, testing::IsEmpty());
}

}  // namespace
}  // namespace oauth1d::records
