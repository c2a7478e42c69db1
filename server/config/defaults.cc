#include "server/config/defaults.h"

#include <string>

#include "absl/strings/string_view.h"

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

}  // namespace

void FillDefaults(v1::Config& config) {
  v1::Listen& listen = *config.mutable_listen();
  Default(*listen.mutable_address(), "127.0.0.1:50051");
  if (!listen.has_drain_delay()) listen.mutable_drain_delay()->set_seconds(5);
  if (!listen.has_reflection()) listen.set_reflection(!listen.has_tls());
  if (config.store().kind_case() == v1::Store::KIND_NOT_SET) config.mutable_store()->mutable_memory();
  for (v1::Provider& provider : *config.mutable_providers()) {
    Default(*provider.mutable_title(), provider.name());
    Default(*provider.mutable_signature_method(), "HMAC-SHA1");
    Default(*provider.mutable_placement(), "header");
    Default(*provider.mutable_callback_confirmed(), "require");
    Default(*provider.mutable_token_method(), "POST");
    provider.mutable_egress();
  }
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
    }
  }
}

}  // namespace oauth1d::config
