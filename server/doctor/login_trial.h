// One real temporary credential request (RFC 5849 section 2.1), made as the service makes it, and what its answer says.
#ifndef OAUTH1D_SERVER_DOCTOR_LOGIN_TRIAL_H_
#define OAUTH1D_SERVER_DOCTOR_LOGIN_TRIAL_H_

#include <memory>
#include <string>
#include <vector>

#include "server/base/environment.h"
#include "server/base/task.h"
#include "server/config/snapshot.h"
#include "server/doctor/findings.h"
#include "server/doctor/overheard_http.h"
#include "server/flow/call.h"
#include "server/providers/client.h"

namespace oauth1d::doctor {

// The steps of TryLogin, in order.
const std::vector<std::string>& LoginSteps();

struct LoginTrial {
  std::shared_ptr<const config::Snapshot> configuration;
  std::shared_ptr<const providers::Owner> owner;
  providers::Client client;
  std::string callback_url;  // empty: the grant's first, else oob
};

// Asks for temporary credentials, which nobody will use, and adds what it finds. `backends` use `http`. The referents
// outlive the Task. Always OK: what failed is a finding.
Task<> TryLogin(flow::Backends backends, const OverheardHttp* http, LoginTrial trial, Findings* findings);

}  // namespace oauth1d::doctor

#endif  // OAUTH1D_SERVER_DOCTOR_LOGIN_TRIAL_H_
