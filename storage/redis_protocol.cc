#include "storage/redis_protocol.h"

#include <hiredis/read.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::storage {
namespace {

// The parser's callbacks build the Reply in place: the root on the heap, each other one in its parent's elements.
// Null makes the parser stop with an error; it then frees the root.

Reply* Place(const redisReadTask* task) {
  if (task->parent == nullptr) return new Reply;
  return &static_cast<Reply*>(task->parent->obj)->elements[task->idx];
}

ReplyReader::Size& SizeSoFar(const redisReadTask* task) { return *static_cast<ReplyReader::Size*>(task->privdata); }

void* CreateString(const redisReadTask* task, char* bytes, size_t size) noexcept {
  ReplyReader::Size& so_far = SizeSoFar(task);
  if (size > ReplyReader::kMaxReplyBytes - so_far.bytes) return nullptr;
  so_far.bytes += size;
  Reply* const reply = Place(task);
  reply->type = task->type == REDIS_REPLY_ERROR    ? Reply::Type::kError
                : task->type == REDIS_REPLY_STATUS ? Reply::Type::kStatus
                                                   : Reply::Type::kString;
  reply->text.assign(bytes, size);
  return reply;
}

void* CreateArray(const redisReadTask* task, int size) noexcept {
  ReplyReader::Size& so_far = SizeSoFar(task);
  const auto elements = static_cast<size_t>(size);
  if (elements > ReplyReader::kMaxReplyElements - so_far.elements) return nullptr;
  so_far.elements += elements;
  Reply* const reply = Place(task);
  reply->type = Reply::Type::kArray;
  reply->elements.resize(elements);
  return reply;
}

void* CreateInteger(const redisReadTask* task, long long value) noexcept {
  Reply* const reply = Place(task);
  reply->type = Reply::Type::kInteger;
  reply->integer = value;
  return reply;
}

void* CreateNil(const redisReadTask* task) noexcept { return Place(task); }

// Only ever called with a root.
void FreeReply(void* reply) noexcept { delete static_cast<Reply*>(reply); }

redisReplyObjectFunctions callbacks = {CreateString, CreateArray, CreateInteger, CreateNil, FreeReply};

template <typename Text>
void Append(std::string& out, absl::Span<const Text> arguments) {
  constexpr size_t kLengthLine = 24;
  size_t size = kLengthLine;
  for (const Text& argument : arguments) size += argument.size() + kLengthLine;
  out.reserve(out.size() + size);
  absl::StrAppend(&out, "*", arguments.size(), "\r\n");
  for (const Text& argument : arguments) {
    absl::StrAppend(&out, "$", argument.size(), "\r\n");
    out.append(argument.data(), argument.size());
    out.append("\r\n");
  }
}

}  // namespace

absl::string_view Reply::ErrorCode() const {
  if (type != Type::kError) return {};
  return absl::string_view(text).substr(0, text.find(' '));
}

void AppendCommand(std::string& out, absl::Span<const absl::string_view> arguments) { Append(out, arguments); }
void AppendCommand(std::string& out, absl::Span<const std::string> arguments) { Append(out, arguments); }

ReplyReader::ReplyReader() : reader_(redisReaderCreateWithFunctions(&callbacks), redisReaderFree) {
  reader_->privdata = &size_;
}

ReplyReader::~ReplyReader() = default;

void ReplyReader::Feed(absl::string_view bytes) { redisReaderFeed(reader_.get(), bytes.data(), bytes.size()); }

absl::StatusOr<std::optional<Reply>> ReplyReader::Next() {
  void* parsed = nullptr;
  if (redisReaderGetReply(reader_.get(), &parsed) != REDIS_OK) {
    // A bound that a callback enforced is told as "Out of memory".
    return Fail(Reason::kStoreUnavailable,
                absl::StrCat("not an answer of Redis, or too large: ", EscapeForPeople(reader_->errstr)));
  }
  if (parsed == nullptr) {
    if (reader_->len - reader_->pos > kMaxReplyBytes) {
      return Fail(Reason::kStoreUnavailable, "an answer of Redis is too large");
    }
    return std::optional<Reply>();
  }
  size_ = Size();
  const std::unique_ptr<Reply> reply(static_cast<Reply*>(parsed));
  return std::optional<Reply>(std::move(*reply));
}

}  // namespace oauth1d::storage
