// `record: x`: a provider starts from a built-in record, and the fields beside it override it.
#ifndef OAUTH1D_SERVER_CONFIG_RECORD_OVERLAY_H_
#define OAUTH1D_SERVER_CONFIG_RECORD_OVERLAY_H_

#include <google/protobuf/message.h>

#include <string>

#include "server/config/findings.h"
#include "server/config/yaml_tree.h"

namespace oauth1d::config {

// For YamlReading::start_from: fills a v1.Provider from the record that its map names.
void StartFromRecord(const YamlNode& node, const std::string& path, google::protobuf::Message& message,
                     Findings& findings);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_RECORD_OVERLAY_H_
