"""What a chart or a kustomization renders to, and whether Kubernetes' schemas like it."""

import json

import yaml

import tools


def render(*values_files, settings=(), release="oauth1d"):
    """The objects of the chart with these values files and `--set` settings. Raises AssertionError with helm's words."""
    done = tools.helm("template", release, tools.CHART, *(f"--values={file}" for file in values_files),
                      *(f"--set={setting}" for setting in settings))
    assert done.returncode == 0, done.stderr
    return objects_in(done.stdout)


def refusal(*values_files, settings=()):
    """Why helm does not render it."""
    done = tools.helm("template", "oauth1d", tools.CHART, *(f"--values={file}" for file in values_files),
                      *(f"--set={setting}" for setting in settings))
    assert done.returncode != 0, "helm rendered it"
    return done.stderr


def objects_in(text):
    """The objects of a stream of YAML documents."""
    return [document for document in yaml.safe_load_all(text) if document]


def validate(objects):
    """What Kubernetes' schemas find wrong, a line each: missing and mistyped fields, and fields that do not exist."""
    done = tools.with_node("node", tools.HERE / "validate.mjs", input=json.dumps(objects))
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def one(objects, kind, name="oauth1d"):
    """The one object of this kind and name."""
    found = [item for item in objects if item["kind"] == kind and item["metadata"]["name"] == name]
    assert len(found) == 1, f"{len(found)} objects {kind}/{name} among {[i['kind'] for i in objects]}"
    return found[0]


def container_of(deployment):
    """The one container of a Deployment's pods."""
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    return container
