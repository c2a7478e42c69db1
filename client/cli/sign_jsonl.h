// Signing without a server: one JSON object a line in, one a line out.
#ifndef OAUTH1D_CLIENT_CLI_SIGN_JSONL_H_
#define OAUTH1D_CLIENT_CLI_SIGN_JSONL_H_

#include <iosfwd>
#include <string>

#include "server/base/environment.h"

namespace oauth1d::cli {

// Signs what one line asks for. A bad line gives {"error":"field: what is wrong"}; `failed` becomes true then.
std::string SignLine(const std::string& line, Environment& environment, bool& failed);

// Every line of `in`, in order; blank lines are skipped. Exit status: 0 if none failed, else 65.
int SignJsonl(std::istream& in, std::ostream& out, Environment& environment);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_SIGN_JSONL_H_
