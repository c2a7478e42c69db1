"""Every alert fires on its fault and is quiet otherwise, and these tests notice if one does not."""

import re

import pytest
import yaml

from rules import RULES, TESTS, alerts, promtool, series_of, unknown_in

ALERTS = alerts()


def groups(path):
    return yaml.safe_load(path.read_text())["tests"]


def cases(alert):
    """(file, groups that fire it, groups in which it is quiet)."""
    path = next(path for path in TESTS if any(of(group) == alert for group in groups(path)))
    own = [group for group in groups(path) if of(group) == alert]
    firing = [group for group in own if any(test["exp_alerts"] for test in group["alert_rule_test"])]
    return path, firing, [group for group in own if group not in firing]


def of(group):
    (alert,) = {test["alertname"] for test in group["alert_rule_test"]}
    assert group["name"].startswith(alert), group["name"]
    return alert


def run(folder, path, expressions, own):
    """promtool over some groups of a file, with the rules' expressions changed; whether all of it came as expected."""
    rules = folder / "changed.rules.yaml"
    kept = [{**ALERTS[alert], "expr": expression} for alert, expression in expressions.items()]
    rules.write_text(yaml.safe_dump({"groups": [{"name": "changed", "rules": kept}]}))
    tests = folder / "changed.test.yaml"
    whole = {**yaml.safe_load(path.read_text()), "rule_files": [rules.name], "tests": own}
    tests.write_text(yaml.safe_dump(whole))
    status, told = promtool("test", "rules", tests)
    assert "SUCCESS" in told or "exp:" in told, told
    return status == 0


def test_promtool_takes_the_rules():
    status, told = promtool("check", "rules", RULES)
    assert status == 0 and f"{len(ALERTS)} rules found" in told, told


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_the_alerts_fire_and_are_quiet(path):
    status, told = promtool("test", "rules", path)
    assert status == 0, told


@pytest.mark.parametrize("alert", ALERTS)
def test_it_has_both_cases_and_the_quiet_one_is_no_silence(alert):
    _, firing, quiet = cases(alert)
    assert firing and quiet
    needed = {name for name, _ in series_of(ALERTS[alert]["expr"])}
    fed = {name for group in quiet for each in group["input_series"] for name, _ in series_of(each["series"])}
    assert needed <= fed, f"the quiet case lacks {needed - fed}"
    for group in firing:
        assert any(not test["exp_alerts"] for test in group["alert_rule_test"]), "shows no time before it fires"


@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_that_never_or_always_fires_is_noticed(alert, tmp_path):
    path, firing, quiet = cases(alert)
    right = {alert: ALERTS[alert]["expr"]}
    assert run(tmp_path, path, right, firing + quiet)
    for group in firing:
        assert not run(tmp_path, path, {alert: "vector(0) > 1"}, [group]), group["name"]
    for group in quiet:
        assert not run(tmp_path, path, {alert: "vector(1)"}, [group]), group["name"]


@pytest.mark.parametrize("alert", ALERTS)
def test_it_says_how_bad_it_is_and_what_happened(alert):
    rule = ALERTS[alert]
    assert re.fullmatch(r"Oauth1d[A-Z]\w+", alert)
    assert rule["labels"]["severity"] in ("critical", "warning", "info") and re.fullmatch(r"\d+[mh]", rule["for"])
    assert set(rule["annotations"]) == {"summary", "description", "runbook_url"}
    if re.search(r"by \([^)]*\bprovider\b", rule["expr"]):
        assert "$labels.provider" in rule["annotations"]["summary"], "which provider?"


@pytest.mark.parametrize("alert", ALERTS)
def test_it_uses_documented_metrics_only(alert):
    assert unknown_in(ALERTS[alert]["expr"]) == []


@pytest.mark.parametrize("wrong", [
    "oauth1d_rpc_total", 'oauth1d_rpcs_total{reason="STORE_FUL"}', 'oauth1d_store_up{provider="x"}',
    'oauth1d_upstream_answers_total{class=~"none|5XX"}', "sum by (providr) (oauth1d_flows_total)"])
def test_a_misspelt_name_is_noticed(wrong):
    assert unknown_in(wrong) != []
