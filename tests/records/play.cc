#include "tests/records/play.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/records/call_walk.h"
#include "tests/records/login_walk.h"
#include "tests/records/stage.h"

namespace oauth1d::records {
namespace {

using providers::Capability;

class Player {
 public:
  Player(const Script& script, const LoadedRecord& record) : script_(script), record_(record) {}

  Played Play() {
    if (script_.login.has_value()) PlayLogins();
    PlayTwoLegged();
    PlayImports();
    PlayTokenLife();
    PlayClock();
    return std::move(played_);
  }

 private:
  // A scene has a stage of its own; what it shows counts if nobody complained.
  template <typename Scene>
  bool On(const std::string& name, Scene scene) {
    Stage stage(script_, record_);
    scene(stage);
    if (!stage.theirs().all_came()) stage.Complain("a request did not come");
    for (const std::string& complaint : stage.theirs().complaints()) {
      played_.complaints.push_back(absl::StrCat(script_.record, ", ", name, ": ", complaint));
    }
    return stage.theirs().complaints().empty();
  }
  void Show(bool went_well, Capability capability) {
    if (went_well) played_.shown.insert(capability);
  }

  void PlayLogins() {
    const bool went_well = On("login", [this](Stage& stage) {
      const std::optional<std::string> token = LogIn(stage);
      if (token.has_value()) UseToken(stage, *token);
    });
    Show(went_well, Capability::kThreeLegged);
    // The token reached the caller as the provider made it.
    Show(went_well && script_.token_is_no_oauth_token, Capability::kTokenExchangeOnly);
    if (script_.login->pin) {
      Show(On("login by PIN",
              [this](Stage& stage) {
                const std::optional<std::string> token = LogInWithPin(stage);
                if (token.has_value()) UseToken(stage, *token);
              }),
           Capability::kOutOfBand);
    }
    if (!script_.login->comes_back_denied.empty()) {
      On("refused login", [](Stage& stage) {
        if (!RefuseLogin(stage)) stage.Complain("the user's no is not understood");
      });
    }
    if (!script_.refusal_with_200.empty()) {
      On("refusal with status 200", [](Stage& stage) {
        if (!IsRefused(stage)) stage.Complain("the provider's no is not understood");
      });
    }
  }

  void UseToken(Stage& stage, const std::string& token) {
    if (script_.token_is_no_oauth_token) {
      CheckNothingIsSigned(stage, token);
    } else if (!MakeCalls(stage, As::kUser, token)) {
      stage.Complain("the token is of no use");
    }
  }

  void PlayTwoLegged() {
    bool any = false;
    for (const ApiCall& call : script_.calls) any = any || call.as == As::kApplication;
    if (!any) return;
    const bool went_well = On("two-legged", [](Stage& stage) { MakeCalls(stage, As::kApplication, ""); });
    Show(went_well, Capability::kTwoLegged);
    // What the answer holds is the token, and it reached the caller as it came.
    Show(went_well && script_.token_is_no_oauth_token, Capability::kTokenExchangeOnly);
  }

  void PlayImports() {
    if (script_.imports_tokens) {
      Show(On("import",
              [this](Stage& stage) {
                const std::optional<std::string> token = ImportToken(stage);
                if (token.has_value()) UseToken(stage, *token);
              }),
           Capability::kImportOnly);
    }
    if (!script_.password_login.has_value()) return;
    Show(On("xAuth",
            [this](Stage& stage) {
              const std::optional<std::string> token = LogInWithPassword(stage);
              if (token.has_value()) UseToken(stage, *token);
            }),
         Capability::kXauth);
  }

  // With a token from a login.
  template <typename Scene>
  void WithToken(const std::string& name, Scene scene) {
    On(name, [&scene](Stage& stage) {
      const std::optional<std::string> token = LogIn(stage);
      if (token.has_value()) scene(stage, *token);
    });
  }

  void PlayTokenLife() {
    if (script_.renewal.has_value()) {
      if (script_.renewal->after > absl::ZeroDuration()) WithToken("renewal when it is due", CheckRenewalWhenDue);
      WithToken("renewal when it is told", CheckRenewalWhenTold);
    }
    if (script_.revocation.has_value()) WithToken("revocation", CheckRevocation);
  }

  void PlayClock() {
    if (script_.monotonic) {
      WithToken("time", CheckTimeGoesOn);
    }
    if (!script_.refuses_clock.has_value()) return;
    if (!script_.login.has_value()) {
      On("clock", [](Stage& stage) { CheckClockOfCalls(stage, ""); });
      return;
    }
    WithToken("clock", CheckClockOfCalls);
    On("clock of logins", [this](Stage& stage) {
      stage.theirs().SetClockAhead(absl::Minutes(20));
      BeginsWithAnotherClock(stage, *script_.refuses_clock);
    });
  }

  const Script& script_;
  const LoadedRecord& record_;
  Played played_;
};

}  // namespace

Played Play(const Script& script, const LoadedRecord& record) { return Player(script, record).Play(); }

}  // namespace oauth1d::records
