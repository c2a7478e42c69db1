// A table of callers, limits, destinations and secrets that must not load, each with what is said about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/config/bad_configuration.h"

namespace oauth1d::config {
namespace {

const char kDigest[] = "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef";

// A line 1 of its own: owners stand in line 3.
std::string Callers(const std::string& tls, const std::string& owners) {
  Pieces pieces;
  pieces.listen = "listen: {tls: {cert_file: none.pem, key_file: none.key" + tls + "}}\n";
  pieces.owners = "owners: [" + owners + "]\n";
  return pieces.Text();
}
// With everything that an identity may need.
std::string Identities(const std::string& identities) {
  return Callers(
      ", client_ca_file: none.pem, trust_domains: [{name: example.org, ca_file: none.pem}], api_keys_alone: true",
      "{name: default, identities: [" + identities + "]}");
}
std::string Owners(const std::string& owners) { return With(&Pieces::owners, "owners: [" + owners + "]\n"); }
std::string Section(const std::string& text) { return text + "\n" + Pieces().Text(); }

std::vector<BadConfiguration> LimitMistakes() {
  return {
      {"limit_0", Section("limits: {in_flight: 0}"), "limits.in_flight", "must be from 1 to 1000000, not 0", 1},
      {"limit_negative", Section("limits: {in_flight: -1}"), "limits.in_flight", "must be a whole number", 1},
      {"limit_huge", Section("limits: {connections: 4000000000}"), "limits.connections", "from 1 to 1000000", 1},
      {"limit_text", Section("limits: {connections: many}"), "limits.connections", "not \"many\"", 1},
      {"limit_fraction", Section("limits: {megabytes_in_flight: 0.5}"), "limits.megabytes_in_flight", "whole number",
       1},
      {"limit_unknown", Section("limits: {in_fligt: 1}"), "limits.in_fligt", "did you mean in_flight?", 1},
      {"limit_owner_0", Section("limits: {in_flight_per_owner: 0}"), "limits.in_flight_per_owner", "not 0", 1},
      {"limit_provider_0", Section("limits: {in_flight_per_provider: 0}"), "limits.in_flight_per_provider", "not 0", 1},
      {"limit_flows_0", Section("limits: {pending_flows_per_owner: 0}"), "limits.pending_flows_per_owner", "not 0", 1},
      {"limit_identity_0", Section("limits: {connections_per_identity: 0}"), "limits.connections_per_identity", "not 0",
       1},
      {"limit_streams_0", Section("limits: {streams_per_connection: 0}"), "limits.streams_per_connection", "not 0", 1},
      {"flow_lifetime_short", Section("limits: {flow_lifetime: 59s}"), "limits.flow_lifetime", "from 1m to 60m", 1},
      {"flow_lifetime_long", Section("limits: {flow_lifetime: 2h}"), "limits.flow_lifetime", "from 1m to 60m", 1},
      {"flow_lifetime_0", Section("limits: {flow_lifetime: 0s}"), "limits.flow_lifetime", "from 1m to 60m", 1},
      {"token_reply", Section("limits: {token_reply_kilobytes: 1025}"), "limits.token_reply_kilobytes",
       "from 1 to 1024", 1},
      {"metadata", Section("limits: {metadata_kilobytes: 65}"), "limits.metadata_kilobytes", "from 1 to 64", 1},
      {"audit_when_full", Section("audit: {when_full: block}"), "audit.when_full", "must be drop or refuse", 1},
      {"audit_when_full_near", Section("audit: {when_full: refused}"), "audit.when_full", "did you mean refuse?", 1},
      {"refuse_before_date", Section("access_tokens: {refuse_sealed_before: 2026-11-23}"),
       "access_tokens.refuse_sealed_before", "must be a time such as", 1},
      {"refuse_before_word", Section("access_tokens: {refuse_sealed_before: infinite-past}"),
       "access_tokens.refuse_sealed_before", "must be a time such as", 1},
      {"refuse_before_zone", Section("access_tokens: {refuse_sealed_before: '2026-11-23T00:00:00'}"),
       "access_tokens.refuse_sealed_before", "must be a time such as", 1},
      {"refuse_before_month", Section("access_tokens: {refuse_sealed_before: '2026-13-23T00:00:00Z'}"),
       "access_tokens.refuse_sealed_before", "must be a time such as", 1},
      {"refuse_id_short", Section("access_tokens: {refuse_ids: [abcd]}"), "access_tokens.refuse_ids[0]",
       "32 hexadecimal digits", 1},
      {"refuse_id_twice",
       Section("access_tokens: {refuse_ids: [0123456789abcdef0123456789abcdef, 0123456789ABCDEF0123456789ABCDEF]}"),
       "access_tokens.refuse_ids[1]", "a second time", 1},
  };
}

std::vector<BadConfiguration> OwnerMistakes() {
  return {
      {"also_opens_nobody", Owners("{name: default, also_opens: [wep]}, {name: web}"), "owners[0].also_opens[0]",
       "did you mean web?", 2},
      {"also_opens_itself", Owners("{name: default, also_opens: [default]}"), "owners[0].also_opens[0]",
       "is the owner itself", 2},
      {"also_opens_twice", Owners("{name: default, also_opens: [web, web]}, {name: web}"), "owners[0].also_opens[1]",
       "a second time", 2},
      {"owner_in_flight_0", Owners("{name: default, in_flight: 0}"), "owners[0].in_flight", "must be from 1", 2},
      {"owner_pending_0", Owners("{name: default, pending_flows: 0}"), "owners[0].pending_flows", "must be from 1", 2},
      {"owner_rate_0", Owners("{name: default, calls_per_second: 0}"), "owners[0].calls_per_second", "must be from 1",
       2},
      {"grant_in_flight_0", Grants("{name: twitter, in_flight: 0}"), "owners[0].providers[0].in_flight",
       "must be from 1", 2},
      {"grant_rate_0", Grants("{name: twitter, calls_per_second: 0}"), "owners[0].providers[0].calls_per_second",
       "must be from 1", 2},
      {"rpc_near", Grants("{name: twitter, rpcs: [StartAuthorisation]}"), "owners[0].providers[0].rpcs[0]",
       "did you mean StartAuthorization?", 2},
      {"rpc_far", Grants("{name: twitter, rpcs: ['*']}"), "owners[0].providers[0].rpcs[0]",
       "there is no RPC \"*\"; known: StartAuthorization", 2},
      {"rpc_twice", Grants("{name: twitter, rpcs: [SignedRequest, SignedRequest]}"), "owners[0].providers[0].rpcs[1]",
       "a second time", 2},
      {"rpcs_empty", Grants("{name: twitter, rpcs: []}"), "owners[0].providers[0].rpcs", "is empty", 2},
      {"method_case", Grants("{name: twitter, methods: [get]}"), "owners[0].providers[0].methods[0]",
       "did you mean GET?", 2},
      {"method_other", Grants("{name: twitter, methods: [CONNECT]}"), "owners[0].providers[0].methods[0]",
       "must be GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS", 2},
      {"methods_empty", Grants("{name: twitter, methods: []}"), "owners[0].providers[0].methods", "is empty", 2},
      {"prefix_relative", Grants("{name: twitter, path_prefixes: ['1.1/']}"), "owners[0].providers[0].path_prefixes[0]",
       "must begin with /", 2},
      {"prefix_query", Grants("{name: twitter, path_prefixes: ['/a?b']}"), "owners[0].providers[0].path_prefixes[0]",
       "a query", 2},
      {"prefix_fragment", Grants("{name: twitter, path_prefixes: ['/a#b']}"), "owners[0].providers[0].path_prefixes[0]",
       "a fragment", 2},
      {"prefix_dots", Grants("{name: twitter, path_prefixes: ['/a/../b']}"), "owners[0].providers[0].path_prefixes[0]",
       "a segment of dots", 2},
      {"prefix_dot", Grants("{name: twitter, path_prefixes: ['/a/.']}"), "owners[0].providers[0].path_prefixes[0]",
       "a segment of dots", 2},
      {"prefix_encoded_dots", Grants("{name: twitter, path_prefixes: ['/a/%2E%2e/b']}"),
       "owners[0].providers[0].path_prefixes[0]", "write a dot as a dot", 2},
      {"prefix_space", Grants("{name: twitter, path_prefixes: ['/a b']}"), "owners[0].providers[0].path_prefixes[0]",
       "percent-encode it", 2},
      {"prefix_control", Grants("{name: twitter, path_prefixes: [\"/a\\tb\"]}"),
       "owners[0].providers[0].path_prefixes[0]", "control character", 2},
      {"prefixes_empty", Grants("{name: twitter, path_prefixes: []}"), "owners[0].providers[0].path_prefixes",
       "is empty", 2},
  };
}

std::vector<BadConfiguration> IdentityMistakes() {
  const std::string key = std::string("{api_key_sha256: [") + kDigest + "]}";
  return {
      {"identity_without_tls", Owners("{name: default, identities: [{dns_name: a.example}]}"),
       "owners[0].identities[0]", "needs listen.tls", 2},
      {"identity_empty", Identities("{}"), "owners[0].identities[0]", "asks for nothing", 3},
      {"spiffe_scheme", Identities("{spiffe_id: 'https://example.org/a'}"), "owners[0].identities[0].spiffe_id",
       "must begin with spiffe://", 3},
      {"spiffe_no_path", Identities("{spiffe_id: 'spiffe://example.org'}"), "owners[0].identities[0].spiffe_id",
       "has no path", 3},
      {"spiffe_no_domain", Identities("{spiffe_id: 'spiffe:///a'}"), "owners[0].identities[0].spiffe_id", "is missing",
       3},
      {"spiffe_upper_case", Identities("{spiffe_id: 'spiffe://Example.org/a'}"), "owners[0].identities[0].spiffe_id",
       "[a-z0-9._-]", 3},
      {"spiffe_port", Identities("{spiffe_id: 'spiffe://example.org:8080/a'}"), "owners[0].identities[0].spiffe_id",
       "without user information or port", 3},
      {"spiffe_userinfo", Identities("{spiffe_id: 'spiffe://me@example.org/a'}"), "owners[0].identities[0].spiffe_id",
       "without user information or port", 3},
      {"spiffe_query", Identities("{spiffe_id: 'spiffe://example.org/a?b'}"), "owners[0].identities[0].spiffe_id",
       "must be of [A-Za-z0-9._-]", 3},
      {"spiffe_fragment", Identities("{spiffe_id: 'spiffe://example.org/a#b'}"), "owners[0].identities[0].spiffe_id",
       "must be of [A-Za-z0-9._-]", 3},
      {"spiffe_percent", Identities("{spiffe_id: 'spiffe://example.org/%61'}"), "owners[0].identities[0].spiffe_id",
       "must be of [A-Za-z0-9._-]", 3},
      {"spiffe_empty_segment", Identities("{spiffe_id: 'spiffe://example.org/a//b'}"),
       "owners[0].identities[0].spiffe_id", "an empty segment", 3},
      {"spiffe_end", Identities("{spiffe_id: 'spiffe://example.org/a/'}"), "owners[0].identities[0].spiffe_id",
       "ends in /", 3},
      {"spiffe_dots", Identities("{spiffe_id: 'spiffe://example.org/a/../b'}"), "owners[0].identities[0].spiffe_id",
       "a segment of dots", 3},
      {"spiffe_long", Identities("{spiffe_id: 'spiffe://example.org/" + std::string(2048, 'a') + "'}"),
       "owners[0].identities[0].spiffe_id", "longer than 2048", 3},
      {"spiffe_other_domain", Identities("{spiffe_id: 'spiffe://exmaple.org/a'}"), "owners[0].identities[0].spiffe_id",
       "none of listen.tls.trust_domains; did you mean example.org?", 3},
      {"dns_wildcard", Identities("{dns_name: '*.example.org'}"), "owners[0].identities[0].dns_name", "a wildcard", 3},
      {"dns_url", Identities("{dns_name: 'https://a.example'}"), "owners[0].identities[0].dns_name", "no DNS name", 3},
      {"dns_end", Identities("{dns_name: 'a.example.'}"), "owners[0].identities[0].dns_name", "no DNS name", 3},
      {"dns_without_ca", Callers("", "{name: default, identities: [{dns_name: a.example}]}"),
       "owners[0].identities[0].dns_name", "needs listen.tls.client_ca_file", 3},
      {"key_itself", Identities("{api_key_sha256: [oa1k_abc]}"), "owners[0].identities[0].api_key_sha256[0]",
       "64 hexadecimal digits", 3},
      {"key_twice", Identities("{api_key_sha256: [" + std::string(kDigest) + ", " + kDigest + "]}"),
       "owners[0].identities[0].api_key_sha256[1]", "a second time", 3},
      {"keys_three", Identities("{api_key_sha256: [a, b, c]}"), "owners[0].identities[0].api_key_sha256", "two at most",
       3},
      {"key_alone", Callers("", "{name: default, identities: [" + key + "]}"), "owners[0].identities[0].api_key_sha256",
       "listen.tls.api_keys_alone", 3},
      {"two_owners_one_certificate",
       Callers(", client_ca_file: none.pem",
               "{name: a, identities: [{dns_name: A.example}]}, {name: b, identities: [{dns_name: a.Example}]}"),
       "owners[1].identities[0]", "the same caller as owners[0].identities[0], which is the owner a's", 3},
      {"two_owners_one_key",
       Callers(", api_keys_alone: true", "{name: a, identities: [" + key + "]}, {name: b, identities: [" + key + "]}"),
       "owners[1].identities[0]", "the same caller as owners[0].identities[0]", 3},
      {"trust_domain_no_name", Callers(", trust_domains: [{ca_file: none.pem}]", "{name: default}"),
       "listen.tls.trust_domains[0].name", "is required", 1},
      {"trust_domain_no_bundle", Callers(", trust_domains: [{name: a.example}]", "{name: default}"),
       "listen.tls.trust_domains[0].ca_file", "is required", 1},
      {"trust_domain_url", Callers(", trust_domains: [{name: 'spiffe://a.example', ca_file: a}]", "{name: default}"),
       "listen.tls.trust_domains[0].name", "must be of [a-z0-9._-]", 1},
      {"trust_domain_twice",
       Callers(", trust_domains: [{name: a.example, ca_file: a}, {name: a.example, ca_file: b}]", "{name: default}"),
       "listen.tls.trust_domains[1].name", "is described by listen.tls.trust_domains[0].name already", 1},
      {"client_ca_not_there", Callers(", client_ca_file: none.pem", "{name: default}"), "listen.tls.client_ca_file",
       "No such file", 1},
  };
}

std::vector<BadConfiguration> DestinationMistakes() {
  const std::string secret = "secret: {env: TWITTER_SECRET}";
  const auto previous = [&](const std::string& list) {
    return Consumers("[{name: main, key: now, " + secret + ", previous: [" + list + "]}]");
  };
  return {
      {"redis_tls_socket", Store("redis: {address: 'unix:/r.sock', tls: {}}"), "store.redis.tls.server_name",
       "is required with a Unix socket", 1},
      {"redis_tls_name", Store("redis: {address: 'a:1', tls: {server_name: 'a b'}}"), "store.redis.tls.server_name",
       "must be a name", 1},
      {"redis_tls_no_key", Store("redis: {address: 'a:1', tls: {cert_file: none.pem}}"), "store.redis.tls.key_file",
       "is required", 1},
      {"redis_tls_no_certificate", Store("redis: {address: 'a:1', tls: {key_file: none.key}}"),
       "store.redis.tls.cert_file", "is required", 1},
      {"redis_tls_no_ca", Store("redis: {address: 'a:1', tls: {ca_file: none.pem}}"), "store.redis.tls.ca_file",
       "No such file", 1},
      {"proxy_no_address", Provider("egress: {proxy: {}}"), "providers[0].egress.proxy.address", "is required", 7},
      {"proxy_url", Provider("egress: {proxy: {address: 'http://proxy:3128'}}"), "providers[0].egress.proxy.address",
       "must be host:port", 7},
      {"proxy_socket", Provider("egress: {proxy: {address: 'unix:/p.sock'}}"), "providers[0].egress.proxy.address",
       "must be host:port or [v6]:port", 7},
      {"proxy_no_password", Provider("egress: {proxy: {address: 'p:1', username: u}}"),
       "providers[0].egress.proxy.username", "needs a password", 7},
      {"proxy_no_username", Provider("egress: {proxy: {address: 'p:1', password: {env: TWITTER_SECRET}}}"),
       "providers[0].egress.proxy.password", "needs a username", 7},
      {"proxy_colon", Provider("egress: {proxy: {address: 'p:1', username: 'a:b', password: {env: TWITTER_SECRET}}}"),
       "providers[0].egress.proxy.username", "a colon", 7},
      {"previous_no_key", previous("{" + secret + "}"), "providers[0].consumers[0].previous[0].key", "is required", 6},
      {"previous_no_secret", previous("{key: then}"), "providers[0].consumers[0].previous[0].secret", "is required", 6},
      {"previous_is_present", previous("{key: now, " + secret + "}"), "providers[0].consumers[0].previous[0].key",
       "present key", 6},
      {"previous_twice", previous("{key: then, " + secret + "}, {key: then, " + secret + "}"),
       "providers[0].consumers[0].previous[1].key", "a second time", 6},
      {"command_empty", With(&Pieces::keyring, "keyring: {command: {}}\n"), "keyring.command.argv", "is required", 1},
      {"command_relative", With(&Pieces::keyring, "keyring: {command: {argv: [echo]}}\n"), "keyring.command.argv[0]",
       "absolute path", 1},
      {"command_not_there", With(&Pieces::keyring, "keyring: {command: {argv: [/nowhere/at/all]}}\n"),
       "keyring.command", "cannot be started: No such file", 1},
      {"command_fails", With(&Pieces::keyring, "keyring: {command: {argv: [/bin/sh, -c, 'exit 3']}}\n"),
       "keyring.command", "ended with status 3", 1},
      {"command_says_nothing", With(&Pieces::keyring, "keyring: {command: {argv: [/bin/true]}}\n"), "keyring.command",
       "writes nothing", 1},
      {"command_writes_a_line_break", Consumers("[{name: main, key: k, secret: {command: {argv: [/bin/echo]}}}]"),
       "providers[0].consumers[0].secret.command", "writes an empty line", 6},
  };
}

std::vector<BadConfiguration> All() {
  std::vector<BadConfiguration> all;
  for (const auto& part : {LimitMistakes(), OwnerMistakes(), IdentityMistakes(), DestinationMistakes()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

class BadCallersTest : public testing::TestWithParam<BadConfiguration> {};

TEST_P(BadCallersTest, IsRefusedWithItsPathAndPlace) { ExpectRefused(GetParam()); }

INSTANTIATE_TEST_SUITE_P(All, BadCallersTest, testing::ValuesIn(All()),
                         [](const auto& info) { return std::string(info.param.title); });

}  // namespace
}  // namespace oauth1d::config
