// Once its buffers have grown, signing asks for no memory. In a program of its own: it counts every operator new.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "absl/strings/str_cat.h"
#include "server/oauth1/signer.h"
#include "tests/support/status_matchers.h"

namespace {
size_t allocations = 0;
}  // namespace

void* operator new(size_t size) {
  ++allocations;
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t /*size*/) noexcept { std::free(memory); }

namespace oauth1d::oauth1 {
namespace {

TEST(SignerAllocationTest, AWarmSignerAllocatesNothing) {
  const Url url = *Url::Parse("https://api.example.com/1.1/search.json?q=a%20b&count=100&lang=en&a[b]=%2F");
  std::string form;
  for (int i = 0; i < 20; ++i) absl::StrAppend(&form, i > 0 ? "&" : "", "field", i * 7 % 20, "=value+", i);
  const Parameters more = {{"x_auth_mode", "client_auth"}};
  for (const SignatureMethod method : {SignatureMethod::kHmacSha1, SignatureMethod::kHmacSha256,
                                       SignatureMethod::kHmacSha512, SignatureMethod::kPlaintext}) {
    ASSERT_OK_AND_ASSIGN(SigningKey key, SigningKey::Create(method, Secret("cs"), Secret("ts"), nullptr));
    Signer signer;
    SignedParts parts;
    for (const Placement placement : {Placement::kHeader, Placement::kBody, Placement::kQuery}) {
      SigningInput input("POST", url);
      input.body_kind = BodyKind::kForm;
      input.form = form;
      input.placement = placement;
      input.consumer_key = "9djdj82h48djs9d2";
      input.token = "kkk9d7dh3k39sjv7";
      input.timestamp = "137131201";
      input.nonce = "7d8f3e4a7d8f3e4a7d8f3e4a";
      input.more = &more;
      ASSERT_THAT(signer.Sign(input, key, parts), IsOk());
      const size_t before = allocations;
      for (int i = 0; i < 100; ++i) ASSERT_TRUE(signer.Sign(input, key, parts).ok());
      EXPECT_EQ(allocations - before, 0U) << SignatureMethodName(method) << " " << PlacementName(placement);
    }
  }
}

TEST(SignerAllocationTest, TheCountCounts) {
  const size_t before = allocations;
  const std::string text(1000, 'x');
  EXPECT_EQ(allocations - before, 1U);
}

}  // namespace
}  // namespace oauth1d::oauth1
