#include "client/cli/call_commands.h"

#include <iostream>

#include "absl/strings/ascii.h"
#include "client/cli/arguments.h"
#include "client/cli/call.h"

namespace oauth1d::cli {
namespace {

const char* CapabilityText(int capability) {
  switch (capability) {
    case v1::CAPABILITY_THREE_LEGGED:
      return "login";
    case v1::CAPABILITY_TWO_LEGGED:
      return "application";
    case v1::CAPABILITY_OUT_OF_BAND:
      return "pin";
    case v1::CAPABILITY_XAUTH:
      return "password";
    case v1::CAPABILITY_IMPORT_ONLY:
      return "import";
    case v1::CAPABILITY_TOKEN_EXCHANGE_ONLY:
      return "exchange";
    default:
      return "?";
  }
}

}  // namespace

int Providers(const Connection& connection, bool json) {
  v1::ListProvidersResponse response;
  const int failed = Call(connection, json, &Client::ListProviders, v1::ListProvidersRequest(), response);
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
    if (!provider.sunset_date().empty()) std::cout << "\tends " << ForTerminal(provider.sunset_date());
    std::cout << "\n";
  }
  return 0;
}

int Start(const Connection& connection, bool json, const StartCommand& command) {
  v1::StartAuthorizationRequest request;
  request.set_provider(command.provider);
  request.set_callback_url(command.callback_url);
  request.set_consumer(command.consumer);
  AddParameters(command.provider_parameters, "--parameter", *request.mutable_provider_parameters());
  request.set_app_state(command.app_state);
  v1::StartAuthorizationResponse response;
  const int failed = Call(connection, json, &Client::StartAuthorization, request, response);
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
  const int failed = Call(connection, json, &Client::CompleteAuthorization, request, response);
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

v1::SignedRequestRequest MakeRequest(const RequestCommand& command) {
  v1::SignedRequestRequest request;
  request.set_provider(command.provider);
  request.set_consumer(command.consumer);
  AddParameters(command.provider_parameters, "--parameter", *request.mutable_provider_parameters());
  if (command.application) {
    request.mutable_application();
  } else if (!command.token.empty()) {
    request.set_access_token(ReadSecretArgument(command.token, "--token"));
  }
  v1::HttpCall& call = *request.mutable_call();
  call.set_method(absl::AsciiStrToUpper(command.method));
  call.set_url(command.url);
  AddParameters(command.query, "--query", *call.mutable_query());
  if (!command.form.empty()) AddParameters(command.form, "--form", *call.mutable_form()->mutable_fields());
  for (const std::string& pair : command.headers) {
    auto [name, value] = Split(pair, ':', "--header");
    v1::Header& added = *call.add_headers();
    added.set_name(name);
    added.set_value(std::string(absl::StripAsciiWhitespace(value)));
  }
  if (!command.body.empty()) call.set_body(ReadArgument(command.body));
  call.set_content_type(command.content_type);
  return request;
}

}  // namespace oauth1d::cli
