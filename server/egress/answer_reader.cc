#include "server/egress/answer_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/failure.h"

namespace oauth1d::egress {
namespace {

namespace http = boost::beast::http;

absl::Status NotHttp(absl::string_view problem) {
  return Fail(Reason::kProviderUnreachable, absl::StrCat("the provider's answer is not HTTP: ", problem));
}
absl::Status TooLarge(absl::string_view what) {
  return Fail(Reason::kResponseTooLarge, absl::StrCat("the ", what, " of the provider's answer is too large"));
}

absl::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// Beast's own containers would put fields of one name together; the provider's order is kept here.
class AnswerReader::Parser : public http::basic_parser<false> {
 public:
  Parser(bool to_head, const AnswerLimits& limits, HeadSize* seen) : limits_(limits), seen_(seen) {
    eager(true);
    skip(to_head);
    header_limit(static_cast<uint32_t>(limits.head_bytes));
    body_limit(boost::none);  // counted below, with an error of our own
  }

  HttpResponse response;
  absl::Status error;  // why the parser was told to stop

 private:
  using error_code = boost::beast::error_code;
  using view = boost::beast::string_view;

  void Stop(absl::Status status, error_code& ec) {
    error = std::move(status);
    ec = http::error::bad_value;
  }

  void on_request_impl(http::verb, view, view, int, error_code&) override {}

  bool Fits(size_t bytes, error_code& ec) {
    seen_->bytes += bytes;
    if (seen_->bytes <= limits_.head_bytes && seen_->fields <= limits_.head_fields) return true;
    Stop(TooLarge("header"), ec);
    return false;
  }

  void on_response_impl(int code, view reason, int version, error_code& ec) override {
    constexpr size_t kRestOfLine = sizeof("HTTP/1.1 200 \r\n\r\n") - 1;
    if (!Fits(kRestOfLine + reason.size(), ec)) return;
    response.status = code;
    version_ = version;
    if (code < 100 || code == 101) Stop(NotHttp("its status was not asked for"), ec);
  }

  void on_field_impl(http::field field, view name, view value, error_code& ec) override {
    ++seen_->fields;
    if (!Fits(name.size() + value.size() + sizeof(": \r\n") - 1, ec)) return;
    if (in_body_) return;  // trailers: nothing asked for them
    if (field == http::field::transfer_encoding && (version_ < 11 || !absl::EqualsIgnoreCase(View(value), "chunked"))) {
      return Stop(NotHttp("its transfer coding was not asked for"), ec);
    }
    HeaderField kept;
    kept.name.assign(name.data(), name.size());
    kept.value.assign(value.data(), value.size());
    response.headers.push_back(std::move(kept));
  }

  // Not in on_body_init_impl, which waits for the body's first byte.
  void on_header_impl(error_code& ec) override {
    in_body_ = true;
    const boost::optional<std::uint64_t> length = content_length();
    if (is_done() || !length.has_value()) return;
    if (*length > limits_.body) return Stop(TooLarge("body"), ec);
    // Not the whole of what was promised: a lie would cost memory.
    response.body.reserve(std::min<uint64_t>(*length, uint64_t{64} * 1024));
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

  std::size_t on_body_impl(view body, error_code& ec) override {
    if (body.size() > limits_.body - response.body.size()) {
      Stop(TooLarge("body"), ec);
      return 0;
    }
    response.body.append(body.data(), body.size());
    return body.size();
  }

  void on_chunk_header_impl(std::uint64_t size, view, error_code& ec) override {
    if (size > limits_.body - response.body.size()) Stop(TooLarge("body"), ec);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, view body, error_code& ec) override { return on_body_impl(body, ec); }
  void on_finish_impl(error_code&) override {}

  const AnswerLimits& limits_;
  HeadSize* const seen_;
  int version_ = 11;
  bool in_body_ = false;
};

AnswerReader::AnswerReader(bool to_head, AnswerLimits limits)
    : to_head_(to_head), limits_(limits), parser_(std::make_unique<Parser>(to_head, limits_, &seen_)) {}

AnswerReader::~AnswerReader() = default;

bool AnswerReader::done() const { return parser_->is_done() && parser_->response.status >= 200; }

int AnswerReader::status() const {
  return parser_->is_header_done() && parser_->response.status >= 200 ? parser_->response.status : 0;
}

bool AnswerReader::awaits_answer() const { return !parser_->got_some() && pending_.empty(); }

bool AnswerReader::leaves_connection_usable() const { return done() && usable_ && parser_->keep_alive(); }

HttpResponse AnswerReader::Release() { return std::move(parser_->response); }

HttpResponse AnswerReader::ReleaseHead() {
  HttpResponse head;
  head.status = parser_->response.status;
  head.headers = std::move(parser_->response.headers);
  return head;
}

std::string AnswerReader::ReleaseBody() { return std::exchange(parser_->response.body, std::string()); }

absl::Status AnswerReader::Take(absl::string_view bytes) {
  const bool joined = !pending_.empty();
  if (joined) pending_.append(bytes.data(), bytes.size());
  const std::string text = joined ? std::exchange(pending_, std::string()) : std::string();
  absl::string_view rest = joined ? absl::string_view(text) : bytes;
  // Beast 1.81 asserts five bytes when it comes back to a last chunk, and nothing chunked ends with fewer to come.
  constexpr size_t kLastChunk = sizeof("0\r\n\r\n") - 1;
  while (!rest.empty() && !done()) {
    if (parser_->is_header_done() && parser_->chunked() && rest.size() < kLastChunk) break;
    const size_t before = rest.size();
    if (absl::Status status = Parse(&rest); !status.ok()) return status;
    if (parser_->is_done() && !done()) {  // an interim answer; the real one follows
      parser_ = std::make_unique<Parser>(to_head_, limits_, &seen_);
    } else if (rest.size() == before) {
      break;
    }
  }
  if (done()) {
    if (!rest.empty()) usable_ = false;
    return absl::OkStatus();
  }
  // A line that does not end: of the head, of a chunk, or a trailer.
  if (rest.size() > limits_.head_bytes) return TooLarge("header");
  pending_.assign(rest.data(), rest.size());
  return absl::OkStatus();
}

absl::Status AnswerReader::Parse(absl::string_view* bytes) {
  boost::beast::error_code error;
  const boost::asio::const_buffer buffer(bytes->data(), bytes->size());
  const size_t taken = parser_->put(buffer, error);
  bytes->remove_prefix(taken);
  if (!parser_->error.ok()) return parser_->error;
  if (error == http::error::header_limit) return TooLarge("header");
  if (error && error != http::error::need_more) return NotHttp(error.message());
  return absl::OkStatus();
}

absl::Status AnswerReader::TakeEnd() {
  if (done()) return absl::OkStatus();
  if (!parser_->got_some() || !parser_->is_header_done() || !parser_->need_eof()) {
    return Fail(Reason::kProviderUnreachable, "the connection ended before the provider's answer was whole");
  }
  boost::beast::error_code error;
  parser_->put_eof(error);
  usable_ = false;
  return error ? NotHttp(error.message()) : absl::OkStatus();
}

}  // namespace oauth1d::egress
