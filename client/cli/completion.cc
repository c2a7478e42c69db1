#include "client/cli/completion.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace oauth1d::cli {
namespace {

// Bash and zsh by themselves cut words at ':' and '='; fish does not.
constexpr char kBash[] = R"(# oauth1ctl completion bash
_oauth1ctl() {
  local IFS=$'\n'
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  local i
  mapfile -t COMPREPLY < <(oauth1ctl __complete "${words[@]/#/.}" 2>/dev/null)
  for i in "${!COMPREPLY[@]}"; do
    [[ ${COMPREPLY[i]} != *[!A-Za-z0-9._:/=-]* ]] || COMPREPLY[i]=${COMPREPLY[i]@Q}
  done
}
complete -o default -F _oauth1ctl oauth1ctl
)";
constexpr char kZsh[] = R"(#compdef oauth1ctl
_oauth1ctl() {
  local -a candidates
  candidates=("${(@f)$(oauth1ctl __complete "${(@)words[2,CURRENT]/#/.}" 2>/dev/null)}")
  if [[ -n ${candidates[1]} ]]; then compadd -- $candidates; else _files; fi
}
compdef _oauth1ctl oauth1ctl
)";
constexpr char kFish[] = R"(# oauth1ctl completion fish
function __oauth1ctl_candidates
  set -l words (commandline -opc) (commandline -ct)
  oauth1ctl __complete .$words[2..-1] 2>/dev/null
end
complete -c oauth1ctl -a '(__oauth1ctl_candidates)'
)";

const CLI::Option* FindOption(const CLI::App& app, const std::string& word) {
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    const CLI::Option* const found = at->get_option_no_throw(word);
    if (found != nullptr) return found;
  }
  return nullptr;
}

bool TakesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

const CLI::App* FindSubcommand(const CLI::App& app, const std::string& word) {
  for (const CLI::App* const one : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (one->get_name() == word) return one;
  }
  return nullptr;
}

void AddOptions(const CLI::App& app, std::vector<std::string>& candidates) {
  for (const CLI::App* at = &app; at != nullptr; at = at->get_parent()) {
    for (const CLI::Option* const option : at->get_options()) {
      for (const std::string& name : option->get_lnames()) candidates.push_back("--" + name);
    }
  }
}

// The name of the positional that comes after as many others; empty: none.
std::string PositionalAt(const CLI::App& app, size_t index) {
  for (const CLI::Option* const option : app.get_options()) {
    if (!option->get_positional()) continue;
    if (index == 0) return option->get_name(true);
    --index;
  }
  return "";
}

}  // namespace

std::vector<std::string> Complete(const CLI::App& app, const std::vector<std::string>& words,
                                  const CompletionSources& sources) {
  const std::string current = words.empty() ? "" : words.back();
  const CLI::App* command = &app;
  const CLI::Option* awaiting = nullptr;
  std::vector<std::string> positionals;
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (awaiting != nullptr) {
      awaiting = nullptr;
    } else if (absl::StartsWith(words[i], "-") && words[i] != "-") {
      const CLI::Option* const option = FindOption(*command, words[i]);
      if (option != nullptr && TakesValue(*option)) awaiting = option;
    } else if (const CLI::App* const sub = FindSubcommand(*command, words[i]); sub != nullptr && positionals.empty()) {
      command = sub;
    } else {
      positionals.push_back(words[i]);
    }
  }
  std::vector<std::string> candidates;
  if (awaiting != nullptr) {
    if (awaiting->check_lname("as")) candidates = sources.accounts(positionals.empty() ? "" : positionals.front());
  } else if (absl::StartsWith(current, "-")) {
    AddOptions(*command, candidates);
  } else {
    for (const CLI::App* const one : command->get_subcommands([](const CLI::App*) { return true; })) {
      if (!one->get_group().empty()) candidates.push_back(one->get_name());
    }
    const std::string positional = PositionalAt(*command, positionals.size());
    if (positional == "PROVIDER") candidates = sources.providers();
    if (positional == "SHELL") candidates = {"bash", "zsh", "fish"};
  }
  std::vector<std::string> fitting;
  for (const std::string& candidate : candidates) {
    if (absl::StartsWith(candidate, current)) fitting.push_back(candidate);
  }
  std::sort(fitting.begin(), fitting.end());
  fitting.erase(std::unique(fitting.begin(), fitting.end()), fitting.end());
  return fitting;
}

std::string CompletionScript(const std::string& shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  return shell == "fish" ? kFish : "";
}

}  // namespace oauth1d::cli
