# cmake -DOUTPUT=records.cc -DINPUTS="a.yaml;b.yaml" -P embed.cmake: writes the files into a C++ source.
set(entries "")
foreach(input IN LISTS INPUTS)
  get_filename_component(name ${input} NAME_WE)
  file(READ ${input} yaml)
  string(APPEND entries "    {\"${name}\", R\"YAML(${yaml})YAML\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made from the YAML files beside it by embed.cmake.
#include \"server/providers/records.h\"

namespace oauth1d::providers {

const std::vector<BuiltInRecord>& BuiltInRecords() {
  static const std::vector<BuiltInRecord>* const records = new std::vector<BuiltInRecord>{
${entries}  };
  return *records;
}

}  // namespace oauth1d::providers
")
