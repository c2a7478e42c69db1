// The port's certificate changes while calls go on.
#include "server/rpc/server_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tests/rpc/server_credentials_fixture.h"
#include "tests/support/status_matchers.h"

namespace oauth1d::rpc {
namespace {

TEST_F(ServerCredentialsTest, NewConnectionsGetTheNewCertificateAndOpenOnesGoOn) {
  const Holder first = ServerCertificate();
  const Holder second = ServerCertificate();
  ASSERT_TRUE(Serve(TextsOf(first, "")));
  const HandOver accepted(*acceptor_);
  for (const int port : {port_, second_port_, accepted.port()}) {
    const std::shared_ptr<grpc::Channel> open = Open(port);
    EXPECT_EQ(Call(open).server_certificate, first.pem());
    ASSERT_THAT(credentials_->Replace(TextsOf(second, "")), IsOk());
    EXPECT_EQ(Call(Open(port)).server_certificate, second.pem());
    const Answer again = Call(open);
    EXPECT_TRUE(again.ok()) << again.status.error_message();
    EXPECT_EQ(again.server_certificate, first.pem());
    ASSERT_THAT(credentials_->Replace(TextsOf(first, "")), IsOk());
  }
}

TEST_F(ServerCredentialsTest, AllPortsHearOfOneChange) {
  const Holder first = ServerCertificate();
  const Holder second = ServerCertificate();
  ASSERT_TRUE(Serve(TextsOf(first, "")));
  const HandOver accepted(*acceptor_);
  ASSERT_THAT(credentials_->Replace(TextsOf(second, "")), IsOk());
  for (const int port : {port_, second_port_, accepted.port(), port_}) {
    EXPECT_EQ(Call(Open(port)).server_certificate, second.pem());
  }
}

TEST_F(ServerCredentialsTest, TextsThatAreNoCertificatesLeaveTheOldOnes) {
  const Holder first = ServerCertificate();
  const Holder second = ServerCertificate();
  ASSERT_TRUE(Serve(TextsOf(first, caller_ca_.pem(), true)));
  const Holder caller = CallerCertificate(caller_ca_);
  TlsTexts of_two = TextsOf(first, caller_ca_.pem(), true);
  of_two.private_key_pem = Secret(second.key_pem());
  TlsTexts garbage = TextsOf(first, caller_ca_.pem(), true);
  garbage.certificate_pem = "garbage";
  for (const TlsTexts& unusable : {of_two, garbage, TextsOf(second, "garbage", true)}) {
    ASSERT_THAT(credentials_->Replace(unusable), IsOk());
    const Answer answer = Call(Open(port_, &caller));
    EXPECT_TRUE(answer.ok()) << answer.status.error_message();
    EXPECT_EQ(answer.server_certificate, first.pem());
  }
  ASSERT_THAT(credentials_->Replace(TextsOf(second, caller_ca_.pem(), true)), IsOk());
  EXPECT_EQ(Call(Open(port_, &caller)).server_certificate, second.pem());
}

TEST_F(ServerCredentialsTest, AServerDoesNotStartWithTextsThatAreNoCertificates) {
  TlsTexts garbage = TextsOf(ServerCertificate(), "");
  garbage.certificate_pem = "garbage";
  EXPECT_FALSE(Serve(std::move(garbage)));
}

TEST_F(ServerCredentialsTest, ACallerMustShowACertificateOfTheRightAuthority) {
  const Holder server = ServerCertificate();
  ASSERT_TRUE(Serve(TextsOf(server, caller_ca_.pem(), true)));
  const HandOver accepted(*acceptor_);
  const Holder known = CallerCertificate(caller_ca_);
  const Holder stranger = CallerCertificate(Holder::Root());
  for (const int port : {port_, accepted.port()}) {
    EXPECT_TRUE(Call(Open(port, &known)).ok());
    EXPECT_EQ(Call(Open(port)).status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(Call(Open(port, &stranger)).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  }
}

TEST_F(ServerCredentialsTest, TheAuthoritiesOfCallersChangeToo) {
  const Holder server = ServerCertificate();
  const Holder next_ca = Holder::Root();
  const Holder old_caller = CallerCertificate(caller_ca_);
  const Holder next_caller = CallerCertificate(next_ca);
  ASSERT_TRUE(Serve(TextsOf(server, caller_ca_.pem(), true)));
  const std::shared_ptr<grpc::Channel> open = Open(port_, &old_caller);
  EXPECT_TRUE(Call(open).ok());
  EXPECT_FALSE(Call(Open(port_, &next_caller)).ok());
  ASSERT_THAT(credentials_->Replace(TextsOf(server, caller_ca_.pem() + next_ca.pem(), true)), IsOk());
  EXPECT_TRUE(Call(Open(port_, &old_caller)).ok());
  EXPECT_TRUE(Call(Open(port_, &next_caller)).ok());
  ASSERT_THAT(credentials_->Replace(TextsOf(server, next_ca.pem(), true)), IsOk());
  EXPECT_FALSE(Call(Open(port_, &old_caller)).ok());
  EXPECT_TRUE(Call(open).ok());
}

TEST_F(ServerCredentialsTest, WhetherCertificatesAreAskedForIsSettled) {
  const Holder server = ServerCertificate();
  ASSERT_TRUE(Serve(TextsOf(server, caller_ca_.pem(), true)));
  EXPECT_THAT(credentials_->Replace(TextsOf(server, "")), HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(credentials_->Replace(TextsOf(server, caller_ca_.pem(), false)),
              HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(Call(Open(port_)).status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServerCredentialsTest, ThePeerIsWhatTheConnectionShows) {
  ASSERT_TRUE(Serve(TextsOf(ServerCertificate(), caller_ca_.pem())));
  EXPECT_TRUE(Call(Open(port_)).ok());
  EXPECT_TRUE(echo_.last_peer.tls);
  EXPECT_EQ(echo_.last_peer.certificate_chain_pem, "");
  EXPECT_EQ(echo_.last_peer.authorization, "");

  const Holder direct = CallerCertificate(caller_ca_);
  EXPECT_TRUE(Call(Open(port_, &direct), {{"authorization", "Bearer k"}}).ok());
  EXPECT_TRUE(echo_.last_peer.tls);
  EXPECT_EQ(echo_.last_peer.certificate_chain_pem, direct.pem());
  EXPECT_EQ(echo_.last_peer.authorization, "Bearer k");

  const Holder indirect = CallerCertificate(caller_ca_.IssueAuthority());
  EXPECT_TRUE(Call(Open(port_, &indirect), {{"authorization", "Bearer k"}, {"authorization", "Bearer k"}}).ok());
  EXPECT_EQ(echo_.last_peer.certificate_chain_pem, indirect.chain_pem());
  EXPECT_NE(echo_.last_peer.certificate_chain_pem, indirect.pem());
  EXPECT_EQ(echo_.last_peer.authorization, "Bearer k, Bearer k");
}

TEST_F(ServerCredentialsTest, WithoutTlsThePeerShowsNoCertificate) {
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&echo_);
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
  server_ = builder.BuildAndStart();
  const auto channel = grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_), grpc::InsecureChannelCredentials());
  EXPECT_TRUE(Call(channel, {{"authorization", "Bearer k"}}).ok());
  EXPECT_FALSE(echo_.last_peer.tls);
  EXPECT_EQ(echo_.last_peer.certificate_chain_pem, "");
  EXPECT_EQ(echo_.last_peer.authorization, "Bearer k");
}

}  // namespace
}  // namespace oauth1d::rpc
