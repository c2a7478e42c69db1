#include "tests/flow/flow_test_fixture.h"

#include <utility>

namespace oauth1d::flow {
namespace {

absl::Status Away() { return Fail(Reason::kStoreUnavailable, "the store is away"); }

std::shared_ptr<providers::Provider> NewProvider(const std::string& name) {
  auto provider = std::make_shared<providers::Provider>();
  provider->name = name;
  provider->consumers.push_back({"main", "demo-key", Secret("demo-secret")});
  provider->templates.request_token_url = "https://photos.example/request_token";
  provider->templates.authorize_url = "https://photos.example/authorize?lang=en";
  provider->templates.access_token_url = "https://photos.example/access_token";
  provider->templates.api_bases = {"https://photos.example/api/"};
  provider->templates.renewal_url = "https://photos.example/renew";
  provider->templates.revocation_url = "https://photos.example/revoke";
  provider->endpoints = std::make_shared<providers::Endpoints>(*providers::FillTemplates(provider->templates, {}));
  provider->capabilities = {providers::Capability::kThreeLegged, providers::Capability::kTwoLegged};
  provider->authorize_parameters = {"force_login"};
  provider->request_token_parameters = {"x_auth_access_type"};
  provider->network_rules = std::make_shared<NetworkRules>();
  return provider;
}

std::shared_ptr<providers::Owner> NewOwner(const std::string& name,
                                           const std::vector<std::shared_ptr<providers::Provider>>& providers) {
  auto owner = std::make_shared<providers::Owner>();
  owner->name = name;
  for (const auto& provider : providers) {
    providers::Grant grant;
    grant.provider = provider;
    grant.callback_urls = {"http://127.0.0.1:8000/auth/photos", "https://app.example/auth?next=1", "oob"};
    grant.application = true;
    owner->grants.push_back(std::move(grant));
  }
  return owner;
}

}  // namespace

Task<bool> FlakyStore::Put(std::string key, std::string value, absl::Duration ttl, Deadline deadline) {
  if (away) co_return Away();
  if (!put_error.ok()) co_return put_error;
  keys.push_back(key);
  co_return co_await store_.Put(std::move(key), std::move(value), ttl, deadline);
}

Task<std::optional<storage::Entry>> FlakyStore::Get(std::string key, Deadline deadline) {
  if (away) co_return Away();
  co_return co_await store_.Get(std::move(key), deadline);
}

Task<bool> FlakyStore::Swap(std::string key, std::string expected, std::string next, absl::Duration ttl,
                            Deadline deadline) {
  Trouble trouble = away ? Trouble::kAwaySilently : Trouble::kNone;
  if (!away && !swaps.empty()) {
    trouble = swaps.front();
    swaps.pop_front();
  }
  if (trouble == Trouble::kAwaySilently || trouble == Trouble::kSwapLost) co_return Away();
  absl::StatusOr<bool> swapped =
      co_await store_.Swap(std::move(key), std::move(expected), std::move(next), ttl, deadline);
  if (trouble == Trouble::kSwapDoneButUnanswered) co_return Away();
  co_return swapped;
}

Task<> FlakyStore::Erase(std::string key, Deadline deadline) {
  co_return co_await store_.Erase(std::move(key), deadline);
}

FlowTest::FlowTest() : photos_(NewProvider("photos")) {
  std::vector<sealing::Key> keys;
  keys.push_back({"k1", sealing::KeyState::kActive, Secret(std::string(32, 'k'))});
  keyring_ = std::make_shared<sealing::Keyring>(*sealing::Keyring::Create(std::move(keys)));
  const std::vector<std::shared_ptr<providers::Provider>> providers = {photos_, NewProvider("maps")};
  owners_ = {NewOwner("default", providers), NewOwner("other", providers)};
}

Call FlowTest::NewCall(const std::string& owner, providers::Rpc rpc) {
  return Call{rpc,
              "someone",
              owner == "default" ? owners_[0] : owners_[1],
              keyring_,
              rules_,
              Deadline::After(environment_, absl::Seconds(30)),
              std::make_shared<CallFacts>()};
}

StartRequest FlowTest::PhotosStart(const std::string& callback_url) const {
  StartRequest request;
  request.provider = "photos";
  request.callback_url = callback_url;
  request.app_state = "back to page 7";
  return request;
}

absl::StatusOr<StartedAuthorization> FlowTest::TryStart(StartRequest request, const std::string& owner) {
  const auto started =
      StartTask(loop_, [&, call = NewCall(owner)] { return authorizer_.Start(std::move(request), call); });
  for (int i = 0; i < 2000 && !started->done(); ++i) {
    RunReady(loop_);
    if (!started->done()) environment_.Advance(absl::Milliseconds(50));
  }
  return started->done() ? *started->result : absl::InternalError("did not end");
}

StartedAuthorization FlowTest::Start() {
  const absl::StatusOr<StartedAuthorization> started = TryStart(PhotosStart());
  EXPECT_THAT(started, IsOk());
  return started.value_or(StartedAuthorization());
}

CompleteRequest FlowTest::NewComplete(const std::string& callback, std::vector<BindingCookie> cookies,
                                      const std::string& provider) const {
  CompleteRequest request;
  request.provider = provider;
  request.callback = *oauth1::ParseCallback(callback);
  request.callback_field = "callback_query";
  request.binding_cookies = std::move(cookies);
  return request;
}

std::shared_ptr<Running<absl::StatusOr<CompletedAuthorization>>> FlowTest::BeginComplete(
    Authorizer& authorizer, const std::string& callback, std::vector<BindingCookie> cookies) {
  return StartTask(loop_, [&authorizer, request = NewComplete(callback, std::move(cookies)), call = NewCall()] {
    return authorizer.Complete(request, call);
  });
}

absl::StatusOr<CompletedAuthorization> FlowTest::Complete(const std::string& callback,
                                                          std::vector<BindingCookie> cookies,
                                                          const std::string& provider, const std::string& owner) {
  const auto completed = StartTask(loop_, [&, request = NewComplete(callback, std::move(cookies), provider),
                                           call = NewCall(owner)] { return authorizer_.Complete(request, call); });
  for (int i = 0; i < 2000 && !completed->done(); ++i) {
    RunReady(loop_);
    if (!completed->done()) environment_.Advance(absl::Milliseconds(50));
  }
  return completed->done() ? *completed->result : absl::InternalError("did not end");
}

}  // namespace oauth1d::flow
