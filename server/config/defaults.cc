#include "server/config/defaults.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "server/config/addresses.h"
#include "server/config/capability_builder.h"
#include "server/config/limits_builder.h"

namespace oauth1d::config {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

void Default(std::string& field, absl::string_view value) {
  if (field.empty()) field = std::string(value);
}

// Fields that name files are called `file` or something_file.
bool NamesFile(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && !field.is_repeated() &&
         (field.name() == "file" || absl::EndsWith(field.name(), "_file"));
}

void MakePathsAbsolute(const Sources& sources, Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;  // that have a value
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    if (NamesFile(*field)) {
      reflection.SetString(&message, field, sources.Absolute(reflection.GetString(message, field)));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated()) {
      MakePathsAbsolute(sources, *reflection.MutableMessage(&message, field));
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const int size = reflection.FieldSize(message, field);
      for (int i = 0; i < size; ++i) {
        MakePathsAbsolute(sources, *reflection.MutableRepeatedMessage(&message, field, i));
      }
    }
  }
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

void FillTls(v1::RedisStore& redis) {
  const absl::StatusOr<HostAndPort> address = ParseHostAndPort(redis.address());
  if (address.ok()) Default(*redis.mutable_tls()->mutable_server_name(), address->host);
}

}  // namespace

void FillDefaults(const Findings& findings, v1::Config& config) {
  v1::Listen& listen = *config.mutable_listen();
  Default(*listen.mutable_address(), "127.0.0.1:50051");
  if (!listen.has_drain_delay()) listen.mutable_drain_delay()->set_seconds(5);
  if (!listen.has_reflection()) listen.set_reflection(!listen.has_tls());
  if (config.store().kind_case() == v1::Store::KIND_NOT_SET) config.mutable_store()->mutable_memory();
  if (config.store().has_redis() && config.store().redis().has_tls()) FillTls(*config.mutable_store()->mutable_redis());
  for (v1::Provider& provider : *config.mutable_providers()) FillDefaults(provider);
  FillLimits(findings, *config.mutable_limits());
  Default(*config.mutable_audit()->mutable_when_full(), "drop");
  config.mutable_access_tokens();
  Default(*config.mutable_metrics()->mutable_address(), "127.0.0.1:9464");
}

void MakePathsAbsolute(const Sources& sources, v1::Config& config) {
  MakePathsAbsolute(sources, static_cast<Message&>(config));
}

}  // namespace oauth1d::config
