// Begins a login, asks for one that nobody can begin, and streams a body of 5 MiB to the provider.
#include <iostream>

#include "oauth1d/client.h"

int main(int argc, char** argv) {
  if (argc != 2) return 64;
  const absl::StatusOr<oauth1d::Client> client = oauth1d::Client::Connect();
  if (!client.ok()) return 1;
  const auto started = client->StartAuthorization("sandbox", argv[1]);
  if (!started.ok()) {
    std::cerr << started.status() << "\n";
    return 1;
  }
  std::cout << started->redirect_url() << "\n" << oauth1d::SetCookieHeader(started->binding_cookie()) << "\n";
  const auto refused = client->StartAuthorization("nobody", argv[1]);
  std::cout << oauth1d::FailureOf(refused.status()).reason_name << "\n";

  oauth1d::v1::SignedRequestRequest head;
  head.set_provider("sandbox");
  head.mutable_application();
  head.mutable_call()->set_method("POST");
  head.mutable_call()->set_url("echo");
  head.mutable_call()->set_content_type("application/octet-stream");
  oauth1d::StreamedRequest stream = client->Stream(head);
  for (int i = 0; i < 5 && stream.Write(std::string(1 << 20, 'b')); ++i) {
  }
  stream.WriteEnd();
  const auto answer = stream.ReadHead();
  if (!answer.ok()) {
    std::cerr << answer.status() << "\n";
    return 1;
  }
  absl::StatusOr<bool> more = true;
  for (std::string chunk; more.ok() && *more;) {
    more = stream.Read(chunk);
    std::cout << chunk;
  }
  std::cout << "\n" << answer->status_code() << (more.ok() ? " whole" : " cut off") << "\n";
}
