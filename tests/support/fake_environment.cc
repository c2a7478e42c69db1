#include "tests/support/fake_environment.h"

#include <openssl/sha.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace oauth1d {

class FakeAlarm : public Alarm {
 public:
  FakeAlarm(FakeEnvironment& environment, boost::asio::any_io_executor loop)
      : environment_(environment), loop_(std::move(loop)) {
    environment_.alarms_.push_back(this);
  }
  ~FakeAlarm() override {
    Cancel();
    std::erase(environment_.alarms_, this);
  }

  void Set(absl::Duration after, std::function<void()> ring) override {
    Cancel();
    due_ = environment_.uptime_ + after;
    ring_ = std::make_shared<std::function<void()>>(std::move(ring));
  }

  void Cancel() override {
    due_.reset();
    if (ring_ != nullptr) *ring_ = nullptr;
    ring_.reset();
  }

  void RingIfDue() {
    if (!due_.has_value() || *due_ > environment_.uptime_) return;
    due_.reset();
    // Cancelled between the post and the loop's turn: the function is empty then.
    boost::asio::post(loop_, [ring = ring_] {
      if (*ring) std::exchange(*ring, nullptr)();
    });
  }

  std::optional<absl::Duration> due() const { return due_; }

 private:
  FakeEnvironment& environment_;
  boost::asio::any_io_executor loop_;
  std::optional<absl::Duration> due_;
  std::shared_ptr<std::function<void()>> ring_;
};

FakeEnvironment::FakeEnvironment() = default;
FakeEnvironment::~FakeEnvironment() = default;

absl::StatusOr<std::string> FakeEnvironment::RandomBytes(size_t size) {
  if (!randomness_works_) return absl::InternalError("the random generator failed");
  std::string bytes;
  while (bytes.size() < size) {
    const std::string seed = absl::StrCat("draw ", draws_++);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(seed.data()), seed.size(), digest);
    bytes.append(reinterpret_cast<const char*>(digest), sizeof(digest));
  }
  bytes.resize(size);
  return bytes;
}

std::unique_ptr<Alarm> FakeEnvironment::NewAlarm(boost::asio::any_io_executor loop) {
  return std::make_unique<FakeAlarm>(*this, std::move(loop));
}

void FakeEnvironment::Advance(absl::Duration time) {
  now_ += time;
  uptime_ += time;
  for (FakeAlarm* alarm : alarms_) alarm->RingIfDue();
}

std::vector<absl::Duration> FakeEnvironment::ArmedAlarms() const {
  std::vector<absl::Duration> armed;
  for (const FakeAlarm* alarm : alarms_) {
    if (alarm->due().has_value()) armed.push_back(*alarm->due() - uptime_);
  }
  std::sort(armed.begin(), armed.end());
  return armed;
}

}  // namespace oauth1d
