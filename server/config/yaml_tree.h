// YAML as the configuration uses it: a small tree that knows where each value stands. Read through yaml-cpp's
// events, because its own tree resolves aliases (a short text may unfold into gigabytes), merges keys and
// forgets which scalars were quoted.
#ifndef OAUTH1D_SERVER_CONFIG_YAML_TREE_H_
#define OAUTH1D_SERVER_CONFIG_YAML_TREE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/config/findings.h"

namespace oauth1d::config {

inline constexpr size_t kMaxYamlBytes = size_t{1} << 20;
inline constexpr size_t kMaxYamlNodes = 50'000;
inline constexpr size_t kMaxYamlDepth = 20;

struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string text;             // of a scalar
  bool quoted = false;          // a scalar in quotes or a block scalar
  std::vector<YamlNode> items;  // of a list; of a map in turn a key and its value
  Position position;
  // Set where the text uses what a configuration may not: an alias, an anchor, a tag. What to tell people.
  absl::string_view refusal;
};

// "text", "a list", "a map", "nothing".
absl::string_view KindName(YamlNode::Kind kind);

// Nothing, and one fault about the whole text, if it is no YAML, no UTF-8, no single document, or beyond the
// bounds above.
std::optional<YamlNode> ParseYamlTree(absl::string_view yaml, Findings& findings);

// Overwrites every text in the tree.
void WipeTree(YamlNode& node);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_YAML_TREE_H_
