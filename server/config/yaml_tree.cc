#include "server/config/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <exception>
#include <istream>
#include <streambuf>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/base/secret.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::config {
namespace {

Position PositionOf(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

// Thrown out of yaml-cpp's parser, to end it early.
struct BeyondBounds {
  std::string what;
  Position position;
};

// Reads the caller's bytes in place: a keyring is not copied once more.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(absl::string_view text) {
    char* begin = const_cast<char*>(text.data());  // setg wants it; nothing is written
    setg(begin, begin, begin + text.size());
  }
};

class TreeBuilder : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Open(YamlNode::Kind::kNull, mark, "", anchor);
    Close();
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Open(YamlNode::Kind::kNull, mark, "", 0).refusal =
        "is an alias (*), which is not allowed here: write the value out";
    Close();
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode& node = Open(YamlNode::Kind::kScalar, mark, tag, anchor);
    node.text = value;
    node.quoted = tag == "!";
    Close();
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(YamlNode::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

  YamlNode Take() { return std::move(root_); }

 private:
  // yaml-cpp's tag of an untagged scalar is "?", or "!" if it is quoted; of an untagged list or map "?" or "".
  YamlNode& Open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (open_.size() >= kMaxYamlDepth) {
      throw BeyondBounds{absl::StrCat("is nested more than ", kMaxYamlDepth, " levels deep"), PositionOf(mark)};
    }
    if (++nodes_ > kMaxYamlNodes) {
      throw BeyondBounds{absl::StrCat("has more than ", kMaxYamlNodes, " values"), PositionOf(mark)};
    }
    YamlNode* node = &root_;
    if (!open_.empty()) node = &open_.back()->items.emplace_back();
    open_.push_back(node);  // stays valid: what holds it grows only after it is closed
    node->kind = kind;
    node->position = PositionOf(mark);
    if (anchor != 0) node->refusal = "has an anchor (&), which is not allowed here: leave it out";
    if (tag.size() > 1) node->refusal = "has a tag (!), which is not allowed here: leave it out";
    return *node;
  }
  void Close() { open_.pop_back(); }

  YamlNode root_;
  std::vector<YamlNode*> open_;
  size_t nodes_ = 0;
};

// NUL and its like, but for the line breaks and tabs that YAML is made of.
bool HasStrayControls(absl::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F) return true;
  }
  return false;
}

std::optional<YamlNode> Parse(absl::string_view yaml, Findings& findings) {
  ViewBuffer buffer(yaml);
  std::istream stream(&buffer);
  YAML::Parser parser(stream);
  TreeBuilder first;
  const bool any = parser.HandleNextDocument(first);
  YamlNode root;
  if (any) root = first.Take();
  TreeBuilder second;
  if (any && parser.HandleNextDocument(second)) {
    findings.Fault("", "has more than one document: only one is allowed", second.Take().position);
    WipeTree(root);
    return std::nullopt;
  }
  if (root.position.line == 0) root.position = {1, 1};
  return root;
}

}  // namespace

absl::string_view KindName(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::kNull:
      return "nothing";
    case YamlNode::Kind::kScalar:
      return "text";
    case YamlNode::Kind::kList:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "";
}

std::optional<YamlNode> ParseYamlTree(absl::string_view yaml, Findings& findings) {
  const Position start = {1, 1};
  if (yaml.size() > kMaxYamlBytes) {
    findings.Fault("", absl::StrCat("is longer than ", kMaxYamlBytes, " bytes"), start);
    return std::nullopt;
  }
  if (!oauth1::IsUtf8(yaml) || HasStrayControls(yaml)) {
    findings.Fault("", "is no text in UTF-8: save it as UTF-8, without control characters", start);
    return std::nullopt;
  }
  try {
    return Parse(yaml, findings);
  } catch (const BeyondBounds& beyond) {
    findings.Fault("", beyond.what, beyond.position);
  } catch (const YAML::Exception& e) {
    // This message alone repeats what stands in the text, which may be a secret.
    const bool repeats = absl::StartsWith(e.msg, YAML::ErrorMsg::UNKNOWN_ANCHOR);
    const absl::string_view message =
        repeats ? "an alias (*) to an anchor that is not there" : absl::string_view(e.msg);
    findings.Fault("", absl::StrCat("is no valid YAML: ", EscapeForPeople(message)),
                   e.mark.is_null() ? start : PositionOf(e.mark));
  } catch (const std::exception&) {
    findings.Fault("", "cannot be read as YAML", start);
  }
  return std::nullopt;
}

void WipeTree(YamlNode& node) {
  WipeText(node.text);
  for (YamlNode& item : node.items) WipeTree(item);
}

}  // namespace oauth1d::config
