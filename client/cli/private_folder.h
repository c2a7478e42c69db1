// A folder of files that nobody but its owner reads.
#ifndef OAUTH1D_CLIENT_CLI_PRIVATE_FOLDER_H_
#define OAUTH1D_CLIENT_CLI_PRIVATE_FOLDER_H_

#include <optional>
#include <string>
#include <vector>

namespace oauth1d::cli {

// Ours, mode 0700, no symlink; its files ours, mode 0600, plain files. Whatever is not so is refused and left alone.
// All functions throw std::runtime_error that says what to do.
class PrivateFolder {
 public:
  // Opens it; creates it, and what leads to it, with mode 0700. `path` is absolute.
  static PrivateFolder OpenOrCreate(const std::string& path);
  // Nothing where there is no such folder.
  static std::optional<PrivateFolder> Open(const std::string& path);
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  PrivateFolder(const PrivateFolder&) = delete;
  ~PrivateFolder();

  // Names of the files that end so, sorted.
  std::vector<std::string> List(const std::string& suffix) const;
  // Nothing where there is no such file.
  std::optional<std::string> Read(const std::string& name) const;
  // Whole or not at all, also when the power goes.
  void Write(const std::string& name, const std::string& text) const;
  // False: there was none.
  bool Remove(const std::string& name) const;

  const std::string& path() const { return path_; }

 private:
  PrivateFolder(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_PRIVATE_FOLDER_H_
