// A folder of its own for a test's key files.
#ifndef OAUTH1D_TESTS_CLIENT_KEY_FOLDER_H_
#define OAUTH1D_TESTS_CLIENT_KEY_FOLDER_H_

#include <string>

#include "absl/strings/string_view.h"

namespace oauth1d::cli {

// Gone with the object.
class KeyFolder {
 public:
  KeyFolder();
  ~KeyFolder();
  KeyFolder(const KeyFolder&) = delete;
  KeyFolder& operator=(const KeyFolder&) = delete;

  // Writes a file; gives its path.
  std::string Write(const std::string& name, absl::string_view bytes) const;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_TESTS_CLIENT_KEY_FOLDER_H_
