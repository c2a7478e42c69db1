// Where an answer's body goes: standard output, or a file that is there whole or not at all.
#ifndef OAUTH1D_CLIENT_CLI_OUTPUT_FILE_H_
#define OAUTH1D_CLIENT_CLI_OUTPUT_FILE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "client/cli/descriptor.h"

namespace oauth1d::cli {

// All functions throw std::runtime_error. Without Commit a file stays as it was, however this process ends: the new one
// has no name before (O_TMPFILE), where the file system can do that. What is no plain file, such as /dev/null, is
// written at once.
class OutputFile {
 public:
  // `-` or empty: standard output.
  explicit OutputFile(const std::string& path);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  void Write(absl::string_view bytes);
  void Commit();

 private:
  std::string path_;       // empty: written at once
  std::string temporary_;  // empty: has no name
  Descriptor file_;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_OUTPUT_FILE_H_
