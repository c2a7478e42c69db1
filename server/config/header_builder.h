// Lists of names and values, and the headers of a provider.
#ifndef OAUTH1D_SERVER_CONFIG_HEADER_BUILDER_H_
#define OAUTH1D_SERVER_CONFIG_HEADER_BUILDER_H_

#include "oauth1d/config/v1/config.pb.h"
#include "server/config/place.h"
#include "server/config/template_builder.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::config {

using NameValues = google::protobuf::RepeatedPtrField<v1::NameValue>;

// Faults: names that are empty, or that are the protocol's own (oauth_*).
oauth1::Parameters BuildParameters(const NameValues& from, const Place& place, absl::string_view field);

// Faults: names that are no header's, twice there, or the service's own.
oauth1::Parameters BuildHeaders(const v1::Provider& from, const Place& place, TemplateUse& use);

}  // namespace oauth1d::config

#endif  // OAUTH1D_SERVER_CONFIG_HEADER_BUILDER_H_
