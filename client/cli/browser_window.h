// Opens the user's browser, where there is a screen.
#ifndef OAUTH1D_CLIENT_CLI_BROWSER_WINDOW_H_
#define OAUTH1D_CLIENT_CLI_BROWSER_WINDOW_H_

#include <string>

namespace oauth1d::cli {

// Asks xdg-open for it, and does not wait. False: there is no DISPLAY and no WAYLAND_DISPLAY, no xdg-open, or the URL
// is not http or https.
bool OpenBrowser(const std::string& url);

}  // namespace oauth1d::cli

#endif  // OAUTH1D_CLIENT_CLI_BROWSER_WINDOW_H_
