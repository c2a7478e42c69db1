// A port of loopback that nobody listens on.
#ifndef OAUTH1D_TESTS_SUPPORT_FREE_PORT_H_
#define OAUTH1D_TESTS_SUPPORT_FREE_PORT_H_

namespace oauth1d {

// Another process may take it before its user does; though the kernel gives it to nobody else for a while. 0: none.
int FreePort();

}  // namespace oauth1d

#endif  // OAUTH1D_TESTS_SUPPORT_FREE_PORT_H_
