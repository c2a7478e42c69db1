#include "server/config/yaml_scalar.h"

#include <google/protobuf/duration.pb.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::config {
namespace {

using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::Message;

// Sets a single field or adds to a repeated one.
struct Slot {
  Message& message;
  const FieldDescriptor& field;

#define OAUTH1D_PUT(Type, Name)                                                \
  void Put(Type value) {                                                       \
    const google::protobuf::Reflection& reflection = *message.GetReflection(); \
    if (field.is_repeated()) {                                                 \
      reflection.Add##Name(&message, &field, std::move(value));                \
    } else {                                                                   \
      reflection.Set##Name(&message, &field, std::move(value));                \
    }                                                                          \
  }
  OAUTH1D_PUT(std::string, String)
  OAUTH1D_PUT(bool, Bool)
  OAUTH1D_PUT(int32_t, Int32)
  OAUTH1D_PUT(int64_t, Int64)
  OAUTH1D_PUT(uint32_t, UInt32)
  OAUTH1D_PUT(uint64_t, UInt64)
  OAUTH1D_PUT(double, Double)
#undef OAUTH1D_PUT
};

absl::Status Wrong(absl::string_view wanted, const YamlNode& node, bool discreet) {
  if (discreet) return absl::InvalidArgumentError(absl::StrCat("must be ", wanted));
  return absl::InvalidArgumentError(absl::StrCat("must be ", wanted, ", not ", node.quoted ? "text in quotes: " : "",
                                                 "\"", EscapeForPeople(node.text, 64), "\""));
}

template <typename Number>
absl::Status ReadNumber(const YamlNode& node, bool discreet, Slot slot) {
  Number number{};
  const bool plain = node.text.find_first_not_of("+-0123456789") == std::string::npos;
  if (node.quoted || !plain || !absl::SimpleAtoi(node.text, &number)) {
    return Wrong(absl::StrCat("a whole number from ", std::numeric_limits<Number>::min(), " to ",
                              std::numeric_limits<Number>::max()),
                 node, discreet);
  }
  slot.Put(number);
  return absl::OkStatus();
}

absl::Status ReadDouble(const YamlNode& node, bool discreet, Slot slot) {
  double number = 0;
  const bool plain = node.text.find_first_not_of("+-.eE0123456789") == std::string::npos;
  if (node.quoted || !plain || !absl::SimpleAtod(node.text, &number)) return Wrong("a number", node, discreet);
  slot.Put(number);
  return absl::OkStatus();
}

absl::Status ReadBool(const YamlNode& node, bool discreet, Slot slot) {
  if (node.quoted || (node.text != "true" && node.text != "false")) return Wrong("true or false", node, discreet);
  slot.Put(node.text == "true");
  return absl::OkStatus();
}

absl::Status ReadString(const YamlNode& node, Slot slot) {
  if (oauth1::HasControlCharacters(node.text)) {
    return absl::InvalidArgumentError("has a line break or another control character: write it in one line");
  }
  slot.Put(node.text);
  return absl::OkStatus();
}

// Milliseconds; at most a week, so nothing overflows.
std::optional<int64_t> ParseDuration(absl::string_view text) {
  static constexpr std::array<std::pair<absl::string_view, int64_t>, 4> kUnits = {
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  constexpr int64_t kWeek = 604'800'000;
  int64_t number = 0;
  if (digits == 0 || digits > 9 || !absl::SimpleAtoi(text.substr(0, digits), &number)) return std::nullopt;
  for (const auto& [unit, milliseconds] : kUnits) {
    if (text.substr(digits) == unit && number * milliseconds <= kWeek) return number * milliseconds;
  }
  return std::nullopt;
}

absl::Status ReadDuration(const YamlNode& node, bool discreet, google::protobuf::Duration& duration) {
  const std::optional<int64_t> milliseconds = ParseDuration(node.text);
  if (!milliseconds.has_value()) {
    return Wrong("a time such as 250ms, 5s, 1m or 1h, a week at most", node, discreet);
  }
  duration.set_seconds(*milliseconds / 1000);
  duration.set_nanos(static_cast<int32_t>(*milliseconds % 1000 * 1'000'000));
  return absl::OkStatus();
}

bool IsDuration(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == google::protobuf::Duration::descriptor()->full_name();
}

}  // namespace

bool IsSingleValue(const FieldDescriptor& field) {
  return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || IsDuration(field);
}

absl::Status ReadScalar(const YamlNode& node, const FieldDescriptor& field, bool discreet, Message& message) {
  Slot slot{message, field};
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return ReadString(node, slot);
    case FieldDescriptor::CPPTYPE_BOOL:
      return ReadBool(node, discreet, slot);
    case FieldDescriptor::CPPTYPE_INT32:
      return ReadNumber<int32_t>(node, discreet, slot);
    case FieldDescriptor::CPPTYPE_INT64:
      return ReadNumber<int64_t>(node, discreet, slot);
    case FieldDescriptor::CPPTYPE_UINT32:
      return ReadNumber<uint32_t>(node, discreet, slot);
    case FieldDescriptor::CPPTYPE_UINT64:
      return ReadNumber<uint64_t>(node, discreet, slot);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return ReadDouble(node, discreet, slot);
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      google::protobuf::Duration duration;
      if (absl::Status status = ReadDuration(node, discreet, duration); !status.ok()) return status;
      const google::protobuf::Reflection& reflection = *message.GetReflection();
      Message* target =
          field.is_repeated() ? reflection.AddMessage(&message, &field) : reflection.MutableMessage(&message, &field);
      target->CopyFrom(duration);
      return absl::OkStatus();
    }
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_ENUM:
      break;
  }
  return absl::UnimplementedError("has a type that configurations do not use");
}

void AddEmpty(const FieldDescriptor& field, Message& message) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  Slot slot{message, field};
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    reflection.AddMessage(&message, &field);
  } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    slot.Put(std::string());
  }  // the lists of a configuration hold text and messages
}

}  // namespace oauth1d::config
