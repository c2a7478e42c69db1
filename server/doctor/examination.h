// Everything between the service's configuration and a provider, tried in this process: answers whether it is us or
// them.
#ifndef OAUTH1D_SERVER_DOCTOR_EXAMINATION_H_
#define OAUTH1D_SERVER_DOCTOR_EXAMINATION_H_

#include <string>

#include "server/base/environment.h"
#include "server/doctor/findings.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::doctor {

struct ExaminationRequest {
  std::string config_file;
  std::string provider;
  std::string consumer;                    // empty: the first
  oauth1::Parameters provider_parameters;  // fill the host templates of the record
  std::string callback_url;                // empty: the first that is configured, else oob
};

// Adds a finding for each step: `configuration`, then those of TryPath and TryLogin. Reads the file with everything
// that it names (secrets too: so as a user who may), asks name servers, connects, and sends one real request to the
// provider. Nothing is stored. Blocks for up to a minute. Throws nothing.
void Examine(const ExaminationRequest& request, Environment& environment, Findings& findings);

// For a request that Examine cannot be asked: the same steps, each skipped.
void SkipExamination(const std::string& why, Findings& findings);

}  // namespace oauth1d::doctor

#endif  // OAUTH1D_SERVER_DOCTOR_EXAMINATION_H_
