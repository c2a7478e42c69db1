#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/oauth1/signer.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::oauth1 {
namespace {

using ::testing::HasSubstr;

TEST(PlacementForTest, OnlyTheBodyIsNotAlwaysThere) {
  for (const BodyKind kind : {BodyKind::kEmpty, BodyKind::kForm, BodyKind::kOther}) {
    for (const char* method : {"GET", "POST", "put", "PATCH", "DELETE", "HEAD", ""}) {
      EXPECT_EQ(PlacementFor(Placement::kHeader, kind, method), Placement::kHeader);
      EXPECT_EQ(PlacementFor(Placement::kQuery, kind, method), Placement::kQuery);
      const bool takes_body = absl::string_view(method).find_first_of("Pp") == 0;
      const bool in_body = kind == BodyKind::kForm || (kind == BodyKind::kEmpty && takes_body);
      EXPECT_EQ(PlacementFor(Placement::kBody, kind, method), in_body ? Placement::kBody : Placement::kQuery) << method;
    }
  }
}

TEST(PlacementTest, IsSpelledAsInTheConfiguration) {
  for (const Placement placement : {Placement::kHeader, Placement::kBody, Placement::kQuery}) {
    EXPECT_THAT(ParsePlacement(PlacementName(placement)), IsOkAnd(placement));
  }
  EXPECT_THAT(ParsePlacement("header"), IsOkAnd(Placement::kHeader));
  for (const char* name : {"", "Header", "cookie"}) {
    const absl::Status status = ParsePlacement(name).status();
    EXPECT_THAT(status, HasCode(absl::StatusCode::kInvalidArgument)) << name;
    EXPECT_THAT(std::string(status.message()), HasSubstr("header, body, query"));
  }
}

}  // namespace
}  // namespace oauth1d::oauth1
