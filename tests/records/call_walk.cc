#include "tests/records/call_walk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/failure.h"
#include "server/oauth1/multipart.h"
#include "tests/records/login_walk.h"

namespace oauth1d::records {
namespace {

oauth1::Parameters ToParameters(const Pairs& pairs) {
  oauth1::Parameters parameters;
  for (const auto& [name, value] : pairs) parameters.push_back({name, value});
  return parameters;
}

oauth1::Part NewPart(const std::string& name, const std::string& filename, const std::string& data) {
  oauth1::Part part;
  part.name = name;
  part.filename = filename;
  part.data = data;
  return part;
}

void SetContent(const ApiCall& call, flow::SignedCall& request) {
  if (!call.form.empty()) {
    request.content = flow::FormBody{ToParameters(call.form)};
  } else if (!call.multipart_file.empty()) {
    flow::MultipartBody multipart;
    for (const auto& [name, value] : call.multipart_text) multipart.parts.push_back(NewPart(name, "", value));
    multipart.parts.push_back(NewPart("photo", "photo.jpg", call.multipart_file));
    request.content = std::move(multipart);
  } else if (!call.content_type.empty()) {
    request.content = flow::RawBody{call.body, call.content_type};
  }
}

flow::SignedCall NewCall(const Script& script, const ApiCall& call, const std::string& access_token) {
  flow::SignedCall request;
  request.provider = kProvider;
  if (call.as == As::kUser) {
    request.credentials = flow::SealedToken{access_token};
  } else {
    request.credentials = flow::ApplicationCredentials();
    request.provider_parameters = ToParameters(script.provider_parameters);
  }
  request.method = call.wanted.method;
  request.url = call.url;
  request.query = ToParameters(call.query);
  SetContent(call, request);
  return request;
}

// `token` is empty for the application.
Step NewStep(const ApiCall& call, const std::string& token, const std::string& secret) {
  Step step(absl::StrCat(call.wanted.method, " ", call.url), call.wanted, {200, call.answer, {}});
  if (!token.empty()) step.protocol.emplace_back("oauth_token", token);
  step.token_secret = secret;
  step.body = call.body;
  step.multipart_text = call.multipart_text;
  return step;
}

Step NewUserStep(const ApiCall& call) { return NewStep(call, kAccessToken, kAccessSecret); }

// The answer, or nothing and a complaint; it must be what the provider sent.
std::optional<flow::SignedAnswer> Send(Stage& stage, const ApiCall& call, const std::string& access_token) {
  absl::StatusOr<flow::SignedAnswer> answer = stage.Send(NewCall(stage.script(), call, access_token));
  if (!answer.ok()) {
    stage.Complain(absl::StrCat(call.url, ": ", answer.status().ToString()));
    return std::nullopt;
  }
  if (answer->answer.body != call.answer || answer->answer.status != 200) {
    stage.Complain(absl::StrCat(call.url, ": the answer is not the provider's: ", answer->answer.status));
  }
  return *std::move(answer);
}

const ApiCall* FirstCall(const Script& script, As as) {
  for (const ApiCall& call : script.calls) {
    if (call.as == as) return &call;
  }
  return nullptr;
}

Step RenewalStep(const Renewal& renewal) {
  Answer answer{200, "Access Token has been renewed", {}};
  if (renewal.by_session_handle) {
    answer.body =
        Filled("oauth_token={token}&oauth_token_secret={secret}&oauth_expires_in=3600&oauth_session_handle=next",
               kRenewedToken, kRenewedSecret);
  }
  Step step("the renewal", renewal.wanted, std::move(answer));
  step.protocol.emplace_back("oauth_token", kAccessToken);
  if (renewal.by_session_handle) step.protocol.emplace_back("oauth_session_handle", kSessionHandle);
  step.token_secret = kAccessSecret;
  return step;
}

// The renewal, and the request after it; the caller must get the new token.
void ExpectRenewalAnd(Stage& stage, const ApiCall& call, const std::string& access_token) {
  const Renewal& renewal = *stage.script().renewal;
  stage.theirs().Expect(RenewalStep(renewal));
  stage.theirs().Expect(renewal.by_session_handle ? NewStep(call, kRenewedToken, kRenewedSecret) : NewUserStep(call));
  const std::optional<flow::SignedAnswer> answer = Send(stage, call, access_token);
  if (answer.has_value() && answer->replacement_access_token.empty()) stage.Complain("the renewed token is not given");
}

}  // namespace

bool MakeCalls(Stage& stage, As as, const std::string& access_token) {
  bool any = false;
  for (const ApiCall& call : stage.script().calls) {
    if (call.as != as) continue;
    any = true;
    stage.theirs().Expect(as == As::kUser ? NewUserStep(call) : NewStep(call, "", ""));
    Send(stage, call, access_token);
  }
  return any && stage.theirs().complaints().empty();
}

std::optional<std::string> ImportToken(Stage& stage) {
  flow::ImportRequest request;
  request.provider = kProvider;
  request.provider_parameters = ToParameters(stage.script().provider_parameters);
  oauth1::TokenCredentials token;
  token.token = kAccessToken;
  token.secret = Secret(kAccessSecret);
  request.source = std::move(token);
  const absl::StatusOr<records::v1::Result> imported = stage.Import(std::move(request));
  if (imported.ok()) return imported->access_token();
  stage.Complain(absl::StrCat("the import fails: ", imported.status().ToString()));
  return std::nullopt;
}

std::optional<std::string> LogInWithPassword(Stage& stage) {
  Step step("the login by password", *stage.script().password_login,
            {200, Filled("oauth_token={token}&oauth_token_secret={secret}", kAccessToken, kAccessSecret), {}});
  stage.theirs().Expect(std::move(step));
  flow::ImportRequest request;
  request.provider = kProvider;
  request.provider_parameters = ToParameters(stage.script().provider_parameters);
  request.source = flow::PasswordLogin{kUsername, Secret(kPassword)};
  const absl::StatusOr<records::v1::Result> imported = stage.Import(std::move(request));
  if (imported.ok()) return imported->access_token();
  stage.Complain(absl::StrCat("the login by password fails: ", imported.status().ToString()));
  return std::nullopt;
}

void CheckRenewalWhenDue(Stage& stage, const std::string& access_token) {
  const ApiCall* const call = FirstCall(stage.script(), As::kUser);
  stage.environment().Advance(stage.script().renewal->after);
  ExpectRenewalAnd(stage, *call, access_token);
}

void CheckRenewalWhenTold(Stage& stage, const std::string& access_token) {
  const ApiCall* const call = FirstCall(stage.script(), As::kUser);
  Step ended = NewUserStep(*call);
  ended.answer = {401, "oauth_problem=token_expired", {}};
  stage.theirs().Expect(std::move(ended));
  ExpectRenewalAnd(stage, *call, access_token);
}

void CheckRevocation(Stage& stage, const std::string& access_token) {
  Step step("the revocation", *stage.script().revocation, {200, "", {}});
  step.protocol.emplace_back("oauth_token", kAccessToken);
  step.token_secret = kAccessSecret;
  stage.theirs().Expect(std::move(step));
  const absl::StatusOr<bool> revoked = stage.Revoke(access_token);
  if (!revoked.ok() || !*revoked) stage.Complain(absl::StrCat("not revoked: ", revoked.status().ToString()));
}

void CheckClockOfCalls(Stage& stage, const std::string& access_token) {
  const As as = access_token.empty() ? As::kApplication : As::kUser;
  const ApiCall* const call = FirstCall(stage.script(), as);
  Step refused = as == As::kUser ? NewUserStep(*call) : NewStep(*call, "", "");
  Step taken = refused;
  refused.answer = *stage.script().refuses_clock;
  refused.refuses_clock = true;
  stage.theirs().SetClockAhead(absl::Minutes(20));
  stage.theirs().Expect(std::move(refused));
  stage.theirs().Expect(std::move(taken));
  Send(stage, *call, access_token);
}

void CheckTimeGoesOn(Stage& stage, const std::string& access_token) {
  const As as = access_token.empty() ? As::kApplication : As::kUser;
  const ApiCall* const call = FirstCall(stage.script(), as);
  for (int i = 0; i < 2; ++i) {
    stage.theirs().Expect(as == As::kUser ? NewUserStep(*call) : NewStep(*call, "", ""));
    Send(stage, *call, access_token);
    stage.environment().SetNow(stage.environment().Now() - absl::Seconds(10));
  }
}

void CheckNothingIsSigned(Stage& stage, const std::string& access_token) {
  const ApiCall call(As::kUser, "users", Wanted("GET", ""));
  const absl::Status status = stage.Send(NewCall(stage.script(), call, access_token)).status();
  if (ReasonOf(status) != Reason::kInvalidRequest) stage.Complain("an API that takes no signatures was called");
}

}  // namespace oauth1d::records
