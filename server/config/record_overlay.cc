#include "server/config/record_overlay.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "oauth1d/config/v1/config.pb.h"
#include "server/base/failure.h"
#include "server/config/near_miss.h"
#include "server/config/yaml_to_proto.h"
#include "server/providers/records.h"

namespace oauth1d::config {
namespace {

// The value of `record`, if it is text; what else it may be, the walk itself finds.
const YamlNode* FindRecord(const YamlNode& node) {
  for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
    if (node.items[i].text == "record" && node.items[i + 1].kind == YamlNode::Kind::kScalar) return &node.items[i + 1];
  }
  return nullptr;
}

}  // namespace

void StartFromRecord(const YamlNode& node, const std::string& path, google::protobuf::Message& message,
                     Findings& findings) {
  if (message.GetDescriptor() != v1::Provider::descriptor()) return;
  const YamlNode* const record = FindRecord(node);
  if (record == nullptr || record->text.empty()) return;
  std::vector<std::string> names;
  for (const providers::BuiltInRecord& known : providers::BuiltInRecords()) {
    names.emplace_back(known.name);
    if (known.name != record->text) continue;
    Findings inner("record");
    ReadYaml(known.yaml, YamlReading(), message, inner);
    for (const Mistake& mistake : inner.Faults()) {
      findings.Fault(path + ".record", absl::StrCat("the built-in record is broken: ", ToString(mistake)),
                     record->position);
    }
    return;
  }
  findings.Fault(path + ".record",
                 absl::StrCat("there is no built-in record \"", EscapeForPeople(record->text, 64), "\"",
                              Suggestion(record->text, names)),
                 record->position);
}

}  // namespace oauth1d::config
