#include "client/cli/explain_command.h"

#include <iomanip>
#include <iostream>

#include "client/cli/arguments.h"
#include "client/cli/call.h"

namespace oauth1d::cli {
namespace {

constexpr int kDiffers = 1;

const char* OriginText(int origin) {
  switch (origin) {
    case v1::PARAMETER_ORIGIN_URL:
      return "url";
    case v1::PARAMETER_ORIGIN_QUERY:
      return "query";
    case v1::PARAMETER_ORIGIN_FORM:
      return "form";
    case v1::PARAMETER_ORIGIN_PROTOCOL:
      return "protocol";
    default:
      return "?";
  }
}

void Print(const v1::ExplainSignatureResponse& response) {
  std::cout << response.signature_method() << " in the " << response.placement() << "\n\nbase string\n  "
            << (response.signature_base_string().empty() ? "(PLAINTEXT signs nothing)"
                                                         : response.signature_base_string())
            << "\n\nparameters, as they are sorted\n";
  for (const v1::NormalizedParameter& parameter : response.parameters()) {
    std::cout << "  " << std::left << std::setw(9) << OriginText(parameter.origin()) << ForTerminal(parameter.name())
              << "=" << ForTerminal(parameter.value()) << "\n";
  }
  std::cout << "\nurl\n  " << ForTerminal(response.url()) << "\n";
  if (!response.authorization_header().empty()) {
    std::cout << "\nheader\n  Authorization: " << ForTerminal(response.authorization_header()) << "\n";
  }
  if (response.identical()) std::cout << "\nthe provider's base string is the same\n";
  if (response.has_difference()) {
    const v1::BaseStringDifference& difference = response.difference();
    std::cout << "\nfirst difference, after " << difference.offset() << " bytes: " << difference.description()
              << "\n  ours      " << difference.ours() << "\n  theirs    " << difference.theirs() << "\n            "
              << difference.caret() << "\n";
  }
}

}  // namespace

int Explain(const Connection& connection, bool json, const ExplainCommand& command) {
  v1::ExplainSignatureRequest request;
  *request.mutable_request() = MakeRequest(command.request);
  request.set_timestamp(command.timestamp);
  request.set_nonce(command.nonce);
  request.set_provider_base_string(ReadArgument(command.base_string));
  v1::ExplainSignatureResponse response;
  const int failed = Call(connection, json, &Client::ExplainSignature, request, response);
  if (failed != 0) return failed;
  if (json) {
    PrintJson(response);
  } else {
    Print(response);
  }
  return response.has_difference() ? kDiffers : 0;
}

}  // namespace oauth1d::cli
