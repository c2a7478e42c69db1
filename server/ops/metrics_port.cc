#include "server/ops/metrics_port.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <thread>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/ops/metrics_request.h"

namespace oauth1d::ops {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// For the request and the answer together; Prometheus gives up after ten seconds by default.
constexpr std::chrono::seconds kPatience{5};
constexpr size_t kLongestHead = 8 * 1024;
constexpr std::chrono::milliseconds kRest{10};
// Until others have given descriptors back.
constexpr std::chrono::milliseconds kAcceptAgain{100};

std::string HeadOf(const HttpAnswer& answer, size_t size) {
  return absl::StrCat("HTTP/1.1 ", answer.status, "\r\nContent-Type: ", answer.content_type,
                      "\r\nContent-Length: ", size, answer.status[0] == '2' ? "" : "\r\nAllow: GET",
                      "\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n");
}

}  // namespace

class MetricsPort::Thread {
 public:
  explicit Thread(std::function<std::string()> text) : text_(std::move(text)), rest_(loop_) {}
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;
  ~Thread() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

  bool Listen(int socket) {
    const int own = fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (own < 0) return false;
    sockaddr_storage name{};
    socklen_t size = sizeof(name);
    getsockname(own, reinterpret_cast<sockaddr*>(&name), &size);
    Door& door = doors_.emplace_back(loop_);
    error_code error;
    door.acceptor.assign(name.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), own, error);
    if (error) close(own);
    return !error;
  }

  void Start() {
    for (Door& door : doors_) Accept(door);
    thread_ = std::thread([this] { loop_.run(); });
  }

 private:
  struct Door {
    explicit Door(boost::asio::io_context& loop) : acceptor(loop), pause(loop) {}
    tcp::acceptor acceptor;
    boost::asio::steady_timer pause;
  };

  struct Connection {
    explicit Connection(tcp::socket accepted) : socket(std::move(accepted)), patience(socket.get_executor()) {}
    void Close() {
      error_code ignored;
      socket.close(ignored);
      patience.cancel();
    }

    tcp::socket socket;
    boost::asio::steady_timer patience;
    std::string request;
    std::string head;
    std::shared_ptr<const std::string> body;
    std::list<std::shared_ptr<Connection>>::iterator place;
    bool open = true;
  };
  using Shared = std::shared_ptr<Connection>;

  // Not lambdas, where Asio keeps the name of the handler's type: it would have the path of this file in it.
  void Accept(Door& door) { door.acceptor.async_accept(std::bind_front(&Thread::Accepted, this, &door)); }

  void Accepted(Door* door, const error_code& error, tcp::socket socket) {
    if (!error) {
      Read(std::make_shared<Connection>(std::move(socket)));
      return Accept(*door);
    }
    door->pause.expires_after(kAcceptAgain);
    door->pause.async_wait([this, door](const error_code&) { Accept(*door); });
  }

  void Read(const Shared& connection) {
    if (connections_.size() >= kConnections) End(connections_.front());
    connection->place = connections_.insert(connections_.end(), connection);
    connection->patience.expires_after(kPatience);
    connection->patience.async_wait([this, connection](const error_code& error) {
      if (!error) End(connection);
    });
    boost::asio::async_read_until(connection->socket, boost::asio::dynamic_buffer(connection->request, kLongestHead),
                                  "\r\n\r\n", std::bind_front(&Thread::Received, this, connection));
  }

  void Received(const Shared& connection, const error_code& error, size_t) {
    if (!connection->open) return;
    if (error == boost::asio::error::not_found) return Answer(connection, TooLong());
    if (error) return End(connection);
    const HttpAnswer answer = AnswerTo(connection->request);
    if (answer.is_metrics) return AwaitText(connection);
    Answer(connection, answer);
  }

  // All that wait get the same text, which was made after each of them had asked.
  void AwaitText(const Shared& connection) {
    waiting_.push_back(connection);
    if (!resting_) TellText();
  }

  void TellText() {
    const auto text = std::make_shared<const std::string>(text_());
    for (const Shared& connection : std::exchange(waiting_, {})) {
      if (connection->open) Write(connection, MetricsAnswer(), text);
    }
    resting_ = true;
    rest_.expires_after(kRest);
    rest_.async_wait([this](const error_code&) {
      resting_ = false;
      if (!waiting_.empty()) TellText();
    });
  }

  void Answer(const Shared& connection, const HttpAnswer& answer) {
    Write(connection, answer, std::make_shared<const std::string>(absl::StrCat(answer.status, "\n")));
  }

  void Write(const Shared& connection, const HttpAnswer& answer, std::shared_ptr<const std::string> body) {
    connection->head = HeadOf(answer, body->size());
    connection->body = std::move(body);
    const std::array<boost::asio::const_buffer, 2> texts = {boost::asio::buffer(connection->head),
                                                            boost::asio::buffer(*connection->body)};
    boost::asio::async_write(connection->socket, texts, std::bind_front(&Thread::Written, this, connection));
  }

  void Written(const Shared& connection, const error_code&, size_t) {
    if (connection->open) End(connection);
  }

  void End(const Shared& connection) {
    const Shared kept = connection;  // what came in may stand in the list
    kept->open = false;
    kept->Close();
    connections_.erase(kept->place);
  }

  const std::function<std::string()> text_;
  boost::asio::io_context loop_{1};
  std::list<Door> doors_;
  std::list<Shared> connections_;  // the oldest first
  std::vector<Shared> waiting_;
  boost::asio::steady_timer rest_;
  bool resting_ = false;
  std::thread thread_;
};

MetricsPort::MetricsPort(std::unique_ptr<Thread> thread) : thread_(std::move(thread)) {}

MetricsPort::~MetricsPort() = default;

absl::StatusOr<std::unique_ptr<MetricsPort>> MetricsPort::Serve(const std::vector<int>& sockets,
                                                                std::function<std::string()> text) {
  auto thread = std::make_unique<Thread>(std::move(text));
  for (const int socket : sockets) {
    if (!thread->Listen(socket)) return absl::UnavailableError("no descriptor is left to listen with");
  }
  thread->Start();
  return absl::WrapUnique(new MetricsPort(std::move(thread)));
}

}  // namespace oauth1d::ops
