#include "server/ops/audit.h"

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "server/ops/event_line.h"
#include "server/ops/line_writer.h"
#include "server/ops/log.h"
#include "server/ops/sink.h"

namespace oauth1d::ops {

struct AuditLog::State {
  AuditOptions options;
  std::shared_ptr<LineWriter> writer;
};

absl::StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(AuditOptions options) {
  auto state = std::make_shared<State>();
  if (options.file.empty()) {
    state->writer = LineWriter::Stderr();
  } else {
    absl::StatusOr<std::unique_ptr<Sink>> sink = Sink::OpenFile(options.file);
    if (!sink.ok()) return sink.status();
    state->writer = std::make_shared<LineWriter>(*std::move(sink), [](absl::string_view why) {
      LogEvent(Level::kWarning, "audit_unavailable", absl::StrCat("the audit log cannot be written: ", why));
    });
  }
  state->options = std::move(options);
  return absl::WrapUnique(new AuditLog(std::move(state)));
}

AuditLog::AuditLog(std::shared_ptr<State> state) : state_(std::move(state)) {}

AuditLog::~AuditLog() {
  if (state_->options.file.empty()) {
    state_->writer->Flush(absl::Seconds(1));
  } else {
    state_->writer->Stop();
  }
}

void AuditLog::Write(const AuditLine& line, Written written) {
  JsonLine json = BeginEventLine("info", "audit");
  const auto add = [&json](absl::string_view name, absl::string_view text) {
    if (!text.empty()) json.Add(name, text);
  };
  add("method", line.method);
  add("decision", line.decision);
  add("reason", line.reason);
  add("peer", line.peer);
  add("identity", line.identity);
  add("owner", line.owner);
  add("provider", line.provider);
  add("http_method", line.http_method);
  add("state_id", line.state_id);
  add("token_id", line.token_id);
  add("trace_id", line.trace_id);
  state_->writer->Write(LineSource::kAudit, std::move(json).Done(), std::move(written));
}

absl::Status AuditLog::Reopen() {
  if (state_->options.file.empty()) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<Sink>> sink = Sink::OpenFile(state_->options.file);
  if (!sink.ok()) return sink.status();
  state_->writer->Replace(*std::move(sink));
  return absl::OkStatus();
}

uint64_t AuditLog::dropped() const { return state_->writer->dropped(LineSource::kAudit); }

}  // namespace oauth1d::ops
