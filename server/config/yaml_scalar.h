// Single values: from a YAML scalar into a field.
#ifndef OAUTH1D_SERVER_CONFIG_YAML_SCALAR_H_
#define OAUTH1D_SERVER_CONFIG_YAML_SCALAR_H_

#include <google/protobuf/message.h>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/config/yaml_tree.h"

namespace oauth1d::config {

// Whether the field holds single values: a scalar, or a google.protobuf.Duration.
bool IsSingleValue(const google::protobuf::FieldDescriptor& field);

// Sets the field, or adds to it if it is repeated. kInvalidArgument that says what is wrong, with the value
// unless `discreet`.
absl::Status ReadScalar(const YamlNode& node, const google::protobuf::FieldDescriptor& field, bool discreet,
                        google::protobuf::Message& message);

// Adds an empty value to a repeated field.
void AddEmpty(const google::protobuf::FieldDescriptor& field, google::protobuf::Message& message);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_YAML_SCALAR_H_
