#include "tests/oauth1/destination_corpus.h"

namespace oauth1d::oauth1 {
namespace {

// With the NULs that stand in a literal.
template <size_t kSize>
absl::string_view Whole(const char (&literal)[kSize]) {
  return absl::string_view(literal, kSize - 1);
}

}  // namespace

const std::vector<absl::string_view>& CorpusBases() {
  static const auto* const bases = new std::vector<absl::string_view>{
      "https://api.example.com/1.1/", "https://api.example.com/2/", "https://upload.example.com:8443/1.1/"};
  return *bases;
}

const std::vector<absl::string_view>& DeniedReferences() {
  static const auto* const references = new std::vector<absl::string_view>{
      // Dot segments.
      "..", "../", "../x", "../../x", "a/../../x", "a/b/../../../x", "./../x", ".././x", "..//x", "/../x", "/1.1/..",
      "/1.1/../", "/1.1/../3/x", "/1.1/a/../../x", "/1.1/./../x", "/1.1//../../x", "a//../../../x", "..?x=1", "../?x=1",
      "../1.1", "../1.1x/y", "/1.1/../1.2/x", "/2/../1.0/x", "/x/../1.1",
      // Beside the bases.
      "/", "/x", "/1.1", "/1.1?x", "/1.10/x", "/1.1x/y", "/2", "/3/account", "/1.1%2fx", "/1%2e1/x", "/%31.1/x",
      "/1.1;/x", "/1.1%20/x", "/?/1.1/", "/.well-known/x",
      // Encoded dots and slashes.
      "..%20/x", ".%20./x", "%2e%20%2e/x", "%c0%ae%c0%ae/x", "%c0%ae./x", "%ef%bc%8e%ef%bc%8e/x", "..%c0%afx", "%2e%2e",
      "%2e%2e/x", "%2E%2E/x", "%2e./x", ".%2e/x", ".%2E/x", "%2e%2e%2fx", "..%2fx", "..%2Fx", "a/..%2f..%2fx",
      "a%2f..%2f..%2fx", "a/%2e%2e/b", "a/%2e/b", "%2e", "%2e/", "/1.1/%2e%2e/x", "/1.1/%2e%2e%2f%2e%2e%2fx",
      "a%2f%2e%2e%2fb", "x%2f..", "%2f..%2f..%2fx", "%2f%2e%2e", "/%2e%2e/x",
      // Encoded more than once.
      "%252e%252e", "%252e%252e/x", "%252E%252E%252Fx", "..%252fx", "..%252F..%252Fx", "%25252e%25252e/x",
      "%2525252e%2525252e%2525252fx", "%252e./x", ".%252e/x", "a/%252e/b", "%25%32%65%25%32%65/x", "%25%32%45./x",
      "%25252525252525252525252e%2e/x", "%2525252525252525252525252541",
      // Path parameters, which some servers cut off before they look at the segment.
      "..;/x", "..;", "..;a=b/x", "..;/..;/x", "/1.1/..;/admin", ".;/x", "%2e%2e;/x", "..%3b/x", "..%3B/x",
      "%2e%2e%3bx/y", "..%253b/x", "a/..;/b", ";/../../x", "a;/../../x",
      // What ends a path when it is read again.
      "..%3f", "..%3fx=1", "..%23x", "%2e%2e%3fx", "..%253fx", "a/..%3f/b", "..%00", "..%00/x", "%2e%2e%00/x", "x%00",
      "x%00.json", "x%2500", ".%09./x", "..%0a/x", "x%0d%0aHost:%20evil.example", "x%7f",
      // Backslashes.
      "\\", "..\\x", "..\\..\\x", "a\\b", "a\\..\\..\\x", "\\\\evil.example\\x", "/1.1\\..\\x", "\\evil.example",
      "/\\evil.example/x", "https:\\\\evil.example\\", "http:\\\\api.example.com/1.1/",
      "https://api.example.com/1.1/\\..", "https://api.example.com\\@evil.example/1.1/x", "..%5cx", "..%5Cx",
      "a%5c..%5c..%5cx", "%5c..%5cx", "..%255cx", "%2e%2e%5cx",
      // User information.
      "https://api.example.com@evil.example/1.1/x", "https://user@api.example.com/1.1/x",
      "https://user:pw@api.example.com/1.1/x", "https://@api.example.com/1.1/x", "https://evil.example@/1.1/",
      "https://a@b@api.example.com/1.1/", "https://api.example.com:443@evil.example/1.1/x",
      "//api.example.com@evil.example/1.1/", "//u:p@api.example.com/1.1/", "https://api.example.com%2f@evil.example/",
      "https://evil.example?@api.example.com/1.1/", "https://evil.example/@api.example.com/1.1/",
      // Other schemes, and what reads as one.
      "http://api.example.com/1.1/x", "HTTP://api.example.com/1.1/x", "ftp://api.example.com/1.1/x",
      "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "dict://127.0.0.1:11211/stat", "ldap://127.0.0.1/",
      "ws://api.example.com/1.1/x", "javascript:alert(1)", "data:text/plain,x", "unix:/run/x",
      "mailto:a@api.example.com", "x:y", "a.b+c-d:e", "c:/x", "https:x", "https:evil.example/x",
      "https:/evil.example/x", "http:x", "jar:https://api.example.com/1.1/", "blob:https://api.example.com/1.1/x",
      "localhost:6379/x", "api.example.com:443/1.1/x",
      // Other hosts.
      "https://evil.example", "https://evil.example/1.1/x", "//evil.example", "//evil.example/1.1/x",
      "HTTPS://EVIL.EXAMPLE/1.1/", "https://api.example.com.evil.example/1.1/", "https://evil-api.example.com/1.1/",
      "https://xapi.example.com/1.1/", "https://example.com/1.1/", "https://sub.api.example.com/1.1/x",
      "https://api.example.co/1.1/x", "https://api_example.com/1.1/x", "https://apixexample.com/1.1/x",
      "https://evil.example/../api.example.com/1.1/", "https://localhost/1.1/", "//localhost/1.1/",
      "https://127.0.0.1/1.1/", "https://127.1/1.1/", "https://2130706433/1.1/", "https://0x7f000001/1.1/",
      "https://0177.0.0.1/1.1/", "https://0/1.1/", "https://[::1]/1.1/", "https://[::ffff:127.0.0.1]/1.1/",
      "https://169.254.169.254/latest/meta-data/", "//169.254.169.254/latest/", "https://metadata.google.internal/",
      // Other ports.
      "https://api.example.com:80/1.1/x", "https://api.example.com:8443/1.1/x", "https://api.example.com:444/1.1/",
      "https://upload.example.com/1.1/x", "https://upload.example.com:443/1.1/x", "//api.example.com:22/1.1/",
      "http://api.example.com:443/1.1/x",
      // The right origin, another base's path or none.
      "https://upload.example.com:8443/2/x", "https://upload.example.com:8443/1.1/../2/x", "https://api.example.com",
      "https://api.example.com/", "https://api.example.com?x", "https://api.example.com/1.1",
      "https://api.example.com/1.1/../x", "https://API.EXAMPLE.COM/1.1/../x", "https://api.example.com/1.1/%2e%2e/x",
      "https://api.example.com/1.1/..;/x", "https://api.example.com/1.1/..%2fx", "https://api.example.com//1.1/x",
      "https://api.example.com/1.1//../../x", "https://api.example.com/%2e/1.1/x", "https://api.example.com/x/1.1/"};
  return *references;
}

const std::vector<absl::string_view>& InvalidReferences() {
  static const auto* const references = new std::vector<absl::string_view>{
      // Fragments.
      "#", "x#y", "x#/../..", "..#", "?a#b", "//evil.example#", "https://api.example.com/1.1/x#@evil.example",
      "https://evil.example#@api.example.com/1.1/",
      // Control characters: a tab inside a scheme is cut out by browsers.
      "x\ty", "\tx", "x\n", "\r\n", "x\rHost: evil.example", "\n../x", "ht\ttps://evil.example/", Whole("x\0y"),
      Whole("\0"), "x\x7F", "https://api.example.com\t/1.1/x",
      // Characters that a URL may not hold.
      "x y", " x", " https://evil.example/", "x\"y", "<x>", "x|y", "x^y", "x`y", "{x}", "[x]", "a[1]", "\xC3\xA9",
      "\xFF", "x?a b", "x?\"", "x?{}", "x?\xC3\xA9", "x?a\\b",
      // A '%' that begins no %XX.
      "%", "x%", "x%4", "%2", "x%zz", "%%", "%u002e%u002e/x", "%%32%65%%32%65/x", "%2%352e%2%352e/x", "%2%65", "x?%",
      "x?%zz",
      // Authorities that are none.
      "//", "//?x", "///evil.example/x", "////evil.example", "//../x", "https://", "https:///1.1/x",
      "https://:443/1.1/x", "https://::1/1.1/", "https://..", "https://api.example.com./1.1/x",
      "https://.api.example.com/1.1/x", "https://api..example.com/1.1/", "https://%61pi.example.com/1.1/x",
      "https://api.example.com%00.evil.example/1.1/", "https://api.example.com%2eevil.example/",
      "https://api.example.com,evil.example/", "https://api.example.com;evil.example/", "https://api.example.com&evil/",
      "https://*.example.com/1.1/", "https://m\xC3\xBCnchen.example/1.1/", "https://example\xE3\x80\x82org/1.1/",
      "https://\xEF\xBD\x81pi.example.com/1.1/", "https://[::1/1.1/", "https://[::1]evil/1.1/", "https://[::1]:x/",
      "https://[]/", "https://[1.2.3.4]/1.1/", "https://[fe80::1%25eth0]/1.1/", "https://[v1.x]/",
      "https://api.example.com:0/1.1/", "https://api.example.com:65536/1.1/", "https://api.example.com:-1/1.1/",
      "https://api.example.com:+443/1.1/", "https://api.example.com: 443/1.1/", "https://api.example.com:443x/1.1/",
      "https://api.example.com:443:443/1.1/"};
  return *references;
}

const std::vector<std::pair<absl::string_view, absl::string_view>>& AllowedReferences() {
  static const auto* const references = new std::vector<std::pair<absl::string_view, absl::string_view>>{
      {"", "https://api.example.com/1.1/"},
      {".", "https://api.example.com/1.1/"},
      {"./", "https://api.example.com/1.1/"},
      {"?a=b", "https://api.example.com/1.1/?a=b"},
      {"x?", "https://api.example.com/1.1/x?"},
      {"account/verify_credentials.json", "https://api.example.com/1.1/account/verify_credentials.json"},
      {"/1.1/x", "https://api.example.com/1.1/x"},
      {"/2/users/me", "https://api.example.com/2/users/me"},
      {"https://api.example.com/1.1/x?y=z", "https://api.example.com/1.1/x?y=z"},
      {"HTTPS://API.EXAMPLE.COM/1.1/X", "https://api.example.com/1.1/X"},
      {"https://api.example.com:443/1.1/x", "https://api.example.com/1.1/x"},
      {"https://api.example.com:/1.1/x", "https://api.example.com/1.1/x"},
      {"//api.example.com/2/x", "https://api.example.com/2/x"},
      {"//upload.example.com:8443/1.1/media", "https://upload.example.com:8443/1.1/media"},
      // Dot segments that stay inside are resolved before anything is signed.
      {"a/../b", "https://api.example.com/1.1/b"},
      {"a/..", "https://api.example.com/1.1/"},
      {"a/.", "https://api.example.com/1.1/a/"},
      {"./a/./b", "https://api.example.com/1.1/a/b"},
      {"a/b/../../c", "https://api.example.com/1.1/c"},
      {"../1.1/x", "https://api.example.com/1.1/x"},
      {"../2/x", "https://api.example.com/2/x"},
      {"/3/../1.1/x", "https://api.example.com/1.1/x"},
      {"/../../1.1/x", "https://api.example.com/1.1/x"},
      {"/1.1//../x", "https://api.example.com/1.1/x"},
      {"a//b", "https://api.example.com/1.1/a//b"},
      // Dots that climb nowhere.
      {"...", "https://api.example.com/1.1/..."},
      {".../x", "https://api.example.com/1.1/.../x"},
      {"..x/y", "https://api.example.com/1.1/..x/y"},
      {"x../y", "https://api.example.com/1.1/x../y"},
      {".x", "https://api.example.com/1.1/.x"},
      {"%2e%2ex", "https://api.example.com/1.1/%2e%2ex"},
      // Encoded bytes stay as they are.
      {"a%2Fb", "https://api.example.com/1.1/a%2Fb"},
      {"a%252Fb", "https://api.example.com/1.1/a%252Fb"},
      {"caf%C3%A9%20%2b+", "https://api.example.com/1.1/caf%C3%A9%20%2b+"},
      {"%2f%2fevil.example/x", "https://api.example.com/1.1/%2f%2fevil.example/x"},
      {"h%74tps://evil.example/1.1/", "https://api.example.com/1.1/h%74tps://evil.example/1.1/"},
      {"1https://evil.example/", "https://api.example.com/1.1/1https://evil.example/"},
      {"~user", "https://api.example.com/1.1/~user"},
      {"a;b=c/d;", "https://api.example.com/1.1/a;b=c/d;"},
      {"@evil.example/x", "https://api.example.com/1.1/@evil.example/x"},
      {"./x:y", "https://api.example.com/1.1/x:y"},
      {"!$&'()*+,=", "https://api.example.com/1.1/!$&'()*+,="},
      // A query may hold anything.
      {"x?a[b]=c", "https://api.example.com/1.1/x?a[b]=c"},
      {"x?u=https://evil.example/", "https://api.example.com/1.1/x?u=https://evil.example/"},
      {"x?../../..", "https://api.example.com/1.1/x?../../.."},
      {"x?%2e%2e%2f%00", "https://api.example.com/1.1/x?%2e%2e%2f%00"},
      {"x?@evil.example/?;..;", "https://api.example.com/1.1/x?@evil.example/?;..;"}};
  return *references;
}

}  // namespace oauth1d::oauth1
