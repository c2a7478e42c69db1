// The next version's sealing: around today's, it writes the new fields into whatever it seals, and tells on stderr of
// each record that it opens whether they are whole. It takes the place of server/sealing/envelope.cc in the program.
#define Seal SealAsToday
#define Open OpenAsToday
#include "server/sealing/envelope.cc"
#undef Seal
#undef Open

#include <cstdio>

#include "tests/upgrade/next_fields.h"

namespace oauth1d::sealing {
namespace {

template <typename Message>
Message Parse(absl::string_view plaintext) {
  Message message;
  if (!message.ParseFromString(std::string(plaintext))) std::abort();
  return message;
}

std::string Filled(Kind kind, absl::string_view plaintext) {
  if (kind == Kind::kFlow) {
    auto flow = Parse<records::next::Flow>(plaintext);
    FillNextFields(flow);
    return flow.SerializeAsString();
  }
  if (kind == Kind::kFlowSecrets) {
    auto secrets = Parse<records::next::FlowSecrets>(plaintext);
    FillNextFields(secrets);
    if (secrets.has_result()) FillNextFields(*secrets.mutable_result());
    return secrets.SerializeAsString();
  }
  if (kind == Kind::kAccessToken) {
    auto token = Parse<records::next::AccessToken>(plaintext);
    FillNextFields(token);
    return token.SerializeAsString();
  }
  return std::string(plaintext);
}

void Tell(const char* record, bool whole) {
  std::fprintf(stderr, "{\"event\":\"record_opened\",\"record\":\"%s\",\"whole\":%s}\n", record,
               whole ? "true" : "false");
}

void TellWhatIsThere(Kind kind, absl::string_view plaintext) {
  if (kind == Kind::kFlow) Tell("flow", HasNextFields(Parse<records::next::Flow>(plaintext)));
  if (kind == Kind::kAccessToken) Tell("access_token", HasNextFields(Parse<records::next::AccessToken>(plaintext)));
  if (kind != Kind::kFlowSecrets) return;
  const auto secrets = Parse<records::next::FlowSecrets>(plaintext);
  Tell("flow_secrets", HasNextFields(secrets));
  if (secrets.has_result()) Tell("result", HasNextFields(secrets.result()));
}

}  // namespace

absl::StatusOr<std::string> Seal(const Keyring& keyring, const Lock& lock, absl::string_view plaintext,
                                 Environment& environment) {
  return SealAsToday(keyring, lock, Filled(lock.kind, plaintext), environment);
}

absl::StatusOr<std::string> Open(const Keyring& keyring, const Lock& lock, absl::string_view envelope) {
  absl::StatusOr<std::string> plaintext = OpenAsToday(keyring, lock, envelope);
  if (plaintext.ok()) TellWhatIsThere(lock.kind, *plaintext);
  return plaintext;
}

}  // namespace oauth1d::sealing
