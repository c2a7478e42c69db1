// `record: x`: a provider starts from a built-in record, and the fields beside it override it.
#ifndef OAUTH1D_SERVER_CONFIG_RECORD_OVERLAY_H_
#define OAUTH1D_SERVER_CONFIG_RECORD_OVERLAY_H_

#include <google/protobuf/message.h>

#include <string>

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/findings.h"
#include "server/config/yaml_tree.h"

namespace oauth1d::config {

// For YamlReading::start_from: fills a v1.Provider from the record that its map names.
void StartFromRecord(const YamlNode& node, const std::string& path, google::protobuf::Message& message,
                     Findings& findings);

// Takes back what a record says of a server that the configuration has replaced by another: renewal and revocation go
// with access_token_url, signing_base_url with api_base_urls, the usual capabilities with all of them. A token of a
// sandbox must not be sent to the real provider. Parameters that nothing uses any more go too, unless the text itself
// has them.
void ForgetOrphans(Findings& findings, v1::Config& config);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_RECORD_OVERLAY_H_
