#include "client/cli/manual.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/cli/examples.h"

namespace oauth1d::cli {
namespace {

// Text that roff must not read: backslashes, hyphens that are minus signs, and a control character at a line's begin.
std::string Roff(const std::string& text) {
  std::string safe;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::string escaped = absl::StrReplaceAll(line, {{"\\", "\\e"}, {"-", "\\-"}});
    if (!safe.empty()) safe.push_back('\n');
    if (absl::StartsWith(escaped, ".") || absl::StartsWith(escaped, "'")) absl::StrAppend(&safe, "\\&");
    absl::StrAppend(&safe, escaped);
  }
  return safe;
}

// A block of lines as it stands, without its first line where that is a heading.
std::string Block(std::string text, bool heading) {
  if (heading) text = text.substr(text.find('\n') + 1);
  while (absl::EndsWith(text, "\n")) text.pop_back();
  return absl::StrCat(".nf\n", Roff(text), "\n.fi\n");
}

std::string Options(const CLI::App& app) {
  std::string page;
  for (const CLI::Option* const option : app.get_options()) {
    if (option->get_positional()) continue;
    const bool value = option->get_items_expected_max() > 0;
    absl::StrAppend(&page, ".TP\n.B ", Roff(option->get_name(false, true)), value ? " \\fIVALUE\\fR" : "", "\n",
                    Roff(option->get_description()), "\n");
  }
  return page;
}

std::string Usage(const CLI::App& app, const std::string& name) {
  std::string usage = absl::StrCat(".B oauth1ctl ", Roff(name), "\n");
  for (const CLI::Option* const option : app.get_options()) {
    if (option->get_positional()) absl::StrAppend(&usage, ".I ", Roff(option->get_name(true)), "\n");
  }
  return absl::StrCat(usage, "[options]\n");
}

void AddCommands(const CLI::App& app, const std::string& path, std::string& page) {
  for (const CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_group().empty()) continue;
    const std::string name = path.empty() ? command->get_name() : absl::StrCat(path, " ", command->get_name());
    const bool leaf = command->get_subcommands([](const CLI::App*) { return true; }).empty();
    if (leaf) {
      absl::StrAppend(&page, ".SS ", Roff(name), "\n", Usage(*command, name), ".PP\n", Roff(command->get_description()),
                      ".\n", Options(*command));
      const std::string examples = ExamplesOf(name);
      if (!examples.empty()) absl::StrAppend(&page, ".PP\n", Block(examples, false));
    }
    AddCommands(*command, name, page);
  }
}

}  // namespace

std::string ManualPage(const CLI::App& app) {
  std::string page = ".TH OAUTH1CTL 1 \"\" \"oauth1d " OAUTH1D_VERSION "\" \"User Commands\"\n";
  absl::StrAppend(&page,
                  ".SH NAME\noauth1ctl \\- talk to oauth1d: log in, send signed requests, find faults\n.SH SYNOPSIS\n"
                  ".B oauth1ctl\n.I COMMAND\n[options]\n.SH OPTIONS\nBefore or after the command.\n",
                  Options(app), ".SH COMMANDS\n");
  AddCommands(app, "", page);
  absl::StrAppend(&page, ".SH EXAMPLES\n", Block(ExamplesOf(""), false), ".SH ENVIRONMENT\n",
                  Block(EnvironmentText(), true), ".SH FILES\n", Block(FilesText(), true), ".SH EXIT STATUS\n",
                  Block(ExitStatusText(), true), ".SH SEE ALSO\n.BR oauth1d (8)\n");
  return page;
}

}  // namespace oauth1d::cli
