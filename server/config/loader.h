// Reads a configuration whole: either everything about it is in order, or every mistake is told.
#ifndef OAUTH1D_SERVER_CONFIG_LOADER_H_
#define OAUTH1D_SERVER_CONFIG_LOADER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/config/file_watch.h"
#include "server/config/findings.h"
#include "server/config/snapshot.h"
#include "server/config/source_files.h"

namespace oauth1d::config {

struct Loaded {
  // Null if there are mistakes.
  std::shared_ptr<const Snapshot> snapshot;
  std::vector<Mistake> mistakes;
  // What works, but should be looked at: a certificate that has expired, an owner that nobody can be.
  std::vector<Mistake> warnings;
  // The effective configuration as YAML: records expanded, defaults and absolute paths filled in, no secret; it
  // loads again. Empty if there are mistakes.
  std::string effective;
  // Every file that was read, or tried, as it was then, also when loading failed: what a FileWatch must look at.
  std::vector<SeenFile> files;
};

// `now` judges dates; `variable` gives the values of environment variables (one ProcessVariables, where the process
// lives on). A file that names programs must belong to root or to us, and only its owner may write it; the programs get
// the environment of this process without the variables that the configuration names. Blocks while it reads files and
// runs programs. Throws nothing; any number of threads, if `variable` can.
Loaded LoadFile(const std::string& file, absl::Time now, const ReadVariable& variable = ProcessVariable);

// The same from the text itself; relative paths start at `folder`, an absolute path.
Loaded LoadText(absl::string_view yaml, const std::string& folder, absl::Time now,
                const ReadVariable& variable = ProcessVariable);

// One mistake a line, each with its line break.
std::string ToLines(const std::vector<Mistake>& mistakes);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_LOADER_H_
