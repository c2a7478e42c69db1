// That the time of a comparison tells nothing about the key, as Reparaz, Balasch and Verbauwhede measure it ("Dude, is
// my code constant time?", 2017): two kinds of wrong keys in random order, and Welch's t-test over how long each took.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "server/callers/api_keys.h"
#include "server/callers/sha256.h"

namespace oauth1d::callers {
namespace {

constexpr int kSamples = 1'000'000;
constexpr double kSuspicious = 4.5;

using Compare = std::function<bool(const Sha256Digest& shown, const std::vector<Sha256Digest>& keys)>;

struct Moments {
  double count = 0;
  double mean = 0;
  double squares = 0;  // of the distances from the mean

  void Add(double value) {
    ++count;
    const double distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }
  double MeanVariance() const { return squares / (count - 1) / count; }
};

// Welch's t between keys that are wrong in their first byte and in their last one.
double WelchsT(const Compare& compare) {
  const std::vector<Sha256Digest> keys = {Sha256("one"), Sha256("two")};
  std::array<Sha256Digest, 2> wrong = {keys[0], keys[0]};
  wrong[0].front() ^= 1;
  wrong[1].back() ^= 1;
  std::mt19937 random(20261123);
  std::vector<std::pair<int, double>> samples;
  samples.reserve(kSamples);
  bool found = false;
  for (int i = 0; i < kSamples; ++i) {
    const int kind = static_cast<int>(random() & 1);
    const Sha256Digest shown = wrong[kind];
    const auto begin = std::chrono::steady_clock::now();
    found |= compare(shown, keys);
    const auto end = std::chrono::steady_clock::now();
    samples.emplace_back(kind, std::chrono::duration<double, std::nano>(end - begin).count());
  }
  EXPECT_FALSE(found);
  // The slowest tenth is the machine's other work.
  std::vector<double> times;
  for (const auto& [kind, time] : samples) times.push_back(time);
  std::nth_element(times.begin(), times.begin() + kSamples * 9 / 10, times.end());
  const double slow = times[kSamples * 9 / 10];
  std::array<Moments, 2> moments;
  for (const auto& [kind, time] : samples) {
    if (time <= slow) moments[kind].Add(time);
  }
  return (moments[0].mean - moments[1].mean) / std::sqrt(moments[0].MeanVariance() + moments[1].MeanVariance());
}

TEST(ConstantTimeTest, HowLongAKeyIsComparedTellsNothing) { EXPECT_LT(std::abs(WelchsT(IsAmong)), kSuspicious); }

TEST(ConstantTimeTest, TheTestItselfFindsAComparisonThatEndsEarly) {
  EXPECT_GT(std::abs(WelchsT([](const Sha256Digest& shown, const std::vector<Sha256Digest>& keys) {
              for (const Sha256Digest& key : keys) {
                size_t i = 0;
                while (i < key.size() && key[i] == shown[i]) ++i;
                if (i == key.size()) return true;
              }
              return false;
            })),
            kSuspicious);
}

}  // namespace
}  // namespace oauth1d::callers
