"""Without Helm: the base is what the chart renders, and an overlay of it is whole."""

import pathlib
import shutil
import subprocess

import manifests
import tools

KUSTOMIZE = tools.ROOT / "deploy/kustomize"


def built(folder):
    done = tools.kubectl("kustomize", folder)
    assert done.returncode == 0, done.stderr
    return manifests.objects_in(done.stdout)


def test_the_base_is_what_the_chart_renders_today(tmp_path):
    copy = tmp_path / "deploy"
    shutil.copytree(tools.ROOT / "deploy/helm", copy / "helm")
    shutil.copytree(KUSTOMIZE, copy / "kustomize")
    subprocess.run([copy / "kustomize/render", tools.folder_of_tools() / "helm"], check=True)
    assert (copy / "kustomize/base/oauth1d.yaml").read_text() == (KUSTOMIZE / "base/oauth1d.yaml").read_text(), \
        "run deploy/kustomize/render"


def test_base_and_overlay_are_what_kubernetes_takes():
    for folder in ("base", "example"):
        assert manifests.validate(built(KUSTOMIZE / folder)) == []


def test_the_overlay_has_its_own_image_replicas_and_configuration():
    objects = built(KUSTOMIZE / "example")
    deployment = manifests.one(objects, "Deployment")
    assert {item["metadata"]["namespace"] for item in objects} == {"login"}
    assert deployment["spec"]["replicas"] == 3
    assert manifests.container_of(deployment)["image"] == "registry.example.com/oauth1d:0.1.0"
    text = manifests.one(objects, "ConfigMap")["data"]["oauth1d.yaml"]
    assert text == (KUSTOMIZE / "example/oauth1d.yaml").read_text()


def test_the_configuration_of_the_overlay_names_only_what_is_mounted():
    deployment = manifests.one(built(KUSTOMIZE / "example"), "Deployment")
    mounts = {mount["mountPath"] for mount in manifests.container_of(deployment)["volumeMounts"]}
    words = (KUSTOMIZE / "example/oauth1d.yaml").read_text().replace("}", " ").split()
    files = [word for word in words if word.startswith("/etc/oauth1d/")]
    assert len(files) == 2
    assert {str(pathlib.PurePosixPath(file).parent) for file in files} <= mounts
