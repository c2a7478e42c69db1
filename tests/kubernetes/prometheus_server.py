"""A Prometheus with the alert rules of the chart."""

import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

from binaries import bound_to_us, tool
from free_port import free_port
from waiting import eventually


def hurried(rules):
    """The rules with a second for each minute and a minute for each hour: what takes two minutes takes two seconds."""
    return re.sub(r"\b(\d+)([mh])\b", lambda found: found[1] + {"m": "s", "h": "m"}[found[2]], rules)


class Prometheus:
    """Scrapes `targets` (HOST:PORT) each second under the job oauth1d."""

    def __init__(self, folder, rules, *targets):
        self._folder, self._port = Path(folder), free_port()
        (self._folder / "oauth1d.rules.yaml").write_text(hurried(Path(rules).read_text()))
        (self._folder / "prometheus.yaml").write_text(json.dumps({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["oauth1d.rules.yaml"],
            "scrape_configs": [{"job_name": "oauth1d", "static_configs": [{"targets": list(targets)}]}]}))

    def __enter__(self):
        with open(self._folder / "prometheus.log", "wb") as log:
            self._process = subprocess.Popen(bound_to_us([
                tool("prometheus", "prometheus"), f"--config.file={self._folder}/prometheus.yaml",
                f"--storage.tsdb.path={self._folder}/data", f"--web.listen-address=127.0.0.1:{self._port}"]),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        eventually(lambda: self.value("up") == 1, f"Prometheus scrapes (see {self._folder}/prometheus.log)")
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder / "data", ignore_errors=True)

    def _ask(self, path):
        assert self._process.poll() is None, (self._folder / "prometheus.log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/api/v1/{path}", timeout=30) as answer:
                return json.load(answer)["data"]
        except OSError:
            return None

    def value(self, expression):
        """The value of the one series that this gives; None: there is none."""
        answer = self._ask("query?" + urllib.parse.urlencode({"query": expression}))
        results = answer["result"] if answer else []
        assert len(results) < 2, results
        return float(results[0]["value"][1]) if results else None

    def firing(self):
        """Names of the alerts that fire, each with its labels."""
        alerts = (self._ask("alerts") or {"alerts": []})["alerts"]
        return {alert["labels"]["alertname"]: alert["labels"] for alert in alerts if alert["state"] == "firing"}
