// Text for people: tables, wrapped lines, colours.
#ifndef OAUTH1D_CLIENT_CLI_TERMINAL_H_
#define OAUTH1D_CLIENT_CLI_TERMINAL_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace oauth1d::cli {

// Whether to colour what goes to this descriptor: a terminal, and no NO_COLOR.
bool UsesColour(int descriptor);
// Its width in columns; 100 where it is no terminal.
size_t ColumnsOf(int descriptor);

// On stdout: columns aligned, the first row as a heading. Control characters are escaped.
void PrintTable(const std::vector<std::vector<std::string>>& rows);

// Words in lines of at most `columns`, each but the first begun with `indent` blanks. A longer word stands alone.
std::string Wrapped(absl::string_view text, size_t indent, size_t columns);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_TERMINAL_H_
