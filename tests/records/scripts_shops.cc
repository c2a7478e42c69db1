// Shops and markets.
#include "tests/records/script.h"

namespace oauth1d::records {
namespace {

// No login: the shop's pages make the tokens. Names with brackets, and JSON that is not signed.
Script Magento() {
  Script script("magento");
  script.consumer_parameters = {{"base", "shop.example"}};
  script.imports_tokens = true;
  const Pairs search = {{"searchCriteria[filter_groups][0][filters][0][field]", "status"},
                        {"searchCriteria[filter_groups][0][filters][0][value]", "pending"},
                        {"searchCriteria[pageSize]", "10"}};
  script.calls.push_back(ApiCall(As::kUser, "orders",
                                 Wanted("GET", "https://shop.example/rest/V1/orders").Query(search).Sign("HMAC-SHA256"))
                             .Query(search));
  script.calls.push_back(ApiCall(As::kUser, "products/24-MB01",
                                 Wanted("PUT", "https://shop.example/rest/V1/products/24-MB01").Sign("HMAC-SHA256"))
                             .Body(R"({"product":{"price":45}})", "application/json"));
  return script;
}

// One-legged, in the query; behind its proxy the shop thinks that it is reached by plain http.
Script WooCommerce() {
  Script script("woocommerce");
  script.consumer_parameters = {{"base", "shop.example/store"}};
  const auto wanted = [](const std::string& method, const std::string& path) {
    return Wanted(method, "https://shop.example/store/wp-json/wc/v3/" + path)
        .SignedAs("http://shop.example/store/wp-json/wc/v3/" + path)
        .Sign("HMAC-SHA256")
        .In(Where::kQuery);
  };
  const Pairs filter = {{"status", "processing"}, {"filter[created_at_min]", "2024-01-01"}};
  script.calls.push_back(ApiCall(As::kApplication, "orders", wanted("GET", "orders").Query(filter)).Query(filter));
  script.calls.push_back(ApiCall(As::kApplication, "orders/1", wanted("PUT", "orders/1"))
                             .Body(R"({"status":"completed"})", "application/json"));
  return script;
}

Script BrickLink() {
  Script script("bricklink");
  script.imports_tokens = true;
  script.calls.push_back(
      ApiCall(As::kUser, "orders?direction=in",
              Wanted("GET", "https://api.bricklink.com/api/store/v1/orders").Query({{"direction", "in"}})));
  script.calls.push_back(
      ApiCall(As::kUser, "inventories/7", Wanted("PUT", "https://api.bricklink.com/api/store/v1/inventories/7"))
          .Body(R"({"quantity":"+1"})", "application/json"));
  return script;
}

// The realm is the URL without its query. Widget applications have an empty token and sign with an empty secret.
Script Cardmarket() {
  Script script("cardmarket");
  script.imports_tokens = true;
  script.empty_token = true;
  const std::string base = "https://api.cardmarket.com/ws/v2.0/";
  script.calls.push_back(ApiCall(As::kUser, "users/karmacrow/articles?start=0&maxResults=2",
                                 Wanted("GET", base + "users/karmacrow/articles")
                                     .Query({{"start", "0"}, {"maxResults", "2"}})
                                     .Realm(base + "users/karmacrow/articles")));
  script.calls.push_back(ApiCall(As::kUser, "stock", Wanted("POST", base + "stock").Realm(base + "stock"))
                             .Body("<request/>", "application/xml"));
  script.calls.push_back(ApiCall(As::kApplication, "output.json/games",
                                 Wanted("GET", base + "output.json/games").Realm(base + "output.json/games")));
  return script;
}

// PLAINTEXT, and a User-Agent of one's own with everything.
Script Discogs() {
  Script script("discogs");
  const std::string agent = "RecordShop/1.0 +https://shop.example";
  script.consumer_parameters = {{"user_agent", agent}};
  const auto wanted = [&agent](const std::string& method, const std::string& path) {
    return Wanted(method, "https://api.discogs.com/" + path).Sign("PLAINTEXT").Header("User-Agent", agent);
  };
  script.login = Login(wanted("GET", "oauth/request_token"), kConfirmed, "https://www.discogs.com/oauth/authorize",
                       {{"oauth_token", kToken}}, wanted("POST", "oauth/access_token"), kGiven);
  script.calls.push_back(ApiCall(As::kUser, "oauth/identity", wanted("GET", "oauth/identity")));
  return script;
}

}  // namespace

std::vector<Script> ShopScripts() { return {Magento(), WooCommerce(), BrickLink(), Cardmarket(), Discogs()}; }

}  // namespace oauth1d::records
