// What the process does against itself before it has anything to lose.
#ifndef OAUTH1D_SERVER_HARDENING_H_
#define OAUTH1D_SERVER_HARDENING_H_

namespace oauth1d {

// No core dumps, no other process of the same user that looks into the memory, no more rights for programs that are
// started from here, files for the owner alone, and no library that takes orders from the environment. First thing in
// main, before any thread.
//
// Where the kernel refuses one of them (a sandbox may), the others still hold.
void Harden();

}  // namespace oauth1d

#endif  // OAUTH1D_SERVER_HARDENING_H_
