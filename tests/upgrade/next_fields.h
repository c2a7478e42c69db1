// What a later version keeps in its records, and today's code has never heard of.
#ifndef OAUTH1D_TESTS_UPGRADE_NEXT_FIELDS_H_
#define OAUTH1D_TESTS_UPGRADE_NEXT_FIELDS_H_

#include <string>

#include "oauth1d/records/next/records.pb.h"

namespace oauth1d {

// Writes the new fields where they are not there yet.
template <typename Message>
void FillNextFields(Message& message) {
  if (!message.next_text().empty()) return;
  message.set_next_text("written by the next version");
  message.set_next_number(-7);
  for (const char* name : {"one", "two"}) {
    records::next::NameValue* const added = message.add_next_list();
    added->set_name(name);
    added->set_value(std::string("\0\xff", 2));
  }
}

// Whether each of them is there as it was written.
template <typename Message>
bool HasNextFields(const Message& message) {
  Message expected;
  FillNextFields(expected);
  Message kept;
  kept.set_next_text(message.next_text());
  kept.set_next_number(message.next_number());
  *kept.mutable_next_list() = message.next_list();
  return kept.SerializeAsString() == expected.SerializeAsString();
}

}  // namespace oauth1d

#endif  // OAUTH1D_TESTS_UPGRADE_NEXT_FIELDS_H_
