#include "server/doctor/path_trial.h"

#include <openssl/x509_vfy.h>

#include <boost/asio/ip/address.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/deadline.h"
#include "server/base/failure.h"
#include "server/doctor/certificate_facts.h"
#include "server/egress/address_policy.h"
#include "server/egress/connector.h"
#include "server/egress/http_limits.h"
#include "server/egress/proxy_tunnel.h"
#include "server/egress/resolver.h"
#include "server/egress/tls_context.h"
#include "server/egress/tls_stream.h"

namespace oauth1d::doctor {
namespace {

using Addresses = std::vector<boost::asio::ip::address>;

constexpr char kName[] = "name";
constexpr char kAddresses[] = "addresses";
constexpr char kConnection[] = "connection";
constexpr char kTls[] = "tls";
constexpr absl::Duration kPatience = absl::Seconds(20);
constexpr int64_t kFewDays = 14;

std::string Text(const Addresses& addresses) {
  return absl::StrJoin(addresses, ", ", [](std::string* out, const boost::asio::ip::address& address) {
    out->append(address.to_string());
  });
}

void TellDenial(const absl::Status& denied, const Addresses& addresses, const NetworkRules& rules, Findings* findings) {
  std::string advice = "if it is meant to be there, the provider's configuration allows it:";
  for (const boost::asio::ip::address& address : addresses) {
    if (egress::CheckAddress(address, rules).ok()) continue;
    const char* const whole = address.is_v6() ? "/128" : "/32";
    absl::StrAppend(&advice, " egress: {allow_cidrs: [", address.to_string(), whole, "]}");
    break;
  }
  absl::StrAppend(&advice, "; if not, the name leads inside: ask who answers for it");
  findings->Fail(kAddresses, Fault::kOurs, denied.message(), advice);
}

// Whom a handshake's failure concerns, and what to do.
void TellDistrust(const SSL* ssl, const ShownCertificate& shown, const absl::Status& why, bool own_roots,
                  Findings* findings) {
  std::string text(why.message());
  if (shown.came()) {
    const CertificateFacts facts = shown.Facts();
    absl::StrAppend(&text, "; its certificate is for ", facts.names, ", issued by ", facts.issuer);
  }
  const long result = SSL_get_verify_result(ssl);  // NOLINT(google-runtime-int): OpenSSL's
  switch (result) {
    case X509_V_OK:
      return findings->Fail(kTls, Fault::kTheirs, text,
                            shown.came()
                                ? "the provider ended the handshake; see its status page"
                                : "is the scheme of the URL right? what answers there does not speak TLS as we "
                                  "do (1.2 or later)");
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return findings->Fail(kTls, Fault::kTheirs, text, "the provider must renew its certificate; tell them");
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return findings->Fail(kTls, Fault::kTheirs, text,
                            "the certificate is not for the host of the URL: is the URL right? else tell the provider");
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return findings->Fail(kTls, Fault::kOurs, text, "is the clock of this host right?");
    default:
      break;
  }
  findings->Fail(kTls, Fault::kOurs, text,
                 own_roots ? "egress.ca_file does not hold the authority that signed it; put the right one there"
                           : "the system's roots do not hold the authority that signed it: for a private one set "
                             "egress.ca_file, else update the package ca-certificates; if both are right, somebody may "
                             "be between us and the provider");
}

Task<> TryTls(Environment* environment, Origin origin, std::shared_ptr<const NetworkRules> rules,
              std::unique_ptr<egress::Socket> socket, egress::TimeLimit limit, Findings* findings) {
  const absl::StatusOr<std::unique_ptr<egress::TlsContext>> context = egress::TlsContext::Create(rules->ca_pem);
  if (!context.ok()) {
    findings->Fail(kTls, Fault::kOurs, context.status().message(), "mend egress.ca_file");
    co_return absl::OkStatus();
  }
  CO_ASSIGN_OR_RETURN(egress::SslPointer ssl,
                      (*context)->NewConnection(origin.host, std::make_shared<egress::TlsSessions>()));
  SSL* const watched = ssl.get();
  ShownCertificate shown(watched);
  egress::TlsStream stream(std::move(ssl), std::move(socket));
  const absl::Status shaken = co_await stream.Handshake(limit);
  if (!shaken.ok()) {
    TellDistrust(watched, shown, shaken, !rules->ca_pem.empty(), findings);
    co_return absl::OkStatus();
  }
  const CertificateFacts facts = shown.Facts();
  const int64_t days = absl::ToInt64Hours(facts.ends - environment->Now()) / 24;
  const std::string text = absl::StrCat(SSL_get_version(watched), "; certificate for ", facts.names, "; issued by ",
                                        facts.issuer, "; ", days, " days left");
  if (days < kFewDays) {
    findings->Look(kTls, text, "logins end with the certificate: tell the provider");
  } else {
    findings->Ok(kTls, text);
  }
  co_return absl::OkStatus();
}

}  // namespace

const std::vector<std::string>& PathSteps() {
  static const auto* const steps = new std::vector<std::string>{kName, kAddresses, kConnection, kTls};
  return *steps;
}

Task<> TryPath(boost::asio::io_context* loop, Environment* environment, Origin origin,
               std::shared_ptr<const NetworkRules> rules, Findings* findings) {
  const egress::TimeLimit limit(Deadline::After(*environment, kPatience), egress::Expiry::kDeadline);
  const egress::HttpLimits limits;
  const bool proxied = rules->proxy.has_value();
  const std::string host = proxied ? rules->proxy->host : origin.host;
  const uint16_t port = proxied ? rules->proxy->port : origin.port;
  const std::string who = proxied ? absl::StrCat("the proxy ", host) : host;

  // With a proxy the provider's own name is looked up there; what can be said of it before is said here.
  const absl::Status named = egress::CheckHost(origin.host, *rules);
  egress::Resolver resolver(*loop, *environment, egress::ResolverOptions());
  const absl::StatusOr<Addresses> addresses = co_await resolver.Resolve(host, limit);
  if (!addresses.ok()) {
    findings->Fail(kName, Fault::kOurs, addresses.status().message(),
                   "if the name servers answer for other names (getent hosts), the name is gone or mistyped: compare "
                   "the URL with the provider's documentation, then see its status page");
    co_return absl::OkStatus();
  }
  findings->Ok(kName, absl::StrCat(who, " is ", Text(*addresses)));

  absl::Status allowed = named.ok() ? egress::CheckAddresses(*addresses, *rules) : named;
  if (!origin.tls && !rules->allow_plain_http) {
    findings->Fail(kAddresses, Fault::kOurs, "the URL is plain http, and egress.allow_plain_http is not set",
                   "use the provider's https URL");
    co_return absl::OkStatus();
  }
  if (!allowed.ok()) {
    TellDenial(allowed, *addresses, *rules, findings);
    co_return absl::OkStatus();
  }
  findings->Ok(kAddresses, "the policy allows each of them");

  const egress::TimeLimit connecting = limit.OrAfter(*environment, limits.connect, egress::Expiry::kConnect);
  const auto open_sockets = std::make_shared<egress::OpenSockets>();
  auto connected = co_await egress::Connect(*loop, *environment, open_sockets, *addresses, port, connecting);
  if (!connected.ok()) {
    findings->Fail(kConnection, proxied ? Fault::kOurs : Fault::kTheirs,
                   absl::StrCat(who, " port ", port, ": ", connected.status().message()),
                   proxied ? "the proxy is down, or a firewall stands between us"
                           : "nobody answers there: see the provider's status page; if it is up for others, a firewall "
                             "of ours drops the way out");
    co_return absl::OkStatus();
  }
  std::unique_ptr<egress::Socket> socket = *std::move(connected);
  const std::string peer = socket->peer().to_string();
  if (proxied) {
    const egress::TimeLimit tunnelling = limit.OrAfter(*environment, limits.tunnel, egress::Expiry::kTunnel);
    const absl::Status tunnel = co_await egress::OpenTunnel(socket.get(), &*rules->proxy, origin, tunnelling);
    if (!tunnel.ok()) {
      findings->Fail(kConnection, Fault::kOurs, tunnel.message(), "ask whoever runs the proxy");
      co_return absl::OkStatus();
    }
  }
  findings->Ok(kConnection, absl::StrCat(peer, " port ", port, proxied ? ", and through it to the provider" : ""));

  if (!origin.tls) {
    findings->Look(kTls, "none: the URL is plain http",
                   "everybody on the way can read and change what is sent; for tests alone");
    co_return absl::OkStatus();
  }
  const egress::TimeLimit shaking = limit.OrAfter(*environment, limits.handshake, egress::Expiry::kHandshake);
  co_return co_await TryTls(environment, origin, rules, std::move(socket), shaking, findings);
}

}  // namespace oauth1d::doctor
