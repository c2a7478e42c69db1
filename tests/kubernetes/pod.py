"""A pod of a Deployment, started by podman from the manifest that the chart made."""

import copy
import json

import yaml
from image_builder import run
from image_container import Container
from manifests import container_of, one
from pod_volumes import Volume

CONTAINER = "oauth1d"


class Pod(Container):
    """The pod of the Deployment among `documents`. `secrets`: name to its keys and texts; one that is not there is a
    Secret that does not exist, and its folder stays empty.

    podman takes the manifest as it is but for these: no kubelet probes it, pulls its image, or restarts it; its network
    is that of the test; ConfigMaps and Secrets are folders (pod_volumes.py).
    """

    def __init__(self, documents, secrets, folder, pod_name="oauth1d"):
        self._folder, self._pod_name = folder, f"{pod_name}-{folder.name.replace('_', '-')}"
        self.manifest = copy.deepcopy(one(documents, "Deployment"))
        self.volumes = {}
        spec = self.manifest["spec"]["template"]["spec"]
        self.container = copy.deepcopy(container_of(self.manifest))
        for volume in spec["volumes"]:
            self._fill(volume, documents, secrets)
        self._for_podman(spec)
        self.name = f"{self._pod_name}-{CONTAINER}"

    def _fill(self, volume, documents, secrets):
        files, mode = None, 0o644
        if "configMap" in volume:
            self._config_map = volume.pop("configMap")["name"]
            files = one(documents, "ConfigMap", self._config_map)["data"]
        elif "secret" in volume:
            secret = volume.pop("secret")
            files, mode = secrets.get(secret["secretName"], {}), secret["defaultMode"]
        if files is not None:
            self.volumes[volume["name"]] = Volume(self._folder / volume["name"], mode).write(files)
            volume["hostPath"] = {"path": str(self._folder / volume["name"]), "type": "Directory"}

    def _for_podman(self, spec):
        (container,) = spec["containers"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            container.pop(probe)
        container.pop("ports")
        container["imagePullPolicy"] = "Never"
        spec.update({"hostNetwork": True, "restartPolicy": "Never"})
        self.manifest["kind"], self.manifest["apiVersion"] = "Pod", "v1"
        self.manifest["metadata"] = {"name": self._pod_name, "labels": self.manifest["metadata"]["labels"]}
        self.manifest["spec"] = spec
        self._file = self._folder / "pod.yaml"

    def __enter__(self):
        self._file.write_text(yaml.safe_dump(self.manifest))
        try:
            run("podman", "play", "kube", "--network", "host", self._file)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        run("podman", "pod", "rm", "--force", "--time", "0", self._pod_name)

    def is_ready(self):
        """What its readiness probe says: it asks for health, by gRPC or by oauth1ctl inside."""
        probe = self.container["readinessProbe"]
        assert probe.get("exec", {"command": ["/usr/bin/oauth1ctl", "health"]})["command"][:2] == [
            "/usr/bin/oauth1ctl", "health"], probe
        assert "grpc" in probe or "exec" in probe, probe
        return self.execute("/usr/bin/oauth1ctl", "health")[0] == 0

    def push_configuration(self, documents):
        """What the kubelet does after the ConfigMap has changed."""
        self.volumes["config"].write(one(documents, "ConfigMap", self._config_map)["data"])

    def ask_to_stop(self):
        run("podman", "kill", "--signal", "TERM", self.name)

    def exit_status(self):
        """Waits for its end."""
        return int(run("podman", "wait", self.name))

    def lines(self, **fields):
        """Those lines of its log that have these fields."""
        lines = [json.loads(line) for line in self.log().splitlines() if line.startswith("{")]
        return [line for line in lines if fields.items() <= line.items()]
