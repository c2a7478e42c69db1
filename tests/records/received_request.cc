#include "tests/records/received_request.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace oauth1d::records {
namespace {

constexpr char kFormType[] = "application/x-www-form-urlencoded";

void TakeProtocol(Pairs& from, Where where, ReceivedRequest& request) {
  for (auto it = from.begin(); it != from.end();) {
    if (!absl::StartsWith(it->first, "oauth_")) {
      ++it;
      continue;
    }
    request.where = request.where == Where::kNowhere || request.where == where ? where : Where::kSeveral;
    request.protocol.push_back(*it);
    it = from.erase(it);
  }
}

void ReadAuthorization(absl::string_view value, ReceivedRequest& request) {
  if (!absl::ConsumePrefix(&value, "OAuth ")) return;
  Pairs pairs;
  bool first = true;
  for (absl::string_view piece : absl::StrSplit(value, ',')) {
    piece = absl::StripAsciiWhitespace(piece);
    const size_t equals = std::min(piece.find('='), piece.size());
    absl::string_view quoted = piece.substr(std::min(equals + 1, piece.size()));
    if (!absl::ConsumePrefix(&quoted, "\"") || !absl::ConsumeSuffix(&quoted, "\"")) quoted = "";
    if (piece.substr(0, equals) == "realm") {
      request.has_realm = true;
      request.realm_is_first = first;
      request.realm = std::string(quoted);  // RFC 2617's quoted string: never percent-encoded
    } else {
      pairs.emplace_back(Decode(piece.substr(0, equals), false), Decode(quoted, false));
    }
    first = false;
  }
  // What a record adds to the protocol parameters stands here too.
  for (auto& pair : pairs) {
    request.where = request.where == Where::kNowhere ? Where::kHeader : request.where;
    request.protocol.push_back(std::move(pair));
  }
}

std::string PartName(absl::string_view head) {
  const size_t at = head.find("name=\"");
  if (at == absl::string_view::npos) return "";
  const absl::string_view rest = head.substr(at + 6);
  return std::string(rest.substr(0, rest.find('"')));
}

Pairs TextParts(absl::string_view body, absl::string_view content_type) {
  Pairs parts;
  const size_t at = content_type.find("boundary=");
  if (at == absl::string_view::npos) return parts;
  const std::string boundary =
      absl::StrCat("--", absl::StripPrefix(absl::StripSuffix(content_type.substr(at + 9), "\""), "\""));
  for (absl::string_view piece : absl::StrSplit(body, boundary)) {
    if (!absl::ConsumePrefix(&piece, "\r\n")) continue;
    const size_t end = piece.find("\r\n\r\n");
    if (end == absl::string_view::npos || absl::StrContains(piece.substr(0, end), "filename=")) continue;
    parts.emplace_back(PartName(piece.substr(0, end)), std::string(absl::StripSuffix(piece.substr(end + 4), "\r\n")));
  }
  return parts;
}

std::string UriOf(const Origin& origin, absl::string_view path) {
  const int usual = origin.tls ? 443 : 80;
  std::string uri = absl::StrCat(origin.tls ? "https://" : "http://", absl::AsciiStrToLower(origin.host));
  if (origin.port != usual) absl::StrAppend(&uri, ":", origin.port);
  return absl::StrCat(uri, path);
}

}  // namespace

ReceivedRequest Receive(const egress::HttpRequest& request) {
  ReceivedRequest received;
  received.method = request.method;
  received.body = request.body;
  const size_t question = std::min(request.target.find('?'), request.target.size());
  received.uri = UriOf(request.origin, absl::string_view(request.target).substr(0, question));
  received.query = ReadForm(absl::string_view(request.target).substr(std::min(question + 1, request.target.size())));
  for (const egress::HeaderField& header : request.headers) received.headers.emplace_back(header.name, header.value);
  const absl::string_view type = egress::FindHeader(request.headers, "Content-Type");
  received.content_type = std::string(type.substr(0, type.find(';')));
  if (received.content_type == kFormType) received.form = ReadForm(request.body);
  if (received.content_type == "multipart/form-data") received.multipart = TextParts(request.body, type);
  ReadAuthorization(egress::FindHeader(request.headers, "Authorization"), received);
  TakeProtocol(received.query, Where::kQuery, received);
  TakeProtocol(received.form, Where::kBody, received);
  return received;
}

std::string ValueOf(const Pairs& pairs, absl::string_view name) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == name; });
  return found == pairs.end() ? "" : found->second;
}

size_t Count(const Pairs& pairs, absl::string_view name) {
  return std::count_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == name; });
}

std::string ToText(const Pairs& pairs) {
  std::string text = "[";
  for (const auto& [name, value] : pairs) absl::StrAppend(&text, text.size() > 1 ? ", " : "", name, "=", value);
  return text + "]";
}

}  // namespace oauth1d::records
