#include "server/oauth1/json_fields.h"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "server/oauth1/bad_token_response.h"

namespace oauth1d::oauth1 {
namespace {

constexpr size_t kMostBytes = 64 << 10;
constexpr size_t kDeepest = 32;
constexpr size_t kMostFields = 256;
constexpr absl::string_view kNoObject = "is JSON, but no object";

// nlohmann's callbacks: they return whether to go on. Its tree would keep only one of two fields of a name.
class FieldReader {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  bool null() { return depth_ > 0 || Complain(kNoObject); }
  bool boolean(bool value) { return Take(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) { return Take(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) { return Take(std::to_string(value)); }
  bool number_float(number_float_t /*value*/, const string_t& written) { return Take(written); }
  bool string(string_t& value) { return Take(std::move(value)); }
  bool binary(binary_t& /*value*/) { return false; }
  bool key(string_t& name) {
    if (depth_ == 1) name_ = std::move(name);
    return true;
  }
  bool start_object(size_t /*size*/) { return Enter(true); }
  bool start_array(size_t /*size*/) { return Enter(false); }
  bool end_object() { return Leave(); }
  bool end_array() { return Leave(); }
  bool parse_error(size_t /*position*/, const std::string& /*token*/, const nlohmann::json::exception& /*error*/) {
    return false;
  }

  absl::string_view complaint() const { return complaint_; }
  Parameters& fields() { return fields_; }

 private:
  bool Enter(bool object) {
    if (depth_ == 0 && !object) return Complain(kNoObject);
    return ++depth_ <= kDeepest || Complain("is JSON that is nested too deep");
  }
  bool Leave() {
    --depth_;
    return true;
  }
  bool Take(std::string value) {
    if (depth_ == 0) return Complain(kNoObject);
    if (depth_ > 1) return true;
    if (fields_.size() == kMostFields) return Complain("has too many fields");
    fields_.push_back({name_, std::move(value)});
    return true;
  }
  bool Complain(absl::string_view complaint) {
    complaint_ = complaint;
    return false;
  }

  size_t depth_ = 0;
  std::string name_;
  Parameters fields_;
  absl::string_view complaint_ = "is no JSON";
};

}  // namespace

absl::StatusOr<Parameters> ParseJsonFields(absl::string_view text) {
  if (text.size() > kMostBytes) return BadTokenResponse("is too long");
  FieldReader reader;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &reader)) return BadTokenResponse(reader.complaint());
  return std::move(reader.fields());
}

}  // namespace oauth1d::oauth1
