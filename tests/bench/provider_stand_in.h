// A provider that answers at once and checks nothing, so that what is measured is the service.
#ifndef OAUTH1D_TESTS_BENCH_PROVIDER_STAND_IN_H_
#define OAUTH1D_TESTS_BENCH_PROVIDER_STAND_IN_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <thread>

namespace oauth1d::bench {

// HTTP/1.1 with keep-alive on a loopback port, on a thread of its own.
class ProviderStandIn {
 public:
  ProviderStandIn();
  ~ProviderStandIn();

  uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  boost::asio::io_context loop_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace oauth1d::bench

#endif  // OAUTH1D_TESTS_BENCH_PROVIDER_STAND_IN_H_
