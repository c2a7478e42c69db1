#include "server/config/named_sources.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "absl/strings/str_cat.h"

namespace oauth1d::config {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

bool NamesASecret(const Message& message) {
  return message.GetDescriptor() == v1::SecretSource::descriptor() ||
         message.GetDescriptor() == v1::Keyring::descriptor();
}

void Walk(const Message& message, const std::string& path, NamedSources& named) {
  if (message.GetDescriptor() == v1::Command::descriptor()) named.commands.push_back(path);
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* const field : fields) {
    const std::string at = absl::StrCat(path, path.empty() ? "" : ".", field->name());
    if (NamesASecret(message) && field->name() == "env") {
      named.variables.insert(reflection.GetString(message, field));
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
      continue;
    } else if (!field->is_repeated()) {
      Walk(reflection.GetMessage(message, field), at, named);
    } else {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Walk(reflection.GetRepeatedMessage(message, field, i), absl::StrCat(at, "[", i, "]"), named);
      }
    }
  }
}

}  // namespace

NamedSources FindNamedSources(const v1::Config& config) {
  NamedSources named;
  Walk(config, "", named);
  return named;
}

}  // namespace oauth1d::config
