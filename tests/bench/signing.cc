// How fast requests are signed, beside liboauth (C) in the same run: from method, URL text and pairs to the encoded
// query or form and the finished Authorization header. Timestamp and nonce are given to both. Time is the processor's,
// so that what else runs on the machine counts little.
//
//   bench_signing [ROUNDS]
//
// Exit status 1: the two sign differently, or we are not half as many times as fast as was promised.
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

// liboauth's header names size_t and does not declare it.
#include <oauth.h>

#include "server/oauth1/encoding.h"
#include "server/oauth1/signer.h"

namespace oauth1d::bench {
namespace {

using oauth1::SignatureMethod;

// RFC 5849's, of its section 3.4.1: the signature base string of the GET then has 397 bytes.
constexpr char kConsumerKey[] = "9djdj82h48djs9d2";
constexpr char kConsumerSecret[] = "j49sk3j29djd";
constexpr char kToken[] = "kkk9d7dh3k39sjv7";
constexpr char kTokenSecret[] = "dh893hdasih9";
constexpr char kTimestamp[] = "1318622958";
constexpr char kNonce[] = "kYjzVBB8Y0ZFabxSWbWovY";

// How long one measurement takes at least, in seconds.
constexpr double kOneMeasurement = 0.01;

struct Shape {
  const char* name;
  const char* method;
  std::string url;
  oauth1::Parameters pairs;
  bool form;  // the pairs are the body, not the query
  double promised_ratio;
};

Shape GetOfSix() {
  return {"GET, 6 query parameters",
          "GET",
          "https://api.example.com/1.1/search.json",
          {{"q", "Ladies + Gentlemen"},
           {"lang", "en"},
           {"count", "100"},
           {"since_id", "240859602684612608"},
           {"include_entities", "true"},
           {"result_type", "recent"}},
          false,
          17};
}

Shape PostOfTwenty() {
  Shape shape = {"POST, form of 20", "POST", "https://api.example.com/1.1/update.json", {}, true, 22};
  for (int i = 0; i < 20; ++i) {
    shape.pairs.push_back({"field_" + std::to_string(i * 7 % 20), "Some value, no. " + std::to_string(i) + " of 20!"});
  }
  return shape;
}

// Ours.
class Ours {
 public:
  explicit Ours(const Shape& shape) : shape_(shape) {}

  const oauth1::SignedParts& Sign(oauth1::SigningKey& key) {
    const std::string encoded = oauth1::EncodeForm(shape_.pairs);
    absl::StatusOr<oauth1::Url> url = oauth1::Url::Parse(shape_.url);
    if (!url.ok()) std::abort();
    if (!shape_.form) url->AppendEncodedQuery(encoded);
    oauth1::SigningInput input(shape_.method, *url);
    if (shape_.form) {
      input.body_kind = oauth1::BodyKind::kForm;
      input.form = encoded;
    }
    input.consumer_key = kConsumerKey;
    input.token = kToken;
    input.timestamp = kTimestamp;
    input.nonce = kNonce;
    if (!signer_.Sign(input, key, parts_).ok()) std::abort();
    return parts_;
  }

 private:
  const Shape& shape_;
  oauth1::Signer signer_;
  oauth1::SignedParts parts_;
};

// liboauth's, as its own examples do it: the parameters in one array, which is signed, then written out twice: what
// goes on the wire as query or form, and the header.
struct LiboauthsParts {
  char* wire;
  char* header;
};
LiboauthsParts SignWithLiboauth(const Shape& shape, std::string* signature = nullptr) {
  char** arguments = nullptr;
  int count = oauth_split_url_parameters(shape.url.c_str(), &arguments);
  std::string pair;
  for (const auto& [name, value] : shape.pairs) {
    pair.assign(name).append("=").append(value);
    oauth_add_param_to_array(&count, &arguments, pair.c_str());
  }
  oauth_add_param_to_array(&count, &arguments, (std::string("oauth_nonce=") + kNonce).c_str());
  oauth_add_param_to_array(&count, &arguments, (std::string("oauth_timestamp=") + kTimestamp).c_str());
  oauth_sign_array2_process(&count, &arguments, nullptr, OA_HMAC, shape.method, kConsumerKey, kConsumerSecret, kToken,
                            kTokenSecret);
  char ampersand[] = "&";
  char comma[] = ", ";
  constexpr int kWithoutOauth = 1;
  constexpr int kOnlyOauthAndQuoted = 6;
  const int first = shape.form ? 1 : 0;  // the URL itself stands first
  const LiboauthsParts parts = {oauth_serialize_url_sep(count, first, arguments, ampersand, kWithoutOauth),
                                oauth_serialize_url_sep(count, 1, arguments, comma, kOnlyOauthAndQuoted)};
  if (signature != nullptr) {
    constexpr absl::string_view kName = "oauth_signature=";
    for (int i = 0; i < count; ++i) {
      if (absl::string_view(arguments[i]).substr(0, kName.size()) == kName) *signature = arguments[i] + kName.size();
    }
  }
  oauth_free_array(&count, &arguments);
  return parts;
}

void SignWithLiboauthAndFree(const Shape& shape) {
  const LiboauthsParts parts = SignWithLiboauth(shape);
  std::free(parts.wire);
  std::free(parts.header);
}

oauth1::SigningKey Key(SignatureMethod method, std::shared_ptr<const oauth1::RsaKey> rsa_key = nullptr) {
  absl::StatusOr<oauth1::SigningKey> key =
      oauth1::SigningKey::Create(method, Secret(kConsumerSecret), Secret(kTokenSecret), std::move(rsa_key));
  if (!key.ok()) std::abort();
  return *std::move(key);
}

std::shared_ptr<const oauth1::RsaKey> FreshRsaKey() {
  EVP_PKEY* const pkey = EVP_RSA_gen(2048);
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, pkey, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  const Secret file(absl::string_view(text, size));
  BIO_free(bio);
  EVP_PKEY_free(pkey);
  const absl::StatusOr<std::shared_ptr<const oauth1::RsaKey>> key = oauth1::RsaKey::Parse(file, Secret());
  if (!key.ok()) std::abort();
  return *key;
}

struct Contender {
  std::string name;
  std::function<void()> sign;
  std::vector<double> rates;  // one a round
};

double ProcessorSeconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// How often a second `sign` runs.
double Rate(const std::function<void()>& sign) {
  size_t done = 0;
  const double begin = ProcessorSeconds();
  double passed = 0;
  while (passed < kOneMeasurement) {
    for (int i = 0; i < 50; ++i) sign();
    done += 50;
    passed = ProcessorSeconds() - begin;
  }
  return static_cast<double>(done) / passed;
}

double Median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

// Round after round, each contender in turn: what slows the machine down for a while slows them all.
void Race(std::vector<Contender>& contenders, int rounds) {
  for (Contender& contender : contenders) Rate(contender.sign);
  for (int round = 0; round < rounds; ++round) {
    for (Contender& contender : contenders) contender.rates.push_back(Rate(contender.sign));
  }
}

bool BothSignAlike(const Shape& shape) {
  Ours ours(shape);
  oauth1::SigningKey key = Key(SignatureMethod::kHmacSha1);
  std::string theirs;
  const LiboauthsParts parts = SignWithLiboauth(shape, &theirs);
  const std::string& mine = ours.Sign(key).signature;
  std::free(parts.wire);
  std::free(parts.header);
  if (mine == theirs) return true;
  std::printf("%s: we sign %s, liboauth %s\n", shape.name, mine.c_str(), theirs.c_str());
  return false;
}

bool Measure(const Shape& shape, int rounds, const std::shared_ptr<const oauth1::RsaKey>& rsa_key) {
  if (!BothSignAlike(shape)) return false;
  Ours ours(shape);
  std::vector<oauth1::SigningKey> keys;
  constexpr SignatureMethod kMethods[] = {SignatureMethod::kHmacSha1, SignatureMethod::kHmacSha256,
                                          SignatureMethod::kHmacSha512, SignatureMethod::kPlaintext,
                                          SignatureMethod::kRsaSha1};
  std::vector<Contender> contenders;
  contenders.push_back({"liboauth, HMAC-SHA1", [&] { SignWithLiboauthAndFree(shape); }, {}});
  keys.reserve(std::size(kMethods));
  for (const SignatureMethod method : kMethods) {
    oauth1::SigningKey& key = keys.emplace_back(Key(method, rsa_key));
    std::string name(oauth1::SignatureMethodName(method));
    if (method == SignatureMethod::kRsaSha1) name += ", 2048 bits";
    contenders.push_back({std::move(name), [&ours, &key] { ours.Sign(key); }, {}});
  }
  contenders.push_back({"HMAC-SHA1, a new key each time",
                        [&ours] {
                          oauth1::SigningKey key = Key(SignatureMethod::kHmacSha1);
                          ours.Sign(key);
                        },
                        {}});
  Race(contenders, rounds);
  const double theirs = Median(contenders[0].rates);
  std::printf("\n%-34s %12s %10s %12s\n", shape.name, "a second", "ns each", "x liboauth");
  for (const Contender& contender : contenders) {
    const double rate = Median(contender.rates);
    std::printf("  %-32s %12.0f %10.0f %12.1f\n", contender.name.c_str(), rate, 1e9 / rate, rate / theirs);
  }
  const double ratio = Median(contenders[1].rates) / theirs;
  std::printf("  promised: %.0f times liboauth\n", shape.promised_ratio);
  return ratio >= shape.promised_ratio / 2;
}

int Main(int rounds) {
  const std::shared_ptr<const oauth1::RsaKey> rsa_key = FreshRsaKey();
  bool good = true;
  for (const Shape& shape : {GetOfSix(), PostOfTwenty()}) good = Measure(shape, rounds, rsa_key) && good;
  return good ? 0 : 1;
}

}  // namespace
}  // namespace oauth1d::bench

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 51;
  return oauth1d::bench::Main(std::max(rounds, 1));
}
