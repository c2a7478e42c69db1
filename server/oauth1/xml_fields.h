// The fields of an XML document that a provider sent.
#ifndef OAUTH1D_SERVER_OAUTH1_XML_FIELDS_H_
#define OAUTH1D_SERVER_OAUTH1_XML_FIELDS_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/oauth1/parameter.h"

namespace oauth1d::oauth1 {

// Every element that holds text alone, at any depth, in order, repeats included; white space around the text is cut.
// Names are without their prefix. No entity but XML's own five is known, and no other file is ever read.
// Errors: kFailedPrecondition with reason BAD_TOKEN_RESPONSE: no XML, a document type, nested too deep, too long.
absl::StatusOr<Parameters> ParseXmlFields(absl::string_view text);

}  // namespace oauth1d::oauth1

#endif  // OAUTH1D_SERVER_OAUTH1_XML_FIELDS_H_
