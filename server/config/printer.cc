#include "server/config/printer.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace oauth1d::config {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;

// Whether YAML reads the text as it stands, as text. In doubt: no.
bool IsPlain(absl::string_view text) {
  static constexpr std::array<absl::string_view, 9> kWords = {"null", "true", "false", "yes", "no",
                                                              "on",   "off",  "y",     "n"};
  if (text.empty() || !(absl::ascii_isalpha(static_cast<unsigned char>(text[0])) || text[0] == '/')) return false;
  if (std::find(kWords.begin(), kWords.end(), absl::AsciiStrToLower(text)) != kWords.end()) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._/", c);
  });
}

std::string Scalar(absl::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      absl::StrAppend(&quoted, "\\", std::string(1, c));
    } else if (byte < 0x20 || byte == 0x7F) {
      absl::StrAppendFormat(&quoted, "\\x%02X", byte);
    } else {
      quoted.push_back(c);
    }
  }
  quoted.push_back('"');
  return quoted;
}

std::string DurationText(const google::protobuf::Duration& duration) {
  if (duration.nanos() == 0) return absl::StrCat(duration.seconds(), "s");
  return absl::StrCat(duration.seconds() * 1000 + duration.nanos() / 1'000'000, "ms");
}

// Whether the loader takes the field's own default for a mistake: limits of 0, and lists of a grant that, when they are
// left out, allow everything.
bool MustNotBeEmpty(const FieldDescriptor& field) {
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32) return true;
  return field.containing_type() == v1::Grant::descriptor() && field.is_repeated() && field.name() != "callback_urls";
}

bool IsEmpty(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) == 0 : !reflection.HasField(message, &field);
}

class Printer {
 public:
  // The fields of a message, each on lines of its own below `indent`; the first one follows `lead`, which stands in
  // for its indent: "- " in a list.
  void PrintFields(const Message& message, int indent, std::string lead) {
    const google::protobuf::Descriptor& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      // Without a value: what has no default of its own is left out; so is the other side of a oneof.
      if (field.has_presence() && !message.GetReflection()->HasField(message, &field)) continue;
      if (MustNotBeEmpty(field) && IsEmpty(message, field)) continue;
      absl::StrAppend(&text_, lead.empty() ? std::string(indent, ' ') : lead, field.name(), ":");
      lead.clear();
      PrintField(message, field, indent);
    }
  }

  std::string Take() { return std::move(text_); }

 private:
  void PrintField(const Message& message, const FieldDescriptor& field, int indent) {
    const Reflection& reflection = *message.GetReflection();
    if (field.is_repeated()) {
      PrintList(message, field, indent);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      PrintMessage(reflection.GetMessage(message, &field), indent);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) {
      absl::StrAppend(&text_, reflection.GetBool(message, &field) ? " true\n" : " false\n");
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_UINT32) {
      absl::StrAppend(&text_, " ", reflection.GetUInt32(message, &field), "\n");
    } else {
      absl::StrAppend(&text_, " ", Scalar(reflection.GetString(message, &field)), SecretMark(message), "\n");
    }
  }

  static absl::string_view SecretMark(const Message& message) {
    const bool names_secret = message.GetDescriptor() == v1::SecretSource::descriptor() ||
                              message.GetDescriptor() == v1::Keyring::descriptor();
    return names_secret ? "  # <set>" : "";
  }

  void PrintMessage(const Message& message, int indent) {
    if (message.GetDescriptor() == google::protobuf::Duration::descriptor()) {
      absl::StrAppend(&text_, " ", DurationText(static_cast<const google::protobuf::Duration&>(message)), "\n");
    } else if (message.GetDescriptor()->field_count() == 0) {
      absl::StrAppend(&text_, " {}\n");
    } else {
      absl::StrAppend(&text_, "\n");
      PrintFields(message, indent + 2, "");
    }
  }

  void PrintList(const Message& message, const FieldDescriptor& field, int indent) {
    const Reflection& reflection = *message.GetReflection();
    const int size = reflection.FieldSize(message, &field);
    if (size == 0) {
      absl::StrAppend(&text_, " []\n");
      return;
    }
    absl::StrAppend(&text_, "\n");
    const std::string lead = absl::StrCat(std::string(indent, ' '), "- ");
    for (int i = 0; i < size; ++i) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        PrintFields(reflection.GetRepeatedMessage(message, &field, i), indent + 2, lead);
      } else {
        absl::StrAppend(&text_, lead, Scalar(reflection.GetRepeatedString(message, &field, i)), "\n");
      }
    }
  }

  std::string text_;
};

}  // namespace

std::string PrintConfig(const v1::Config& config) {
  Printer printer;
  printer.PrintFields(config, 0, "");
  return printer.Take();
}

}  // namespace oauth1d::config
