#include "client/cli/token_commands.h"

#include <iostream>

#include "client/cli/arguments.h"
#include "client/cli/call.h"

namespace oauth1d::cli {
namespace {

template <typename Response>
int PrintToken(const Response& response, bool json) {
  if (json) {
    PrintJson(response);
  } else {
    std::cout << response.access_token() << "\n";
  }
  return 0;
}

}  // namespace

int ImportToken(const Connection& connection, bool json, const ImportCommand& command) {
  v1::ImportAccessTokenRequest request;
  request.set_provider(command.provider);
  request.set_consumer(command.consumer);
  AddParameters(command.provider_parameters, "--parameter", *request.mutable_provider_parameters());
  if (command.username.empty()) {
    request.mutable_provider_token()->set_token(command.token);
    request.mutable_provider_token()->set_token_secret(ReadSecretArgument(command.token_secret, "--token-secret"));
  } else {
    request.mutable_password_login()->set_username(command.username);
    request.mutable_password_login()->set_password(ReadSecretArgument(command.password, "--password"));
  }
  v1::ImportAccessTokenResponse response;
  const int failed = Call(connection, json, &Client::ImportAccessToken, request, response);
  return failed != 0 ? failed : PrintToken(response, json);
}

int RefreshToken(const Connection& connection, bool json, const std::string& token) {
  v1::RefreshAccessTokenRequest request;
  request.set_access_token(ReadSecretArgument(token, "TOKEN"));
  v1::RefreshAccessTokenResponse response;
  const int failed = Call(connection, json, &Client::RefreshAccessToken, request, response);
  return failed != 0 ? failed : PrintToken(response, json);
}

int RewrapToken(const Connection& connection, bool json, const std::string& token) {
  v1::RewrapAccessTokenRequest request;
  request.set_access_token(ReadSecretArgument(token, "TOKEN"));
  v1::RewrapAccessTokenResponse response;
  const int failed = Call(connection, json, &Client::RewrapAccessToken, request, response);
  return failed != 0 ? failed : PrintToken(response, json);
}

int RevokeToken(const Connection& connection, bool json, const std::string& token) {
  v1::RevokeAccessTokenRequest request;
  request.set_access_token(ReadSecretArgument(token, "TOKEN"));
  v1::RevokeAccessTokenResponse response;
  const int failed = Call(connection, json, &Client::RevokeAccessToken, request, response);
  if (failed != 0) return failed;
  if (json) {
    PrintJson(response);
  } else {
    std::cout << (response.provider_revoked() ? "the provider has revoked it; forget it\n"
                                              : "the provider cannot be told, or did not take it; forget the token\n");
  }
  return 0;
}

}  // namespace oauth1d::cli
