// A web application that logs people in through oauth1d. Boost.Beast carries HTTP; three calls of the library do the
// rest. Run it: login_cpp --port 8000, with OAUTH1D_SERVER if the service is not at 127.0.0.1:50051.
#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "oauth1d/client.h"

namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr char kProvider[] = "twitter";

std::string Escaped(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

// `title` is text, `body` is HTML.
Response Page(http::status status, absl::string_view title, absl::string_view body) {
  Response response(status, 11);
  response.set(http::field::content_type, "text/html; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'");
  response.set("Referrer-Policy", "no-referrer");
  response.body() = absl::StrCat(
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>", Escaped(title), "</title>",
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
      "<style>:root{color-scheme:light dark;font:1.1rem/1.6 system-ui}main{max-width:34rem;margin:10vh auto;",
      "padding:1rem;overflow-wrap:anywhere}</style><main><h1>", Escaped(title), "</h1>", body, "</main></html>");
  return response;
}

// What went wrong, as a person should see it. The details are for the operator: no secret is in them.
Response Explain(const absl::Status& status) {
  std::cerr << "login failed: " << status << std::endl;
  struct Explanation {
    http::status status;
    const char* title;
    const char* advice;
  };
  const Explanation told = [&]() -> Explanation {
    switch (oauth1d::FailureOf(status).reason) {
      case oauth1d::v1::ERROR_REASON_USER_DENIED:
        return {http::status::forbidden, "You said no", "Nothing was shared. You can log in whenever you like."};
      case oauth1d::v1::ERROR_REASON_FLOW_NOT_FOUND:
        return {http::status::gone, "That took too long", "This login is no longer open. Please log in again."};
      case oauth1d::v1::ERROR_REASON_BINDING_MISMATCH:
      case oauth1d::v1::ERROR_REASON_TOKEN_MISMATCH:
        return {http::status::forbidden, "Another browser began this", "Finish the login there, or log in here."};
      case oauth1d::v1::ERROR_REASON_ALREADY_COMPLETED:
        return {http::status::conflict, "This login was used already", "If that was not you, tell us. Log in again."};
      case oauth1d::v1::ERROR_REASON_INVALID_REQUEST:
        return {http::status::bad_request, "This login is not open in this browser",
                "It was finished already, it began in another browser, or cookies are off. Please log in again."};
      default:
        if (absl::IsUnavailable(status) || absl::IsResourceExhausted(status) || absl::IsDeadlineExceeded(status)) {
          return {http::status::service_unavailable, "Not right now",
                  "The provider or our login service is away. Please try again soon."};
        }
        return {http::status::bad_gateway, "That did not work", "Please log in again. If it keeps failing, tell us."};
    }
  }();
  return Page(
      told.status, told.title,
      absl::StrCat("<p role=\"alert\">", told.advice, "</p><p><a href=\"/login/twitter\">Log in again</a></p>"));
}

Response Home() {
  return Page(http::status::ok, "Who are you?", "<p><a href=\"/login/twitter\">Log in with Twitter</a></p>");
}

Response Login(const oauth1d::Client& client, const std::string& own_url) {
  const auto started = client.StartAuthorization(kProvider, absl::StrCat(own_url, "/auth/twitter"));
  if (!started.ok()) return Explain(started.status());
  Response response(http::status::found, 11);
  response.set(http::field::location, started->redirect_url());
  response.set(http::field::set_cookie, oauth1d::SetCookieHeader(started->binding_cookie()));
  response.set(http::field::cache_control, "no-store");
  return response;
}

Response Callback(const oauth1d::Client& client, const Request& request) {
  const std::string target(request.target());
  const auto token =
      client.CompleteAuthorization(kProvider, target.substr(std::min(target.size(), target.find('?') + 1)),
                                   std::string(request[http::field::cookie]));
  if (!token.ok()) return Explain(token.status());
  // An application keeps token->access_token() with the user; this one asks who it is, and forgets.
  const auto answer = client.Get(kProvider, token->access_token(), "account/verify_credentials.json");
  if (!answer.ok()) return Explain(answer.status());
  auto profile = nlohmann::json::parse(answer->answer().body(), nullptr, /*allow_exceptions=*/false);
  if (answer->answer().status_code() != 200 || !profile.is_object() || !profile["screen_name"].is_string()) {
    return Explain(absl::InternalError(absl::StrCat("the provider answered ", answer->answer().status_code())));
  }
  Response response = Page(http::status::ok, absl::StrCat("Hello, ", profile["screen_name"].get<std::string>()),
                           "<p>You are logged in.</p><p><a href=\"/\">Start over</a></p>");
  response.set(http::field::set_cookie, oauth1d::ClearCookieHeader(token->spent_cookie_name()));
  return response;
}

Response Answer(const oauth1d::Client& client, const Request& request, const std::string& own_url) {
  const std::string target(request.target());
  const std::string path = target.substr(0, target.find('?'));
  if (request.method() == http::verb::get && path == "/") return Home();
  if (request.method() == http::verb::get && path == "/login/twitter") return Login(client, own_url);
  if (request.method() == http::verb::get && path == "/auth/twitter") return Callback(client, request);
  return Page(http::status::not_found, "No such page", "<p role=\"alert\">Please go <a href=\"/\">home</a>.</p>");
}

// One request of one browser. A thread for each is enough for an example; before the world, put a proxy.
void Serve(tcp::socket socket, const oauth1d::Client& client, const std::string& own_url) {
  boost::system::error_code error;
  boost::beast::flat_buffer buffer;
  http::request_parser<http::string_body> parser;
  parser.header_limit(64 * 1024);  // a callback may be 16 KiB long
  http::read(socket, buffer, parser, error);
  if (error) return;
  Response response = Answer(client, parser.get(), own_url);
  response.keep_alive(false);
  response.prepare_payload();
  http::write(socket, response, error);
  socket.shutdown(tcp::socket::shutdown_send, error);
}

void Listen(const oauth1d::Client& client, const std::string& port) {
  const std::string own_url = "http://127.0.0.1:" + port;
  boost::asio::io_context io;
  tcp::acceptor acceptor(io, {boost::asio::ip::make_address("127.0.0.1"), static_cast<uint16_t>(std::stoi(port))});
  std::cout << "open " << own_url << "/" << std::endl;
  for (;;) std::thread(Serve, acceptor.accept(), std::cref(client), own_url).detach();
}

}  // namespace

int main(int argc, char** argv) {
  const absl::StatusOr<oauth1d::Client> client = oauth1d::Client::Connect();
  if (!client.ok()) {
    std::cerr << client.status() << std::endl;
    return 1;
  }
  try {
    Listen(*client, argc == 3 && std::string(argv[1]) == "--port" ? argv[2] : "8000");
  } catch (const std::exception& error) {  // the port is taken, or no number
    std::cerr << "cannot listen: " << error.what() << std::endl;
  }
  return 1;
}
