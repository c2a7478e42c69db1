// Fills a protobuf message from YAML by its descriptor: a field is a key. Every mistake is found in one go.
#ifndef OAUTH1D_SERVER_CONFIG_YAML_TO_PROTO_H_
#define OAUTH1D_SERVER_CONFIG_YAML_TO_PROTO_H_

#include <google/protobuf/message.h>

#include <functional>
#include <set>
#include <string>

#include "absl/strings/string_view.h"
#include "server/config/findings.h"
#include "server/config/yaml_tree.h"

namespace oauth1d::config {

struct YamlReading {
  // Called before a message is filled from the map `node`: may set fields, which the map then overrides (a list
  // as a whole, a message field by field).
  std::function<void(const YamlNode& node, const std::string& path, google::protobuf::Message& message,
                     Findings& findings)>
      start_from;
  // Messages whose text is never repeated in a mistake: it may be a secret that was written in the wrong place.
  std::set<const google::protobuf::Descriptor*> discreet;
};

// Mistakes: YAML's own, unknown and repeated keys, wrong kinds of value, keys without a value, values that do not
// parse, two members of a oneof. `findings` also learns where each field stands. A list keeps its length whatever
// is wrong in it, so that paths stay true. Durations are written as 250ms, 5s, 1m or 1h.
void ReadYaml(absl::string_view yaml, const YamlReading& reading, google::protobuf::Message& message,
              Findings& findings);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_YAML_TO_PROTO_H_
