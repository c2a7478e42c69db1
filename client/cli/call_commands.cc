#include "client/cli/call_commands.h"

#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/report.h"
#include "oauth1d/v1/oauth1d.grpc.pb.h"

namespace oauth1d::cli {
namespace {

// One blocking call; prints the error and gives its exit status, or 0.
template <typename Method, typename Request, typename Response>
int Call(const Connection& connection, bool json, Method method, const Request& request, Response& response) {
  const auto stub = v1::OAuth1Service::NewStub(connection.Open());
  grpc::ClientContext context;
  connection.Prepare(context);
  const grpc::Status status = ((*stub).*method)(&context, request, &response);
  return status.ok() ? 0 : ReportError(status, json);
}

std::string ReadAll(std::istream& in, const std::string& name) {
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad() || (!in && !in.eof())) throw std::runtime_error("cannot read " + name);
  return text.str();
}

// @FILE, - for stdin, or the text itself.
std::string ReadArgument(const std::string& argument) {
  if (argument == "-") return ReadAll(std::cin, "standard input");
  if (argument.empty() || argument[0] != '@') return argument;
  std::ifstream file(argument.substr(1), std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + argument.substr(1));
  return ReadAll(file, argument.substr(1));
}

std::pair<std::string, std::string> Split(const std::string& pair, char separator, const char* option) {
  const size_t at = pair.find(separator);
  if (at == std::string::npos) throw std::runtime_error(std::string(option) + ": no '" + separator + "' in it");
  return {pair.substr(0, at), pair.substr(at + 1)};
}

const char* CapabilityText(int capability) {
  switch (capability) {
    case v1::CAPABILITY_THREE_LEGGED:
      return "login";
    case v1::CAPABILITY_TWO_LEGGED:
      return "application";
    case v1::CAPABILITY_OUT_OF_BAND:
      return "pin";
    default:
      return "?";
  }
}

}  // namespace

int Providers(const Connection& connection, bool json) {
  v1::ListProvidersResponse response;
  const int failed =
      Call(connection, json, &v1::OAuth1Service::Stub::ListProviders, v1::ListProvidersRequest(), response);
  if (failed != 0) return failed;
  if (json) {
    PrintJson(response);
    return 0;
  }
  for (const v1::Provider& provider : response.providers()) {
    std::cout << provider.name() << "\t" << provider.title() << "\t";
    for (int i = 0; i < provider.capabilities_size(); ++i) {
      std::cout << (i > 0 ? "," : "") << CapabilityText(provider.capabilities(i));
    }
    std::cout << "\n";
  }
  return 0;
}

int Start(const Connection& connection, bool json, const StartCommand& command) {
  v1::StartAuthorizationRequest request;
  request.set_provider(command.provider);
  request.set_callback_url(command.callback_url);
  request.set_consumer(command.consumer);
  request.set_app_state(command.app_state);
  v1::StartAuthorizationResponse response;
  const int failed = Call(connection, json, &v1::OAuth1Service::Stub::StartAuthorization, request, response);
  if (failed != 0) return failed;
  if (json) {
    PrintJson(response);
    return 0;
  }
  std::cout << "open    " << response.redirect_url() << "\nstate   " << response.state() << "\ncookie  "
            << response.binding_cookie().name() << "=" << response.binding_cookie().value() << "\n";
  return 0;
}

int Complete(const Connection& connection, bool json, const CompleteCommand& command) {
  v1::CompleteAuthorizationRequest request;
  request.set_provider(command.provider);
  request.set_callback_query(command.callback);
  for (const std::string& cookie : command.cookies) {
    auto [name, value] = Split(cookie, '=', "--cookie");
    v1::BindingCookie& added = *request.add_binding_cookies();
    added.set_name(name);
    added.set_value(value);
  }
  v1::CompleteAuthorizationResponse response;
  const int failed = Call(connection, json, &v1::OAuth1Service::Stub::CompleteAuthorization, request, response);
  if (failed != 0) return failed;
  if (json) {
    PrintJson(response);
    return 0;
  }
  std::cout << response.access_token() << "\n";
  for (const v1::Parameter& parameter : response.parameters()) {
    const std::string& value = parameter.has_raw_value() ? parameter.raw_value() : parameter.value();
    std::cerr << ForTerminal(parameter.name()) << "=" << ForTerminal(value) << "\n";
  }
  return 0;
}

int Request(const Connection& connection, bool json, const RequestCommand& command) {
  v1::SignedRequestRequest request;
  request.set_provider(command.provider);
  request.set_consumer(command.consumer);
  if (command.application) {
    request.mutable_application();
  } else {
    // A token on the command line would stand in every list of processes.
    if (command.token != "-" && !absl::StartsWith(command.token, "@")) {
      throw std::runtime_error("--token: must be @FILE or -");
    }
    request.set_access_token(std::string(absl::StripAsciiWhitespace(ReadArgument(command.token))));
  }
  v1::HttpCall& call = *request.mutable_call();
  call.set_method(absl::AsciiStrToUpper(command.method));
  call.set_url(command.url);
  for (const std::string& pair : command.query) {
    auto [name, value] = Split(pair, '=', "--query");
    v1::Parameter& added = *call.add_query();
    added.set_name(name);
    added.set_value(value);
  }
  for (const std::string& pair : command.form) {
    auto [name, value] = Split(pair, '=', "--form");
    v1::Parameter& added = *call.mutable_form()->add_fields();
    added.set_name(name);
    added.set_value(value);
  }
  for (const std::string& pair : command.headers) {
    auto [name, value] = Split(pair, ':', "--header");
    v1::Header& added = *call.add_headers();
    added.set_name(name);
    added.set_value(std::string(absl::StripAsciiWhitespace(value)));
  }
  if (!command.body.empty()) call.set_body(ReadArgument(command.body));
  call.set_content_type(command.content_type);
  v1::SignedRequestResponse response;
  const int failed = Call(connection, json, &v1::OAuth1Service::Stub::SignedRequest, request, response);
  if (failed != 0) return failed;
  if (json) {
    PrintJson(response);
    return 0;
  }
  std::cerr << "HTTP " << response.answer().status_code() << "\n";
  if (response.has_provider_problem()) {
    std::cerr << "problem " << ForTerminal(response.provider_problem().problem()) << "\n";
  }
  if (response.token_rejected()) std::cerr << "the provider no longer takes this token: log in again\n";
  std::cout << response.answer().body() << std::flush;
  return 0;
}

}  // namespace oauth1d::cli
