// The thread that writes lines to a sink, one after the other, each whole.
#ifndef OAUTH1D_SERVER_OPS_LINE_WRITER_H_
#define OAUTH1D_SERVER_OPS_LINE_WRITER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/ops/line_queues.h"
#include "server/ops/sink.h"

namespace oauth1d::ops {

// Thread-safe; nothing here waits for the sink. A line that was begun is finished before the next one, also after the
// sink had no room for a while; only a file that was replaced may end in a part of a line.
class LineWriter {
 public:
  // Told why lines cannot be written, at most every ten seconds, from the thread that writes or the one that calls.
  using Failing = std::function<void(absl::string_view why)>;

  explicit LineWriter(std::unique_ptr<Sink> sink, Failing failing = nullptr);
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;
  // As Stop.
  ~LineWriter();

  // The one of stderr, which lives as long as anybody holds it.
  static std::shared_ptr<LineWriter> Stderr();

  // `line` comes without its line break. A full queue drops its oldest line, and so does an error the line that met it.
  // What is dropped is counted, and told by a line of event log_dropped or audit_dropped within a second after lines
  // can be written again. With `written`, which is called from the same threads as Failing, false comes as soon as the
  // sink has taken nothing for 200 ms, and the line is then not counted.
  void Write(LineSource source, std::string line, LineWritten written = nullptr);
  // In place of the sink until now.
  void Replace(std::unique_ptr<Sink> sink);
  // Lines that were dropped so far.
  uint64_t dropped(LineSource source) const;
  // Returns when everything that was given before is written or dropped. False: not in that time.
  bool Flush(absl::Duration longest);
  // Writes what is queued, for a second at most, and ends the thread. False: the kernel holds it in a write.
  bool Stop();

 private:
  class Thread;
  const std::shared_ptr<Thread> thread_;
};

}  // namespace oauth1d::ops

#endif  // OAUTH1D_SERVER_OPS_LINE_WRITER_H_
