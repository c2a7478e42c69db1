"""Every expression of the dashboard is PromQL over documented metrics, and shows something where there is something."""

import json

import pytest
import yaml

from rules import DASHBOARD, check_expressions, documented, every_series, promtool, series_of, unknown_in

BOARD = json.loads(DASHBOARD.read_text())
PANELS = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
ROWS = [panel["title"] for panel in BOARD["panels"] if panel["type"] == "row"]
# What Grafana puts in; `All` is `.*`.
VARIABLES = {"$namespace": ".*", "$job": ".*", "$provider": ".*", "$__rate_interval": "5m"}


def filled_in(expression):
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    return expression


def expressions():
    return [filled_in(target["expr"]) for panel in PANELS for target in panel["targets"]]


def shows_something(folder, series):
    """promtool's word on whether each expression gives a series out of these."""
    tests = [{"expr": f"count({text}) > bool 0", "eval_time": "30m", "exp_samples": [{"labels": "{}", "value": 1}]}
             for text in expressions()]
    path = folder / "dashboard.test.yaml"
    path.write_text(yaml.safe_dump({
        "evaluation_interval": "1m", "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": tests}]}))
    return promtool("test", "rules", path)


def test_there_is_a_row_for_each_theme():
    themes = ("Logins", "RPCs", "Providers", "Store", "Capacity", "Configuration")
    assert all(any(row.startswith(theme) for row in ROWS) for theme in themes), ROWS


def test_promtool_takes_every_expression(tmp_path):
    status, told = check_expressions(tmp_path, expressions())
    assert status == 0 and f"{len(expressions())} rules found" in told, told


def test_promtool_would_notice_a_broken_one(tmp_path):
    for broken in ("sum(rate(oauth1d_rpcs_total[5m])", "rate(oauth1d_rpcs_total)", "sum by (code) oauth1d_rpcs_total"):
        status, told = check_expressions(tmp_path, [*expressions(), broken])
        assert status != 0 and "expression:" in told, broken


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_it_uses_documented_metrics_only(panel):
    assert panel["targets"] and panel["description"]
    for target in panel["targets"]:
        assert unknown_in(target["expr"]) == []
        left = filled_in(target["expr"])
        assert "$" not in left, f"{left}: a variable that the dashboard does not have"


def test_every_metric_stands_somewhere():
    shown = {name for text in expressions() for name, _ in series_of(text)}
    assert set(documented()) - shown == set()


def test_with_all_metrics_there_every_panel_shows_something(tmp_path):
    status, told = shows_something(tmp_path, list(every_series()))
    assert status == 0, told


def test_where_one_metric_is_missing_that_is_noticed(tmp_path):
    without = [one for one in every_series() if not one["series"].startswith("oauth1d_breaker_state")]
    status, told = shows_something(tmp_path, without)
    assert status != 0 and "oauth1d_breaker_state" in told


def test_its_variables_come_from_documented_metrics():
    variables = {one["name"]: one for one in BOARD["templating"]["list"]}
    assert list(variables) == ["datasource", "namespace", "job", "provider"]
    assert variables["datasource"]["query"] == "prometheus"
    for name in ("namespace", "job", "provider"):
        variable = variables[name]
        assert variable["includeAll"] and variable["allValue"] == ".*", "Prometheus without namespaces shows all the same"
        assert unknown_in(filled_in(variable["query"]["query"])) == []
        assert variable["query"]["query"].endswith(f", {name})")


def test_no_two_panels_share_a_place_or_an_id():
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids))
    places = [(panel["gridPos"]["x"] + x, panel["gridPos"]["y"] + y) for panel in BOARD["panels"]
              for x in range(panel["gridPos"]["w"]) for y in range(panel["gridPos"]["h"])]
    assert len(places) == len(set(places)) and max(x for x, _ in places) < 24
