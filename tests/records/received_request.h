// A request as a provider reads it: off the wire, and nothing taken on trust.
#ifndef OAUTH1D_TESTS_RECORDS_RECEIVED_REQUEST_H_
#define OAUTH1D_TESTS_RECORDS_RECEIVED_REQUEST_H_

#include <string>

#include "server/egress/http_client.h"
#include "tests/records/own_oauth.h"

namespace oauth1d::records {

// Where the protocol parameters stand (RFC 5849 section 3.5).
enum class Where { kNowhere, kHeader, kBody, kQuery, kSeveral };

struct ReceivedRequest {
  std::string method;
  std::string uri;  // scheme, host, port unless default, path
  Pairs query;      // without the protocol's
  Pairs form;       // without the protocol's; empty where the body is no form
  Pairs multipart;  // the text parts of a multipart body
  std::string body;
  std::string content_type;  // without its parameters
  Pairs headers;

  Where where = Where::kNowhere;
  Pairs protocol;  // oauth_*, without realm
  bool has_realm = false;
  bool realm_is_first = false;
  std::string realm;
};

ReceivedRequest Receive(const egress::HttpRequest& request);

// The value of the first of this name; empty: there is none.
std::string ValueOf(const Pairs& pairs, absl::string_view name);
size_t Count(const Pairs& pairs, absl::string_view name);
// A list, for complaints.
std::string ToText(const Pairs& pairs);

}  // namespace oauth1d::records

#endif  // OAUTH1D_TESTS_RECORDS_RECEIVED_REQUEST_H_
