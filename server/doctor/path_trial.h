// The way to a provider, step by step: its name, the policy for addresses, a connection, TLS.
#ifndef OAUTH1D_SERVER_DOCTOR_PATH_TRIAL_H_
#define OAUTH1D_SERVER_DOCTOR_PATH_TRIAL_H_

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "server/base/environment.h"
#include "server/base/network_rules.h"
#include "server/base/task.h"
#include "server/doctor/findings.h"

namespace oauth1d::doctor {

// The steps of TryPath, in order.
const std::vector<std::string>& PathSteps();

// Walks the way as HttpPool does, with the same rooms, and adds what it finds. Through a proxy where the rules have
// one. The referents outlive the Task. Always OK: what failed is a finding.
Task<> TryPath(boost::asio::io_context* loop, Environment* environment, Origin origin,
               std::shared_ptr<const NetworkRules> rules, Findings* findings);

}  // namespace oauth1d::doctor

#endif  // OAUTH1D_SERVER_DOCTOR_PATH_TRIAL_H_
