// Where the browser comes back to: an HTTP listener on loopback, for one login.
#ifndef OAUTH1D_CLIENT_CLI_CALLBACK_LISTENER_H_
#define OAUTH1D_CLIENT_CLI_CALLBACK_LISTENER_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/cli/descriptor.h"
#include "client/cli/interrupt.h"

namespace oauth1d::cli {

// A page for people. Both texts are escaped.
struct Page {
  int status = 200;
  std::string title;
  std::string text;
};

// Escaped for HTML.
std::string RenderPage(const Page& page);

class CallbackListener {
 public:
  // Listens. `callback_url`: http://127.0.0.1:PORT/path, or with localhost or [::1].
  // Throws std::runtime_error: another URL, or a port that is taken.
  explicit CallbackListener(const std::string& callback_url);

  // What to show for a callback, and whether the wait is over.
  struct Reply {
    Page page;
    bool over = false;
  };
  using Handler = std::function<Reply(const std::string& url)>;

  enum class End { kOver, kInterrupted, kTimedOut };

  // Answers browsers until `handler`, asked for each request to the callback's path or below it, says that it is over.
  // Everything else gets 404; 32 connections at once, 16 KiB a request. Blocks.
  End Serve(const Interrupt& interrupt, absl::Duration time, const Handler& handler);

  uint16_t port() const { return port_; }

 private:
  // Text that came so far.
  struct Guest {
    Descriptor socket;
    std::string received;
  };

  // The answer to what a guest sent, if that is whole. Sets `over`.
  std::string Answer(const std::string& head, const Handler& handler, bool& over) const;

  Descriptor listening_;
  std::string authority_;  // host:port as in the URL
  std::string path_;
  uint16_t port_ = 0;
};

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_CALLBACK_LISTENER_H_
