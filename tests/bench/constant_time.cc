// Does the time of a comparison of secrets tell where they differ? Welch's t over a million comparisons of two kinds,
// mixed at random, as dudect does it (Reparaz, Balasch, Verbauwhede: "Dude, is my code constant time?", 2017).
// |t| < 4.5: nothing to see. A busy machine makes noise: this fails only beyond ten times that.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "server/base/secret.h"

namespace oauth1d {
namespace {

constexpr size_t kSamples = 1'000'000;
constexpr size_t kSize = 32;
constexpr int kCallsASample = 16;  // one is shorter than a tick of the clock
constexpr double kNothingToSee = 4.5;

using Compare = bool (*)(absl::string_view a, absl::string_view b);
volatile bool equal;

bool LeavesEarly(absl::string_view a, absl::string_view b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (static_cast<volatile const char&>(a[i]) != b[i]) return false;
  }
  return true;
}

int64_t Now() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

// What one kind of comparison took, as it comes in: Welford's mean and variance.
struct Series {
  void Add(double value) {
    ++count;
    const double off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
  }
  double VarianceOfMean() const { return squares / (count - 1) / count; }

  double count = 0;
  double mean = 0;
  double squares = 0;
};

// The secret against itself and against `guess`. All is laid out beforehand: while time is taken, nothing but the bytes
// themselves depends on the kind.
double Welch(Compare compare, const std::string& secret, const std::string& guess) {
  std::mt19937_64 random(26);
  std::vector<bool> differs(kSamples);
  std::string given;
  given.reserve(kSamples * kSize);
  for (size_t i = 0; i < kSamples; ++i) {
    differs[i] = (random() & 1) != 0;
    given += differs[i] ? guess : secret;
  }
  std::vector<double> taken(kSamples);
  for (size_t i = 0; i < kSamples; ++i) {
    const absl::string_view theirs(given.data() + i * kSize, kSize);
    equal = theirs[0] == 0;  // it is in the cache
    const int64_t begin = Now();
    for (int call = 0; call < kCallsASample; ++call) equal = compare(secret, theirs);
    taken[i] = static_cast<double>(Now() - begin);
  }
  // The slowest tenth is what interrupts and other processes took.
  std::vector<double> times = taken;
  const auto cut = times.begin() + static_cast<std::ptrdiff_t>(times.size() * 9 / 10);
  std::nth_element(times.begin(), cut, times.end());
  std::array<Series, 2> series;
  for (size_t i = 0; i < kSamples; ++i) {
    if (taken[i] <= *cut) series[differs[i] ? 1 : 0].Add(taken[i]);
  }
  return (series[0].mean - series[1].mean) / std::sqrt(series[0].VarianceOfMean() + series[1].VarianceOfMean());
}

int Measure() {
  const std::string secret(kSize, 's');
  bool passes = true;
  for (const size_t at : {size_t{0}, kSize / 2, kSize - 1}) {
    std::string guess = secret;
    guess[at] = 'x';
    const double t = Welch(&EqualInConstantTime, secret, guess);
    std::printf("another byte at %2zu: t = %8.2f%s\n", at, t, std::fabs(t) < kNothingToSee ? "" : " (above 4.5)");
    passes = passes && std::fabs(t) < 10 * kNothingToSee;
  }
  const double leak = Welch(&LeavesEarly, secret, "x" + secret.substr(1));
  std::printf("a comparison that leaves early: t = %8.2f\n", leak);
  if (std::fabs(leak) < 10 * kNothingToSee) std::printf("the measurement shows nothing: is the machine too busy?\n");
  return passes ? 0 : 1;
}

}  // namespace
}  // namespace oauth1d

int main() { return oauth1d::Measure(); }
