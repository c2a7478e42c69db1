"""Bad values: the chart says which, in one line, before anything is installed."""

import pytest

import manifests
import tools

MINIMAL = tools.CHART / "examples/minimal.yaml"


@pytest.mark.parametrize("setting, told", [
    ("replica=3", "'replica' not allowed"),
    ("image.tga=1", "'tga' not allowed"),
    ("tls.secret=x", "'secret' not allowed"),
    ("store.redis.adress=redis:6379", "'adress' not allowed"),
    ("store.redis.sentinel.master=x", "'master' not allowed"),
    ("networkPolicy.callers[0].podSelektor.a=b", "'podSelektor' not allowed"),
    ("config.provider=x", "'provider' not allowed"),
    ("gateway.config.browsr.origin=x", "'browsr' not allowed"),
    ("replicas=0", "replicas"),
    ("replicas=many", "replicas"),
    ("terminationGracePeriodSeconds=10", "terminationGracePeriodSeconds"),
    ("drainDelay=5", "drainDelay"),
    ("store.redis.address=redis", "/store/redis/address"),
])
def test_a_wrong_value_is_refused_by_its_name(setting, told):
    assert told in manifests.refusal(MINIMAL, settings=[setting])


@pytest.mark.parametrize("settings, told", [
    (["keyring.existingSecret="], "keyring.existingSecret: name the Secret"),
    (["config.providers=null"], "config.providers: name at least one provider"),
    (["config.owners=null"], "config.owners: name at least one owner"),
    (["tls.dangerouslyDisabled=false"], "tls: set one of tls.secretName"),
    (["tls.secretName=x"], "tls: set one of tls.secretName"),
    (["store.redis.address="], "store.redis.address: where Redis is"),
    (["store.memory=true"], "store: memory and redis exclude each other"),
    (["store.redis.address=", "store.memory=true"], "replicas must be 1"),
    (["store.redis.sentinel.addresses[0]=a:26379", "store.redis.sentinel.primary=p"], "exclude each other"),
    (["config.listen.address=0.0.0.0:1"], "config.listen: the chart writes it"),
])
def test_what_cannot_work_is_refused_with_what_to_do(settings, told):
    assert told in manifests.refusal(MINIMAL, settings=settings)


def test_without_any_values_the_first_thing_to_do_is_told():
    assert "keyring.existingSecret: name the Secret" in manifests.refusal()


def test_each_value_is_told_in_the_readme():
    import yaml
    values = yaml.safe_load((tools.CHART / "values.yaml").read_text())
    readme = (tools.CHART / "README.md").read_text()
    assert [name for name in values if f"`{name}`" not in readme] == []
