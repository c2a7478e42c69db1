"""The runbook has an answer to every alert, and what it tells an operator to look at and to type exists."""

import json
import re
import subprocess

import pytest

from rules import ROOT, RUNBOOK, alerts, check_expressions, documented, label_values, series_of, unknown_in

from binaries import program, tool
from configuration import configuration, provider
from caller import Caller
from oauth1d_process import Oauth1d
from provider_process import Sandbox
from refusals import refused

TEXT = RUNBOOK.read_text()
ALERTS = alerts()
SOURCES = "".join(path.read_text() for folder in ("server", "storage") for path in (ROOT / folder).rglob("*.cc"))
CONFIGURATION = (ROOT / "proto/oauth1d/config/v1/config.proto").read_text()


def sections(text, level):
    """Heading to the text below it."""
    parts = re.split(rf"^{'#' * level} (.+)$", without_code_comments(text), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def without_code_comments(text):
    return re.sub(r"^```.*?^```", lambda code: re.sub(r"^#", " #", code[0], flags=re.MULTILINE), text,
                  flags=re.MULTILINE | re.DOTALL)


PARTS = sections(TEXT, 1)
SECTIONS = sections(PARTS["Alerts"], 2)
PROCEDURES = sections(PARTS["Procedures"], 2)


def blocks(text, language):
    return [re.sub(r"^ +", "", block, flags=re.MULTILINE)
            for block in re.findall(rf"^ *```{language}\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL)]


def queries(text):
    return [line for block in blocks(text, "promql") for line in block.splitlines()]


def anchor(heading):
    """As GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def typed(text):
    """What an operator may type: the lines of shell blocks, and what stands in the sentences as code."""
    sentences = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", sentences)]
    return [line for block in blocks(text, "sh") for line in block.splitlines()] + spans


def test_every_alert_has_its_section_and_every_section_its_alert():
    assert list(SECTIONS) == list(ALERTS)


@pytest.mark.parametrize("alert", ALERTS)
def test_the_alert_leads_to_its_section(alert):
    assert ALERTS[alert]["annotations"]["runbook_url"] == f"deploy/RUNBOOK.md#{anchor(alert)}"


@pytest.mark.parametrize("alert", SECTIONS)
def test_it_says_what_it_means_how_to_see_and_what_to_do(alert):
    section = SECTIONS[alert]
    places = [section.index(f"**{part}**") for part in ("Means", "See", "Do")]
    assert places == sorted(places)
    asked = {name for query in queries(section) for name, _ in series_of(query)}
    of_the_alert = {name for name, _ in series_of(ALERTS[alert]["expr"])}
    assert asked & of_the_alert, "none of its queries shows what the alert is about"
    assert re.search(r"\*\*Do\*\*.{40}", section, re.DOTALL)


def test_every_link_leads_somewhere():
    anchors = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", without_code_comments(TEXT), re.MULTILINE)}
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert len(links) > 40
    for link in links:
        if link.startswith("#"):
            assert link[1:] in anchors, link
        else:
            assert (RUNBOOK.parent / link).exists(), link
    assert set(PROCEDURES) == {heading for heading in PROCEDURES if f"(#{anchor(heading)})" in TEXT}, "nobody leads there"


def test_promtool_takes_every_query(tmp_path):
    asked = queries(TEXT)
    assert len(asked) > len(ALERTS)
    status, told = check_expressions(tmp_path, asked)
    assert status == 0 and f"{len(asked)} rules found" in told, told
    assert [mistake for query in asked for mistake in unknown_in(query)] == []


def test_every_metric_in_its_words_is_documented():
    named = set(re.findall(r"`((?:oauth1d|process)_\w+)`", TEXT))
    assert named and named - set(documented()) == set()


def test_every_reason_in_its_words_is_one_of_the_contract():
    words = set(re.findall(r"\b[A-Z]{3,}(?:_[A-Z]+)+\b", re.sub(r"```.*?```|OAUTH1D_\w+", "", TEXT, flags=re.DOTALL)))
    assert len(words) > 10 and words - label_values()["reason"] == {"NOT_SERVING"}


def test_every_field_of_the_configuration_exists():
    named = re.findall(r"`(?:limits|listen|audit|store|egress|access_tokens)\.(\w+)[:`]", TEXT)
    assert len(named) > 10
    for field in named:
        assert re.search(rf"^ .*\b{field} = \d+;", CONFIGURATION, re.MULTILINE), field


@pytest.mark.parametrize("event", sorted(set(re.findall(r'\.event == "(\w+)"', TEXT))))
def test_the_service_prints_this_event(event):
    assert f'"{event}"' in SOURCES


def test_every_block_is_shell():
    for block in blocks(TEXT, "sh"):
        done = subprocess.run(["bash", "-n"], input=block.encode(), capture_output=True, check=False)
        assert done.returncode == 0, (block, done.stderr)


def oauth1ctl_commands():
    """(words of the subcommand, options) of each oauth1ctl that it tells to type."""
    for line in typed(TEXT):
        if "oauth1ctl " not in line:
            continue
        words = line.split("oauth1ctl ", 1)[1].split()
        commands = [word for word in words[:2] if re.fullmatch(r"[a-z][a-z-]+", word)]
        yield tuple(commands), tuple(re.match(r"--[\w-]+", word)[0] for word in words if word.startswith("--"))


@pytest.mark.parametrize("command, options", sorted(set(oauth1ctl_commands())), ids=str)
def test_oauth1ctl_knows_this_command(command, options):
    if command[0] not in ("keyring", "token"):
        command = command[:1]
    done = subprocess.run([program("oauth1ctl"), *command, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for option in options:
        assert re.search(rf"{option}\b", done.stdout), option


def test_its_function_finds_the_lines_of_a_refused_call(tmp_path):
    """`lines`, as it stands there, over the log of a service; for kubectl stands a function that prints that log."""
    (definition,) = [block for block in blocks(PARTS["Runbook"], "sh") if "lines()" in block]
    function = definition[definition.index("lines()"):definition.index("}\n") + 2]
    with Sandbox.start() as sandbox, Oauth1d(configuration(provider(sandbox.http_url))) as server:
        with Caller(server.address) as web:
            refused("PROVIDER_NOT_FOUND", "NOT_FOUND", web.send, "GET", "echo", provider="nobody")
            server.rpc_line(reason="PROVIDER_NOT_FOUND")
        (tmp_path / "log").write_text("a plain line, as a mistake at the start is\n" + server.log_text())

    def lines(wanted):
        script = f"kubectl() {{ cat '{tmp_path}/log'; }}\n{function}\nlines '{wanted}'"
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False,
                              env={"PATH": "/usr/bin:/bin"})
        assert done.returncode == 0, (wanted, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    tool("jq", "jq")
    (line,) = lines('.event == "rpc" and .reason != ""')
    assert line["reason"] == "PROVIDER_NOT_FOUND"
    assert [line["decision"] for line in lines('.event == "audit" and .decision == "deny"')] == ["deny"]
    filters = [found[1] for found in (re.fullmatch(r"lines '([^']+)'", line) for line in typed(TEXT)) if found]
    assert len(filters) > 20
    for wanted in filters:
        lines(wanted)
