#include "server/config/yaml_to_proto.h"

#include <google/protobuf/descriptor.h>

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/config/near_miss.h"
#include "server/config/yaml_scalar.h"

namespace oauth1d::config {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

std::vector<std::string> FieldNames(const Descriptor& descriptor) {
  std::vector<std::string> names;
  names.reserve(descriptor.field_count());
  for (int i = 0; i < descriptor.field_count(); ++i) names.push_back(descriptor.field(i)->name());
  return names;
}

// "a map with file, env or command": what a message field wants.
std::string Wanted(const Descriptor& descriptor) {
  std::string text = "a map";
  const std::vector<std::string> names = FieldNames(descriptor);
  for (size_t i = 0; i < names.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? " with " : (i + 1 == names.size() ? " or " : ", "), names[i]);
  }
  return names.size() > 3 ? "a map" : text;
}

std::string Below(const std::string& path, absl::string_view key) {
  return path.empty() ? std::string(key) : absl::StrCat(path, ".", key);
}

class Walk {
 public:
  Walk(const YamlReading& reading, Findings& findings) : reading_(reading), findings_(findings) {}

  void ReadMap(const YamlNode& node, const std::string& path, Message& message) {
    const Descriptor& descriptor = *message.GetDescriptor();
    if (!Check(node, YamlNode::Kind::kMap, Wanted(descriptor), path)) return;
    if (reading_.start_from) reading_.start_from(node, path, message, findings_);
    std::set<std::string> seen;
    for (size_t i = 0; i + 1 < node.items.size(); i += 2) {
      const YamlNode& key = node.items[i];
      const FieldDescriptor* field = FindField(key, descriptor, path);
      if (field == nullptr) continue;
      const std::string field_path = Below(path, field->name());
      if (!seen.insert(field->name()).second) {
        findings_.Fault(field_path, "stands here a second time", key.position);
        continue;
      }
      if (SecondOfOneof(*field, seen)) {
        const std::string names = absl::StrCat("only one of ", OneofNames(*field), " can be set");
        findings_.Fault(field_path, names, key.position);
        continue;
      }
      ReadField(key, node.items[i + 1], *field, field_path, message);
    }
  }

 private:
  bool IsDiscreet(const Descriptor& descriptor) const { return reading_.discreet.count(&descriptor) > 0; }

  // Null: there is no such field, and the fault is told.
  const FieldDescriptor* FindField(const YamlNode& key, const Descriptor& descriptor, const std::string& path) {
    if (key.kind != YamlNode::Kind::kScalar || !key.refusal.empty()) {
      findings_.Fault(Below(path, "?"), "has a key that is no plain word", key.position);
      return nullptr;
    }
    const FieldDescriptor* field = descriptor.FindFieldByName(key.text);
    if (field != nullptr) return field;
    const std::vector<std::string> names = FieldNames(descriptor);
    if (IsDiscreet(descriptor)) {
      findings_.Fault(path, absl::StrCat("has an unknown key", Suggestion(key.text, names)), key.position);
      return nullptr;
    }
    const std::string shown = EscapeForPeople(key.text, 64);
    const std::string what = key.text == "<<" ? "is a merge key, which is not allowed here: write the values out"
                                              : absl::StrCat("is no known key", Suggestion(key.text, names));
    findings_.Fault(Below(path, shown), what, key.position);
    return nullptr;
  }

  static bool SecondOfOneof(const FieldDescriptor& field, const std::set<std::string>& seen) {
    const google::protobuf::OneofDescriptor* oneof = field.real_containing_oneof();
    if (oneof == nullptr) return false;
    for (int i = 0; i < oneof->field_count(); ++i) {
      if (oneof->field(i) != &field && seen.count(oneof->field(i)->name()) > 0) return true;
    }
    return false;
  }

  static std::string OneofNames(const FieldDescriptor& field) {
    const google::protobuf::OneofDescriptor& oneof = *field.real_containing_oneof();
    std::string names;
    for (int i = 0; i < oneof.field_count(); ++i) absl::StrAppend(&names, i > 0 ? ", " : "", oneof.field(i)->name());
    return names;
  }

  void ReadField(const YamlNode& key, const YamlNode& value, const FieldDescriptor& field, const std::string& path,
                 Message& message) {
    // A value of several lines begins below its key, and nothing stands nowhere: the key is what people look for.
    const bool inside = value.kind == YamlNode::Kind::kScalar;
    findings_.SetPosition(path, inside ? value.position : key.position);
    if (value.kind == YamlNode::Kind::kNull && value.refusal.empty()) {
      findings_.Fault(path, "has no value: give it one, or leave the key out");
    } else if (field.is_repeated()) {
      ReadList(value, field, path, message);
    } else if (IsSingleValue(field)) {
      ReadSingle(value, field, path, message);
    } else {
      ReadMap(value, path, *message.GetReflection()->MutableMessage(&message, &field));
    }
  }

  void ReadList(const YamlNode& node, const FieldDescriptor& field, const std::string& path, Message& message) {
    message.GetReflection()->ClearField(&message, &field);
    if (!Check(node, YamlNode::Kind::kList, "a list", path)) return;
    for (size_t i = 0; i < node.items.size(); ++i) {
      const YamlNode& item = node.items[i];
      const std::string item_path = absl::StrCat(path, "[", i, "]");
      findings_.SetPosition(item_path, item.position);
      if (IsSingleValue(field)) {
        if (!ReadSingle(item, field, item_path, message)) AddEmpty(field, message);
      } else {
        ReadMap(item, item_path, *message.GetReflection()->AddMessage(&message, &field));
      }
    }
  }

  bool ReadSingle(const YamlNode& node, const FieldDescriptor& field, const std::string& path, Message& message) {
    if (!Check(node, YamlNode::Kind::kScalar, "a single value", path)) return false;
    const absl::Status status = ReadScalar(node, field, IsDiscreet(*field.containing_type()), message);
    if (!status.ok()) findings_.Fault(path, status.message());
    return status.ok();
  }

  bool Check(const YamlNode& node, YamlNode::Kind wanted_kind, absl::string_view wanted, const std::string& path) {
    if (!node.refusal.empty()) {
      findings_.Fault(path, node.refusal);
    } else if (node.kind != wanted_kind) {
      findings_.Fault(path, absl::StrCat("must be ", wanted, ", not ", KindName(node.kind)));
    } else {
      return true;
    }
    return false;
  }

  const YamlReading& reading_;
  Findings& findings_;
};

}  // namespace

void ReadYaml(absl::string_view yaml, const YamlReading& reading, Message& message, Findings& findings) {
  std::optional<YamlNode> tree = ParseYamlTree(yaml, findings);
  if (!tree.has_value()) return;
  findings.SetPosition("", tree->position);
  if (tree->kind == YamlNode::Kind::kNull && tree->refusal.empty()) {
    findings.Fault("", "is empty");
  } else {
    Walk(reading, findings).ReadMap(*tree, "", message);
  }
  WipeTree(*tree);
}

}  // namespace oauth1d::config
