// Configurations that must not load, each with what is said about it.
#ifndef OAUTH1D_TESTS_CONFIG_BAD_CONFIGURATION_H_
#define OAUTH1D_TESTS_CONFIG_BAD_CONFIGURATION_H_

#include <ostream>
#include <string>

#include "tests/config/config_folder.h"

namespace oauth1d::config {

struct BadConfiguration {
  const char* title;
  std::string yaml;
  std::string path;
  std::string says;
  int line = 0;
};

inline void PrintTo(const BadConfiguration& bad, std::ostream* out) { *out << bad.title; }

// It does not load, the mistake stands at its path and line, and every mistake has a place.
void ExpectRefused(const BadConfiguration& bad);

// One piece replaced.
inline std::string With(std::string Pieces::*piece, const std::string& text) {
  Pieces pieces;
  pieces.*piece = text;
  return pieces.Text();
}
inline std::string Listen(const std::string& fields) { return With(&Pieces::listen, "listen: {" + fields + "}\n"); }
inline std::string Store(const std::string& fields) { return With(&Pieces::store, "store: {" + fields + "}\n"); }
inline std::string Grants(const std::string& fields) {
  return With(&Pieces::owners, "owners: [{name: default, providers: [" + fields + "]}]\n");
}
inline std::string Callback(const std::string& url) {
  return Grants("{name: twitter, callback_urls: ['" + url + "']}");
}
inline std::string Consumers(const std::string& list) {
  return With(&Pieces::consumers, "  consumers: " + list + "\n");
}
// One more line of the provider: line 7 of the text.
inline std::string Provider(const std::string& line) { return With(&Pieces::more, "  " + line + "\n"); }

// A provider of its own in place of the record: `fields` begin in line 6, its consumer stands in line 5.
inline std::string Bare(const std::string& fields) {
  Pieces pieces;
  pieces.record.clear();
  pieces.more = "  " + fields + "\n";
  return pieces.Text();
}

}  // namespace oauth1d::config

#endif  // OAUTH1D_TESTS_CONFIG_BAD_CONFIGURATION_H_
