#include "server/config/file_watch.h"

namespace oauth1d::config {

FileState StateOf(const struct stat& facts) {
  FileState state;
  state.there = true;
  state.device = facts.st_dev;
  state.inode = facts.st_ino;
  state.size = facts.st_size;
  state.modified = int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec;
  state.mode = facts.st_mode;
  state.owner = facts.st_uid;
  return state;
}

FileState StateOf(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? StateOf(facts) : FileState();
}

bool FileWatch::Changed() {
  std::vector<SeenFile> now = last_;
  for (SeenFile& file : now) file.state = StateOf(file.path);
  const bool steady = now == last_;
  last_ = std::move(now);
  if (!steady || last_ == known_) return false;
  known_ = last_;
  return true;
}

}  // namespace oauth1d::config
