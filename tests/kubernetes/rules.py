"""What deploy/ says about metrics: the documented ones, the alert rules, and the expressions of both."""

import itertools
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

try:
    import yaml
except ImportError as missing:
    raise RuntimeError("apt-get install python3-yaml, and run /usr/bin/python3") from missing

ROOT = Path(__file__).resolve().parents[2]
for folder in ("tests/sandbox", "client/python/src", "tests/e2e"):
    sys.path.insert(0, str(ROOT / folder))

from binaries import tool  # noqa: E402

FILES = ROOT / "deploy/helm/oauth1d/files"
RULES = FILES / "oauth1d.rules.yaml"
DASHBOARD = FILES / "oauth1d.dashboard.json"
RUNBOOK = ROOT / "deploy/RUNBOOK.md"
METRICS = ROOT / "deploy/METRICS.md"
TESTS = sorted((ROOT / "tests/kubernetes/alerts").glob("*.test.yaml"))

# What Prometheus and the Prometheus operator add to every series; `le` is a histogram's own.
OF_THE_TARGET = {"namespace", "job", "instance", "pod"}
SUFFIXES = ("_bucket", "_sum", "_count")


@dataclass
class Metric:
    name: str
    kind: str
    labels: list


def alerts():
    """Alert name to rule."""
    return {rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}


def rows(heading):
    """Those of the first table after a heading of METRICS.md, as lists of cells."""
    table = re.search(r"(?:^\|.*\n)+", METRICS.read_text().split(heading, 1)[1], re.MULTILINE)[0]
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table.splitlines()[2:]]


def documented():
    """Name to Metric."""
    found = {}
    for name, kind, labels, meaning in rows("# Metrics"):
        assert meaning and kind in ("gauge", "counter", "histogram"), name
        found[name.strip("`")] = Metric(name.strip("`"), kind, re.findall(r"`(\w+)`", labels))
    return found


def label_values():
    """Label to the set of its values; None: whatever the configuration says."""
    found = {}
    for label, values in rows("## Labels"):
        closed = values.startswith("`")
        found[label.strip("`")] = set(re.findall(r"`(\w+)`", values)) if closed else None
    contract = (ROOT / "proto/oauth1d/v1/oauth1d.proto").read_text()
    found["reason"] = {"", *re.findall(r"ERROR_REASON_(\w+) = [1-9]", contract)}
    found["method"] = set(re.findall(r"^  rpc (\w+)\(", contract, re.MULTILINE))
    return found


def series_of(expression):
    """(metric without a histogram's suffix, [(label, operator, value)]) for each selector."""
    for name, selector in re.findall(r"\b((?:oauth1d|process)_\w+)(\{[^}]*\})?", expression):
        bare = next((name.removesuffix(end) for end in SUFFIXES if name.endswith(end)), name)
        yield bare, re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', selector)


def unknown_in(expression):
    """What an expression names and METRICS.md does not: metrics, labels and values of labels."""
    metrics, values = documented(), label_values()
    mistakes = []
    for name, matchers in series_of(expression):
        if name not in metrics:
            mistakes.append(name)
            continue
        for label, operator, value in matchers:
            if label in OF_THE_TARGET or label == "le":
                continue
            if label not in metrics[name].labels:
                mistakes.append(f"{name}{{{label}}}")
            allowed = values.get(label)
            if allowed is not None and "$" not in value:
                said = value.split("|") if "~" in operator else [value]
                mistakes += [f'{name}{{{label}="{one}"}}' for one in said if one not in allowed]
    known = {label for metric in metrics.values() for label in metric.labels} | OF_THE_TARGET | {"le", ""}
    for labels in re.findall(r"\b(?:by|on|ignoring|without|group_left|group_right)\s*\(([^)]*)\)", expression):
        mistakes += [f"by {label}" for label in map(str.strip, labels.split(",")) if label not in known]
    return mistakes


def every_series(job="oauth1d", namespace="shop", provider="twitter"):
    """One series of each documented metric and each value of its labels, as promtool's input_series."""
    values = label_values()
    target = f'namespace="{namespace}", job="{job}", instance="a", pod="a"'
    for metric in documented().values():
        choices = [sorted(values[label] or {"OK" if label == "code" else provider}) for label in metric.labels]
        for chosen in itertools.product(*choices):
            own = "".join(f', {label}="{value}"' for label, value in zip(metric.labels, chosen))
            if metric.kind != "histogram":
                yield {"series": f"{metric.name}{{{target}{own}}}", "values": "1+1x60"}
                continue
            for bound in ("0.01", "0.1", "1", "10", "+Inf"):
                yield {"series": f'{metric.name}_bucket{{{target}{own}, le="{bound}"}}', "values": "1+1x60"}
            for end in ("_sum", "_count"):
                yield {"series": f"{metric.name}{end}{{{target}{own}}}", "values": "1+1x60"}


def promtool(*arguments):
    """Exit status, and all that it said."""
    done = subprocess.run([tool("promtool", "prometheus"), *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode()


def check_expressions(folder, expressions):
    """promtool's word on expressions, as if each were a rule."""
    rules = [{"record": f"expression:{number}", "expr": text} for number, text in enumerate(expressions)]
    path = Path(folder) / "expressions.rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "expressions", "rules": rules}]}))
    return promtool("check", "rules", path)
