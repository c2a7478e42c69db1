#include "server/oauth1/xml_fields.h"

#include <expat.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "server/oauth1/bad_token_response.h"

namespace oauth1d::oauth1 {
namespace {

constexpr size_t kMostBytes = 64 << 10;
constexpr size_t kDeepest = 32;
constexpr size_t kMostFields = 256;

struct FreeParser {
  void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
};
using ParserPointer = std::unique_ptr<XML_ParserStruct, FreeParser>;

// What expat calls as it reads.
class FieldReader {
 public:
  explicit FieldReader(XML_Parser parser) : parser_(parser) {
    XML_SetUserData(parser, this);
    XML_SetElementHandler(parser, Begin, End);
    XML_SetCharacterDataHandler(parser, Text);
    // Whoever sends a document type wants something that no token response needs: entities that grow, files of ours.
    XML_SetStartDoctypeDeclHandler(parser, RefuseDocumentType);
  }

  absl::string_view complaint() const { return complaint_; }
  Parameters& fields() { return fields_; }

 private:
  struct Element {
    std::string name;
    std::string text;
    bool has_elements = false;
  };

  static FieldReader& Of(void* reader) { return *static_cast<FieldReader*>(reader); }

  static void Begin(void* reader, const char* name, const char** /*attributes*/) { Of(reader).Enter(name); }
  static void End(void* reader, const char* /*name*/) { Of(reader).Leave(); }
  static void Text(void* reader, const char* text, int size) { Of(reader).Add({text, static_cast<size_t>(size)}); }
  static void RefuseDocumentType(void* reader, const char*, const char*, const char*, int) {
    Of(reader).Complain("is XML with a document type, which is not read");
  }

  void Enter(absl::string_view name) {
    if (open_.size() == kDeepest) return Complain("is XML that is nested too deep");
    if (!open_.empty()) open_.back().has_elements = true;
    // Without the prefix of a namespace.
    open_.push_back({std::string(name.substr(name.find(':') + 1)), "", false});
  }

  void Leave() {
    Element element = std::move(open_.back());
    open_.pop_back();
    if (element.has_elements) return;
    if (fields_.size() == kMostFields) return Complain("has too many fields");
    fields_.push_back({std::move(element.name), std::string(absl::StripAsciiWhitespace(element.text))});
  }

  void Add(absl::string_view text) { open_.back().text.append(text.data(), text.size()); }

  void Complain(absl::string_view complaint) {
    complaint_ = complaint;
    XML_StopParser(parser_, XML_FALSE);
  }

  XML_Parser parser_;
  std::vector<Element> open_;
  Parameters fields_;
  absl::string_view complaint_ = "is no XML";
};

}  // namespace

absl::StatusOr<Parameters> ParseXmlFields(absl::string_view text) {
  if (text.size() > kMostBytes) return BadTokenResponse("is too long");
  text = absl::StripAsciiWhitespace(text);
  const ParserPointer parser(XML_ParserCreate(nullptr));
  if (parser == nullptr) return absl::InternalError("no memory for an XML parser");
  FieldReader reader(parser.get());
  if (XML_Parse(parser.get(), text.data(), static_cast<int>(text.size()), 1) != XML_STATUS_OK) {
    return BadTokenResponse(reader.complaint());
  }
  return std::move(reader.fields());
}

}  // namespace oauth1d::oauth1
