#include "server/rpc/text_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <grpcpp/support/slice.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/oauth1/encoding.h"

namespace oauth1d::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::DescriptorProto;
using google::protobuf::FieldDescriptor;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;
using google::protobuf::Message;
using google::protobuf::Reflection;

void StringsToBytes(DescriptorProto& type) {
  for (FieldDescriptorProto& field : *type.mutable_field()) {
    if (field.type() == FieldDescriptorProto::TYPE_STRING) field.set_type(FieldDescriptorProto::TYPE_BYTES);
  }
  for (DescriptorProto& nested : *type.mutable_nested_type()) StringsToBytes(nested);
}

// The contract with every `string` turned into `bytes`: the same wire format, and nothing that UTF-8 could break.
class LenientContract {
 public:
  const Message& Prototype(const Descriptor& type) {
    Add(*type.file());
    return *factory_.GetPrototype(pool_.FindMessageTypeByName(type.full_name()));
  }

 private:
  void Add(const FileDescriptor& file) {
    if (pool_.FindFileByName(file.name()) != nullptr) return;
    for (int i = 0; i < file.dependency_count(); ++i) Add(*file.dependency(i));
    FileDescriptorProto proto;
    file.CopyTo(&proto);
    for (DescriptorProto& type : *proto.mutable_message_type()) StringsToBytes(type);
    pool_.BuildFile(proto);
  }

  DescriptorPool pool_;
  google::protobuf::DynamicMessageFactory factory_;
};

// `strict` is the type as it is, to know which fields are text.
void FindBadText(const Message& message, const Descriptor& strict, const std::string& path,
                 FieldViolations& violations) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> set;
  reflection.ListFields(message, &set);
  for (const FieldDescriptor* field : set) {
    if (violations.full()) return;
    const FieldDescriptor& meant = *strict.FindFieldByNumber(field->number());
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count && !violations.full(); ++i) {
      const std::string here = absl::StrCat(path, path.empty() ? "" : ".", field->name(),
                                            field->is_repeated() ? absl::StrCat("[", i, "]") : "");
      if (meant.type() == FieldDescriptor::TYPE_MESSAGE) {
        const Message& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                    : reflection.GetMessage(message, field);
        FindBadText(inner, *meant.message_type(), here, violations);
      } else if (meant.type() == FieldDescriptor::TYPE_STRING) {
        const std::string text = field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                                      : reflection.GetString(message, field);
        if (!oauth1::IsUtf8(text)) violations.Add(here, "is not UTF-8 text");
      }
    }
  }
}

}  // namespace

absl::Status ParseRequest(const grpc::ByteBuffer& bytes, Message& request) {
  if (!bytes.Valid()) return absl::CancelledError("the call ended before its request came");
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok()) return absl::InternalError("a request could not be read");
  std::string text;
  text.reserve(bytes.Length());
  for (const grpc::Slice& slice : slices) text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  if (request.ParseFromString(text)) return absl::OkStatus();
  LenientContract contract;
  const std::unique_ptr<Message> lenient(contract.Prototype(*request.GetDescriptor()).New());
  FieldViolations violations;
  if (lenient->ParseFromString(text)) FindBadText(*lenient, *request.GetDescriptor(), "", violations);
  const absl::Status status = violations.ToStatus();
  return status.ok() ? FailField("", "the bytes are no message of the contract") : status;
}

}  // namespace oauth1d::rpc
