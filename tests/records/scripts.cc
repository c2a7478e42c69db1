#include "tests/records/script.h"

namespace oauth1d::records {

std::vector<Script> Scripts() {
  std::vector<Script> all;
  for (std::vector<Script>& part :
       std::vector<std::vector<Script>>{PhotoScripts(), SocialScripts(), WikiScripts(), SchoolScripts(), ShopScripts(),
                                        OfficeScripts(), MoneyScripts(), LifeScripts()}) {
    for (Script& script : part) all.push_back(std::move(script));
  }
  return all;
}

}  // namespace oauth1d::records
