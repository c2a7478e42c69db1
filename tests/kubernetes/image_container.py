"""A container as strict as a pod: read-only, without capabilities, as the image's user."""

import json
import os
import subprocess
import uuid

from binaries import bound_to_us
from image_builder import environment, run
from waiting import PATIENCE, eventually

STRICT = ("--network", "host", "--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt",
          "no-new-privileges")
USER = 10001


class Container:
    """Runs from the start to the end of `with`. `folder` is mounted at `mounted_at`, for the image's user to read."""

    def __init__(self, image, folder, mounted_at, *arguments):
        self.name = f"oauth1d-test-{uuid.uuid4().hex[:12]}"
        self._image, self._arguments = image, arguments
        readable_as_in_a_pod(folder)
        self._mount = f"{folder}:{mounted_at}:ro"

    def __enter__(self):
        run("podman", "run", "--detach", "--name", self.name, *STRICT, "--volume", self._mount, self._image,
            *self._arguments)
        return self

    def __exit__(self, *_):
        run("podman", "rm", "--force", "--time", "0", self.name)

    def execute(self, *command):
        """A command inside, as an exec probe does it: its status and what it said."""
        done = subprocess.run(bound_to_us(["podman", "exec", self.name, *command]), env=environment(),
                              capture_output=True, text=True, timeout=PATIENCE, check=False)
        return done.returncode, done.stdout + done.stderr

    def log(self):
        done = subprocess.run(["podman", "logs", self.name], env=environment(), capture_output=True, text=True,
                              check=True)
        return done.stdout + done.stderr

    def event(self, name):
        """The first line of the log with this event, waited for."""
        def find():
            lines = [line for line in self.log().splitlines() if line.startswith("{") and line.endswith("}")]
            return [line for line in map(json.loads, lines) if line.get("event") == name]
        return eventually(find, f"a log line of event {name}")[0]

    def process(self):
        """The facts of /proc about its process, by name."""
        pid = self.inspect("{{.State.Pid}}")
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            return dict(line.rstrip("\n").split(":\t", 1) for line in status if ":\t" in line)

    def inspect(self, form):
        return run("podman", "inspect", "--format", form, self.name).strip()

    def stop(self):
        """SIGTERM; its exit status."""
        run("podman", "kill", "--signal", "TERM", self.name)
        return int(run("podman", "wait", self.name))


def readable_as_in_a_pod(folder):
    """root's, with the group of `fsGroup` and `defaultMode: 0440`."""
    for path, folders, files in os.walk(folder):
        os.chown(path, 0, USER)
        os.chmod(path, 0o750)
        for name in files:
            os.chown(os.path.join(path, name), 0, USER)
            os.chmod(os.path.join(path, name), 0o440)


def run_once(image, *arguments):
    """The image's program with these arguments, to its end: status, out and err."""
    done = subprocess.run(bound_to_us(["podman", "run", "--rm", *STRICT, image, *arguments]), env=environment(),
                          capture_output=True, text=True, timeout=PATIENCE, check=False)
    return done.returncode, done.stdout, done.stderr
