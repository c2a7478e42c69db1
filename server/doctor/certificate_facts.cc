#include "server/doctor/certificate_facts.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "server/base/failure.h"

namespace oauth1d::doctor {
namespace {

constexpr size_t kMostNames = 4;

// Where an SSL keeps its ShownCertificate.
int PlaceInSsl() {
  static const int place = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return place;
}

std::string AddressText(absl::string_view bytes) {
  if (bytes.size() == 4) {
    boost::asio::ip::address_v4::bytes_type raw;
    std::copy(bytes.begin(), bytes.end(), raw.begin());
    return boost::asio::ip::make_address_v4(raw).to_string();
  }
  if (bytes.size() != 16) return "?";
  boost::asio::ip::address_v6::bytes_type raw;
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return boost::asio::ip::make_address_v6(raw).to_string();
}

absl::string_view BytesOf(const ASN1_STRING* text) {
  return absl::string_view(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                           static_cast<size_t>(ASN1_STRING_length(text)));
}

std::string NamesOf(const X509* certificate) {
  struct Free {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  };
  const std::unique_ptr<GENERAL_NAMES, Free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> texts;
  const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names.get());
  for (int i = 0; i < count && texts.size() < kMostNames; ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) texts.push_back(EscapeForPeople(BytesOf(name->d.dNSName), 64));
    if (name->type == GEN_IPADD) texts.push_back(AddressText(BytesOf(name->d.iPAddress)));
  }
  if (texts.empty()) return "no name";
  return absl::StrJoin(texts, ", ") + (count > static_cast<int>(texts.size()) ? ", ..." : "");
}

std::string IssuerOf(const X509* certificate) {
  X509_NAME* const issuer = X509_get_issuer_name(certificate);
  const int at = X509_NAME_get_index_by_NID(issuer, NID_commonName, -1);
  if (at >= 0) return EscapeForPeople(BytesOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(issuer, at))), 64);
  char whole[256] = "";
  X509_NAME_oneline(issuer, whole, sizeof whole);
  return EscapeForPeople(whole, 128);
}

}  // namespace

ShownCertificate::ShownCertificate(SSL* ssl) {
  SSL_set_ex_data(ssl, PlaceInSsl(), this);
  SSL_set_verify(ssl, SSL_get_verify_mode(ssl), &Keep);
}

int ShownCertificate::Keep(int trusted, X509_STORE_CTX* context) {
  const int place = SSL_get_ex_data_X509_STORE_CTX_idx();
  const auto* const ssl = static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(context, place));
  auto* const shown = static_cast<ShownCertificate*>(SSL_get_ex_data(ssl, PlaceInSsl()));
  X509* const leaf = X509_STORE_CTX_get0_cert(context);
  if (!shown->came() && leaf != nullptr) {
    X509_up_ref(leaf);
    shown->leaf_.reset(leaf);
  }
  return trusted;
}

CertificateFacts ShownCertificate::Facts() const {
  CertificateFacts facts;
  facts.names = NamesOf(leaf_.get());
  facts.issuer = IssuerOf(leaf_.get());
  tm ends{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(leaf_.get()), &ends) == 1)
    facts.ends = absl::FromTM(ends, absl::UTCTimeZone());
  return facts;
}

}  // namespace oauth1d::doctor
