#include "oauth1d/hidden_text.h"

#include <cstdint>
#include <map>
#include <memory>
#include <utility>

#include "absl/base/const_init.h"
#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace oauth1d {
namespace {

// The texts of all notes that live, by note.
class Register {
 public:
  std::string Add(std::string text) {
    const absl::MutexLock lock(&mutex_);
    std::string note = absl::StrCat("(hidden ", ++last_, ")");
    texts_[note] = std::move(text);
    return note;
  }
  void Remove(const std::string& note) {
    const absl::MutexLock lock(&mutex_);
    texts_.erase(note);
  }
  std::optional<std::string> Find(const std::string& note) {
    const absl::MutexLock lock(&mutex_);
    const auto found = texts_.find(note);
    if (found == texts_.end()) return std::nullopt;
    return found->second;
  }

 private:
  absl::Mutex mutex_;
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::string> texts_ ABSL_GUARDED_BY(mutex_);
};

// Never destroyed: a status may outlive main.
Register& Texts() {
  static Register& texts = *new Register;
  return texts;
}

}  // namespace

absl::Cord Hide(std::string text) {
  // On the heap: the view must stay where it is while the releaser is moved.
  auto note = std::make_unique<std::string>(Texts().Add(std::move(text)));
  const absl::string_view shown = *note;
  return absl::MakeCordFromExternal(shown, [note = std::move(note)] { Texts().Remove(*note); });
}

std::optional<std::string> Revealed(const absl::Cord& note) { return Texts().Find(std::string(note)); }

}  // namespace oauth1d
