// What a provider does, told by its documents and not by our record of it: what it wants to be sent, and what it
// answers.
#ifndef OAUTH1D_TESTS_RECORDS_SCRIPT_H_
#define OAUTH1D_TESTS_RECORDS_SCRIPT_H_

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/records/own_oauth.h"
#include "tests/records/received_request.h"

namespace oauth1d::records {

// Who we are at every provider. The secrets hold what must be encoded in a key.
inline constexpr char kConsumerKey[] = "dpf43f3p2l4k3l03";
inline constexpr char kConsumerSecret[] = "kd94&hf93/k423+kf44";
// Where the web application takes the browser back, as the configuration has it.
inline constexpr char kCallback[] = "https://app.example/auth/callback";
// What stands for what is made in the run, in texts of a script.
inline constexpr char kToken[] = "{token}";
inline constexpr char kSecret[] = "{secret}";

// Usual answers to the two token calls.
inline constexpr char kConfirmed[] = "oauth_token={token}&oauth_token_secret={secret}&oauth_callback_confirmed=true";
inline constexpr char kGiven[] = "oauth_token={token}&oauth_token_secret={secret}";

// One request as the provider wants it.
struct Wanted {
  Wanted(std::string method, std::string uri) : method(std::move(method)), uri(std::move(uri)) {}

  Wanted& Query(Pairs pairs) { return query = std::move(pairs), *this; }
  Wanted& Form(Pairs pairs) { return form = std::move(pairs), *this; }
  Wanted& Sign(std::string name) { return signature_method = std::move(name), *this; }
  Wanted& In(Where place) { return where = place, *this; }
  Wanted& Realm(std::string text) { return realm = std::move(text), *this; }
  Wanted& SignedAs(std::string other) { return signed_uri = std::move(other), *this; }
  Wanted& BodyHash(std::string name) { return body_hash = std::move(name), *this; }
  Wanted& Header(std::string name, std::string value) {
    return headers.emplace_back(std::move(name), std::move(value)), *this;
  }
  // Besides oauth_*, where those stand.
  Wanted& Among(Pairs pairs) { return among = std::move(pairs), *this; }
  Wanted& SignsMultipartText() { return signs_multipart_text = true, *this; }

  std::string method;
  std::string uri;  // scheme, host, port unless default, path
  Pairs query;      // without the protocol's, in order
  Pairs form;
  std::string signature_method = "HMAC-SHA1";
  Where where = Where::kHeader;
  std::string realm;       // empty: none
  std::string signed_uri;  // empty: uri
  std::string body_hash;   // SHA1, SHA256; empty: none
  Pairs headers;
  Pairs among;
  bool signs_multipart_text = false;
};

struct Answer {
  int status = 200;
  std::string body;
  Pairs headers;
};

// What oauth_callback is in the first request.
enum class CallbackSent {
  kWithState,  // kCallback?state=...
  kInPath,     // kCallback/...
  kItself,     // kCallback to the letter
  kOob,        // oob, whatever the real one is
  kNotAtAll,
};

struct Login {
  Login(Wanted request_token, std::string temporary_answer, std::string authorize_uri, Pairs authorize_query,
        Wanted access_token, std::string token_answer)
      : request_token(std::move(request_token)),
        temporary_answer(std::move(temporary_answer)),
        authorize_uri(std::move(authorize_uri)),
        authorize_query(std::move(authorize_query)),
        access_token(std::move(access_token)),
        token_answer(std::move(token_answer)) {}

  Wanted request_token;
  CallbackSent callback = CallbackSent::kWithState;
  std::string temporary_answer;    // {token}, {secret}; {json:token}, {xml:token} and so on
  Pairs request_token_parameters;  // what the caller gives
  Pairs authorize_parameters;      // what the caller gives
  std::string authorize_uri;
  Pairs authorize_query;  // {token}, {callback}: what the browser shall come back to; in order
  // How the browser comes back: {callback}, {token}, {verifier}.
  std::string comes_back = "{callback}&oauth_token={token}&oauth_verifier={verifier}";
  std::string comes_back_denied;  // empty: the provider does not tell
  bool has_verifier = true;
  Wanted access_token;
  std::string token_answer;  // {token}, {secret}
  Pairs others;              // what the token answer has besides, and callers are told
  bool pin = false;          // oob shows a PIN
};

// Who asks.
enum class As { kUser, kApplication };

// One request of a caller, and what the provider sees of it.
struct ApiCall {
  ApiCall(As as, std::string url, Wanted wanted) : as(as), url(std::move(url)), wanted(std::move(wanted)) {}

  ApiCall& Query(Pairs pairs) { return query = std::move(pairs), *this; }
  ApiCall& Form(Pairs pairs) { return form = std::move(pairs), *this; }
  ApiCall& Body(std::string bytes, std::string type) {
    return body = std::move(bytes), content_type = std::move(type), *this;
  }
  ApiCall& Upload(Pairs text, std::string file) {
    return multipart_text = std::move(text), multipart_file = std::move(file), *this;
  }
  ApiCall& Answers(std::string text) { return answer = std::move(text), *this; }

  As as;
  std::string url;  // relative or absolute, as callers write it
  Pairs query;
  Pairs form;
  std::string body;
  std::string content_type;
  Pairs multipart_text;
  std::string multipart_file;  // empty: no multipart
  Wanted wanted;
  std::string answer = R"({"ok":true})";
};

// By url: wanted is the renewal, and the token lives on. By session handle: wanted is the token request, and
// token_answer of the login brings the handle.
struct Renewal {
  Renewal(Wanted wanted, bool by_session_handle, absl::Duration after)
      : wanted(std::move(wanted)), by_session_handle(by_session_handle), after(after) {}

  Wanted wanted;
  bool by_session_handle;
  absl::Duration after;  // zero: only when the provider says token_expired
};

struct Script {
  explicit Script(std::string record) : record(std::move(record)) {}

  std::string record;
  std::string fields;           // of a provider without a record: the lines that an operator writes in its place
  Pairs consumer_parameters;    // what the operator fixes
  Pairs provider_parameters;    // what callers give
  bool rsa = false;             // the consumer has a key in place of a secret
  bool monotonic = false;       // a timestamp less than the last is refused
  bool empty_token = false;     // oauth_token= where there is no token
  bool bare_plaintext = false;  // neither nonce nor timestamp
  bool has_version = true;
  size_t shortest_nonce = 6;
  std::string sunset_date;

  std::optional<Login> login;
  std::optional<Wanted> password_login;  // its form has {username} and {password}
  bool imports_tokens = false;           // tokens are made in the provider's own pages
  bool token_is_no_oauth_token = false;  // what it gives is used unsigned, elsewhere
  std::vector<ApiCall> calls;
  std::string refusal_with_200;         // the body; empty: refusals have a status of their own
  std::optional<Answer> refuses_clock;  // its Date is added
  std::optional<Renewal> renewal;
  std::optional<Wanted> revocation;
};

inline void PrintTo(const Script& script, std::ostream* out) { *out << script.record; }

// One a provider, from what is known of it.
std::vector<Script> Scripts();

// Parts of it, a file each.
std::vector<Script> PhotoScripts();
std::vector<Script> SocialScripts();
std::vector<Script> WikiScripts();
std::vector<Script> SchoolScripts();
std::vector<Script> ShopScripts();
std::vector<Script> OfficeScripts();
std::vector<Script> MoneyScripts();
std::vector<Script> LifeScripts();

}  // namespace oauth1d::records

#endif  // OAUTH1D_TESTS_RECORDS_SCRIPT_H_
