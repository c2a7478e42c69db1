#include "server/flow/explainer.h"

#include "tests/flow/flow_test_fixture.h"

namespace oauth1d::flow {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ExplainerTest : public FlowTest {
 protected:
  absl::StatusOr<ExplainedSignature> Explain(ExplainRequest request) {
    return RunTask(loop_, [&, call = NewCall()] { return explainer_.Explain(request, call); });
  }

  static ExplainRequest Get() {
    ExplainRequest request;
    request.call.provider = "photos";
    request.call.credentials = oauth1::TokenCredentials{"token", Secret("token-secret")};
    request.call.method = "POST";
    request.call.url = "me?b=1&a=2";
    request.call.query = {{"c", "r b"}};
    request.call.content = FormBody{{{"d", "*"}}};
    request.timestamp = "1";
    request.nonce = "n";
    return request;
  }

  Explainer explainer_{backends_};
};

TEST_F(ExplainerTest, ShowsWhereEachParameterCameFromAndMasksTheSignature) {
  ASSERT_OK_AND_ASSIGN(const ExplainedSignature explained, Explain(Get()));
  EXPECT_THAT(explained.base_string,
              StartsWith("POST&https%3A%2F%2Fphotos.example%2Fapi%2Fme&a%3D2%26b%3D1%26c%3Dr%2520b"));
  ASSERT_EQ(explained.parameters.size(), 10U);
  EXPECT_EQ(explained.parameters[0].origin, ParameterOrigin::kUrl);
  EXPECT_EQ(explained.parameters[1].origin, ParameterOrigin::kUrl);
  EXPECT_EQ(explained.parameters[2].origin, ParameterOrigin::kQuery);
  EXPECT_EQ(explained.parameters[2].value, "r%20b");
  EXPECT_EQ(explained.parameters[3].origin, ParameterOrigin::kForm);
  EXPECT_EQ(explained.parameters[4].origin, ParameterOrigin::kProtocol);
  EXPECT_THAT(explained.authorization, HasSubstr("oauth_signature=\"masked\""));
  EXPECT_EQ(provider_.requests(), 0);
}

TEST_F(ExplainerTest, PlaintextNeverShowsItsSecrets) {
  photos_->api.signature_method = oauth1::SignatureMethod::kPlaintext;
  photos_->explain_with_signature = true;
  ASSERT_OK_AND_ASSIGN(const ExplainedSignature explained, Explain(Get()));
  EXPECT_EQ(explained.base_string, "");
  EXPECT_THAT(explained.authorization, HasSubstr("oauth_signature=\"masked\""));
  EXPECT_THAT(explained.authorization, Not(HasSubstr("secret")));
}

TEST_F(ExplainerTest, ThePolicyShowsTheSignatureThatWouldBeSent) {
  photos_->explain_with_signature = true;
  ASSERT_OK_AND_ASSIGN(const ExplainedSignature explained, Explain(Get()));
  EXPECT_THAT(explained.authorization, Not(HasSubstr("masked")));
  EXPECT_THAT(explained.authorization, HasSubstr("oauth_signature=\""));
}

TEST_F(ExplainerTest, APlacementInTheQueryMasksThereToo) {
  photos_->api.placement = oauth1::Placement::kQuery;
  ASSERT_OK_AND_ASSIGN(const ExplainedSignature explained, Explain(Get()));
  EXPECT_EQ(explained.authorization, "");
  EXPECT_THAT(explained.url, HasSubstr("&oauth_signature=masked"));
}

TEST_F(ExplainerTest, ComparesWithWhatTheProviderPrinted) {
  ASSERT_OK_AND_ASSIGN(const ExplainedSignature ours, Explain(Get()));
  ExplainRequest request = Get();
  request.provider_base_string = ours.base_string + "\n";
  ASSERT_OK_AND_ASSIGN(const ExplainedSignature same, Explain(request));
  EXPECT_TRUE(same.identical);
  request.provider_base_string.replace(0, 13, "POST&http%3A");
  ASSERT_OK_AND_ASSIGN(const ExplainedSignature other, Explain(request));
  EXPECT_FALSE(other.identical);
  ASSERT_TRUE(other.difference.has_value());
  EXPECT_EQ(other.difference->offset, 9U);
  EXPECT_EQ(other.difference->caret.back(), '^');
}

}  // namespace
}  // namespace oauth1d::flow
