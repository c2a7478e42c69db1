"""An oauth1d for your application's own tests: in this process, without a server, a provider or a network.

    @pytest.fixture
    def service():
        with FakeService(providers=["twitter"]) as running:
            yield running

    def test_alice_logs_in(service):
        browser = make_app(OAuth(settings=service.settings)).test_client()
        to_provider = browser.get("/login/twitter").headers["location"]
        assert "alice" in browser.get(service.approve(to_provider, user="alice")).text

It speaks gRPC on a free port of 127.0.0.1 and keeps the contract: the binding cookie is asked for, a login ends once,
and every refusal has its reason. In place of the provider there are `approve` and `deny`, which act as the user would
and give the address that the provider would send the browser back to. Nothing is signed.
"""
from .api import ApiAnswer, ApiRequest, FakeApi
from .failure import ServiceFailure
from .service import FakeService
from .users import User

__all__ = ["ApiAnswer", "ApiRequest", "FakeApi", "FakeService", "ServiceFailure", "User"]
