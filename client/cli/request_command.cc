#include "client/cli/request_command.h"

#include <iostream>
#include <stdexcept>

#include "absl/strings/str_cat.h"
#include "client/cli/output_file.h"
#include "client/cli/report.h"
#include "client/cli/saved_logins.h"
#include "client/cli/streamed_transfer.h"
#include "oauth1d/failure.h"

namespace oauth1d::cli {
namespace {

constexpr int kHttpFailure = 3;

// The token that is used, and where a renewed one goes.
class LoginInUse {
 public:
  // Adds credentials to the request, if it has none.
  LoginInUse(const Session& session, const TransferCommand& command, v1::SignedRequestRequest& request)
      : logins_(command.application || !command.token.empty() ? "" : StateFolder()) {
    if (command.application || !command.token.empty()) return;
    name_ = {session.connection.server, command.provider, AccountOf(command.as, command.consumer)};
    const std::optional<SavedLogin> login = logins_.Find(name_);
    if (!login.has_value()) {
      throw std::runtime_error(absl::StrCat("no login for ", command.provider, " as ", name_.account, " at ",
                                            name_.server, ": oauth1ctl login ", command.provider,
                                            ", or give --token or --application"));
    }
    used_ = true;
    token_ = login->access_token;
    request.set_access_token(token_);
    // The token has them inside.
    request.clear_consumer();
    request.clear_provider_parameters();
  }

  bool used() const { return used_; }
  void Renew(const std::string& renewed) {
    if (used_ && !renewed.empty()) logins_.Renew(name_, token_, renewed);
  }

 private:
  SavedLogins logins_;
  LoginName name_;
  std::string token_;
  bool used_ = false;
};

void PrintHead(const v1::HttpAnswer& answer, OutputFile& output) {
  std::string head = absl::StrCat("HTTP ", answer.status_code(), "\n");
  for (const v1::Header& header : answer.headers()) {
    absl::StrAppend(&head, ForTerminal(header.name()), ": ", ForTerminal(header.value()), "\n");
  }
  output.Write(absl::StrCat(head, "\n"));
}

void PrintNotes(const v1::SignedRequestResponse& response, const TransferCommand& command, const LoginInUse& login) {
  if (!command.show_headers) std::cerr << "HTTP " << response.answer().status_code() << "\n";
  if (response.has_provider_problem()) {
    std::cerr << "problem " << ForTerminal(response.provider_problem().problem()) << "\n";
  }
  if (!response.replacement_access_token().empty()) {
    std::cerr << (login.used() ? "the token was renewed, and is kept\n"
                               : "the token was renewed: keep the replacement_access_token (--json shows it), the old "
                                 "one may be dead\n");
  }
  if (response.token_rejected()) {
    std::cerr << "the provider no longer takes this token: log in again"
              << (login.used() ? absl::StrCat(" (oauth1ctl login ", command.provider, ")") : "") << "\n";
  }
}

// What became of an answer whose body stands in the response, or is where it belongs.
int Finish(const Session& session, const TransferCommand& command, LoginInUse& login,
           v1::SignedRequestResponse& response) {
  login.Renew(response.replacement_access_token());
  if (session.json) {
    if (login.used()) response.clear_replacement_access_token();  // it is kept; nobody needs to see it
    PrintJson(response);
  } else {
    PrintNotes(response, command, login);
  }
  return command.fail && response.answer().status_code() >= 400 ? kHttpFailure : 0;
}

int SendWhole(const Session& session, const TransferCommand& command, LoginInUse& login, const Transfer& transfer) {
  absl::StatusOr<v1::SignedRequestResponse> response =
      session.connection.Connect().SignedRequest(transfer.request, session.connection.Options());
  if (!response.ok()) {
    login.Renew(FailureOf(response.status()).renewed_token);
    return ReportError(response.status(), session.json);
  }
  const int exit_status = Finish(session, command, login, *response);
  if (session.json) return exit_status;
  OutputFile output("-");
  if (command.show_headers) PrintHead(response->answer(), output);
  if (exit_status == 0) output.Write(response->answer().body());
  return exit_status;
}

int SendStreamed(const Session& session, const TransferCommand& command, LoginInUse& login, Transfer& transfer) {
  if (session.json && command.output == "-") throw std::runtime_error("--json and -o - both want standard output");
  OutputFile output(command.output);
  const bool body_in_json = session.json && command.output.empty();
  v1::SignedRequestResponse response;
  AnswerTaker taker;
  std::string unwritten;  // why the answer does not stand where it should; it is read on all the same: for the token
  taker.begin = [&](const v1::HttpAnswer& head) {
    *response.mutable_answer() = head;
    if (command.show_headers && !session.json) PrintHead(head, output);
  };
  taker.take = [&](absl::string_view piece) {
    if (body_in_json) {
      response.mutable_answer()->mutable_body()->append(piece.data(), piece.size());
    } else if (unwritten.empty() && (!command.fail || response.answer().status_code() < 400)) {
      try {
        output.Write(piece);
      } catch (const std::runtime_error& error) {
        unwritten = error.what();
      }
    }
  };
  CallOptions options;  // an hour, unless told otherwise
  if (session.timeout_given) options.timeout = absl::Seconds(session.connection.timeout_seconds);
  const absl::StatusOr<v1::StreamEnd> end = RunTransfer(session.connection.Connect(), options, transfer, taker);
  if (!end.ok()) {
    login.Renew(FailureOf(end.status()).renewed_token);
    const int exit_status = ReportError(end.status(), session.json);
    if (!command.output.empty() && command.output != "-" && !session.json) {
      std::cerr << "oauth1ctl: " << command.output << " was not written: the transfer was cut off\n";
    }
    return exit_status;
  }
  if (end->has_provider_problem()) *response.mutable_provider_problem() = end->provider_problem();
  response.set_token_rejected(end->token_rejected());
  response.set_replacement_access_token(end->replacement_access_token());
  const int exit_status = Finish(session, command, login, response);
  if (!unwritten.empty()) throw std::runtime_error(unwritten + "; the request itself was sent and answered");
  if (exit_status == 0) output.Commit();
  return exit_status;
}

}  // namespace

int Request(const Session& session, const TransferCommand& command) {
  Transfer transfer = PrepareTransfer(command);
  LoginInUse login(session, command, transfer.request);
  return transfer.streamed ? SendStreamed(session, command, login, transfer)
                           : SendWhole(session, command, login, transfer);
}

}  // namespace oauth1d::cli
