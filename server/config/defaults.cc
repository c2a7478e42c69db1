#include "server/config/defaults.h"

#include <string>

#include "absl/strings/string_view.h"
#include "server/config/capability_builder.h"

namespace oauth1d::config {
namespace {

void Default(std::string& field, absl::string_view value) {
  if (field.empty()) field = std::string(value);
}

void MakeAbsolute(const Sources& sources, std::string& path) {
  if (!path.empty()) path = sources.Absolute(path);
}

void MakeAbsolute(const Sources& sources, v1::SecretSource& secret) {
  if (secret.has_file()) MakeAbsolute(sources, *secret.mutable_file());
}

void FillSigning(const v1::Provider& provider, v1::Phase& phase) {
  Default(*phase.mutable_signature_method(), provider.signature_method());
  Default(*phase.mutable_placement(), provider.placement());
}

void FillTokenPhase(const v1::Provider& provider, v1::Phase& phase) {
  FillSigning(provider, phase);
  Default(*phase.mutable_method(), provider.token_method());
  Default(*phase.mutable_parameters_in(), phase.method() == "GET" ? "query" : "body");
}

void FillTokenLife(v1::Provider& provider) {
  if (provider.has_renewal()) {
    v1::Renewal& renewal = *provider.mutable_renewal();
    Default(*renewal.mutable_method(), "GET");
    if (renewal.problems().empty()) renewal.add_problems("token_expired");
  }
  if (provider.has_revocation()) Default(*provider.mutable_revocation()->mutable_method(), "POST");
}

void FillDefaults(v1::Provider& provider) {
  Default(*provider.mutable_title(), provider.name());
  Default(*provider.mutable_signature_method(), "HMAC-SHA1");
  Default(*provider.mutable_placement(), "header");
  Default(*provider.mutable_callback_confirmed(), "require");
  Default(*provider.mutable_token_method(), "POST");
  FillTokenPhase(provider, *provider.mutable_request_token());
  FillTokenPhase(provider, *provider.mutable_access_token());
  FillSigning(provider, *provider.mutable_api());
  Default(*provider.mutable_authorize()->mutable_token_parameter(), "oauth_token");
  Default(*provider.mutable_callback_mode(), "query");
  Default(*provider.mutable_verifier(), "required");
  Default(*provider.mutable_token_response()->mutable_format(), "form");
  Default(*provider.mutable_token_response()->mutable_token_field(), "oauth_token");
  Default(*provider.mutable_token_response()->mutable_secret_field(), "oauth_token_secret");
  Default(*provider.mutable_body_hash(), "none");
  if (!provider.has_send_version()) provider.set_send_version(true);
  Default(*provider.mutable_timestamps(), "clock");
  FillTokenLife(provider);
  FillCapabilities(provider);
  provider.mutable_egress();
}

}  // namespace

void FillDefaults(v1::Config& config) {
  v1::Listen& listen = *config.mutable_listen();
  Default(*listen.mutable_address(), "127.0.0.1:50051");
  if (!listen.has_drain_delay()) listen.mutable_drain_delay()->set_seconds(5);
  if (!listen.has_reflection()) listen.set_reflection(!listen.has_tls());
  if (config.store().kind_case() == v1::Store::KIND_NOT_SET) config.mutable_store()->mutable_memory();
  for (v1::Provider& provider : *config.mutable_providers()) FillDefaults(provider);
}

void MakePathsAbsolute(const Sources& sources, v1::Config& config) {
  if (config.listen().has_tls()) {
    MakeAbsolute(sources, *config.mutable_listen()->mutable_tls()->mutable_cert_file());
    MakeAbsolute(sources, *config.mutable_listen()->mutable_tls()->mutable_key_file());
  }
  if (config.store().has_redis() && config.store().redis().has_password()) {
    MakeAbsolute(sources, *config.mutable_store()->mutable_redis()->mutable_password());
  }
  if (config.keyring().has_file()) MakeAbsolute(sources, *config.mutable_keyring()->mutable_file());
  for (v1::Provider& provider : *config.mutable_providers()) {
    if (provider.has_egress()) MakeAbsolute(sources, *provider.mutable_egress()->mutable_ca_file());
    for (v1::Consumer& consumer : *provider.mutable_consumers()) {
      if (consumer.has_secret()) MakeAbsolute(sources, *consumer.mutable_secret());
      if (consumer.has_rsa_private_key()) MakeAbsolute(sources, *consumer.mutable_rsa_private_key());
      if (consumer.has_rsa_private_key_passphrase()) {
        MakeAbsolute(sources, *consumer.mutable_rsa_private_key_passphrase());
      }
    }
  }
}

}  // namespace oauth1d::config
