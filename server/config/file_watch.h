// Whether files have changed since they were read.
#ifndef OAUTH1D_SERVER_CONFIG_FILE_WATCH_H_
#define OAUTH1D_SERVER_CONFIG_FILE_WATCH_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace oauth1d::config {

// What tells one state of a file from another, symbolic links followed: so a file that is written in place, one that is
// renamed over it, and the swap of Kubernetes' ..data all show.
struct FileState {
  bool there = false;  // all else is zero then
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  int64_t modified = 0;  // nanoseconds since 1970
  mode_t mode = 0;
  uid_t owner = 0;

  friend bool operator==(const FileState&, const FileState&) = default;
};

FileState StateOf(const struct stat& facts);
// As it is now; not there, also where it cannot be told.
FileState StateOf(const std::string& path);

// A file as it was before it was read, or tried.
struct SeenFile {
  std::string path;  // absolute
  FileState state;

  friend bool operator==(const SeenFile&, const SeenFile&) = default;
};

// Asked now and then; has no thread. Not thread-safe.
class FileWatch {
 public:
  // `files` as they were read (Loaded::files).
  explicit FileWatch(std::vector<SeenFile> files) : known_(files), last_(std::move(files)) {}

  // Looks once at every file. True once for each change: when they differ from what is known, and did not change since
  // the look before, so that what is still being written is not read yet.
  bool Changed();

 private:
  std::vector<SeenFile> known_;
  std::vector<SeenFile> last_;
};

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_FILE_WATCH_H_
