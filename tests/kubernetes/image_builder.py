"""Images made by deploy/build-image, in a container storage of the tests' own, kept for later runs in build/image."""

import contextlib
import fcntl
import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in ("tests/sandbox", "client/python/src", "tests/e2e"):
    sys.path.insert(0, str(ROOT / folder))

from binaries import tool  # noqa: E402

FOLDER = ROOT / "build/image"
# What deploy/Dockerfile starts from, made by Debian's own tool: there is no registry here.
BASE = "docker.io/library/debian:bookworm-slim"
MOST_LAYERS = 200
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
MISSING = "deploy/install-dependencies tests"


def run(*command, **options):
    """What a program of the container tools says; raises with all its words where it fails."""
    tool(command[0], f"{Path(command[0]).name}, or {MISSING}")
    done = subprocess.run(list(map(str, command)), env=environment(), capture_output=True, text=True, check=False,
                          **options)
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def environment():
    """That of buildah and podman: our storage, our runtime, no isolation that needs more than root in a container."""
    return {**os.environ, "CONTAINERS_STORAGE_CONF": str(FOLDER / "storage.conf"),
            "CONTAINERS_CONF": str(FOLDER / "containers.conf"), "BUILDAH_ISOLATION": "chroot",
            "TMPDIR": str(FOLDER / "tmp")}


def built(*arguments):
    """The name of the image, built anew where something changed. `arguments`: those of deploy/build-image."""
    with prepared():
        arguments += ("--ca", TRUSTED) if "--gateway" in arguments else ("--ccache", ccache_folder())
        return run(ROOT / "deploy/build-image", "--engine", "buildah", *arguments, "--", "--pull=never").strip()


def ccache_folder():
    return subprocess.run([tool("ccache", "ccache"), "--get-config", "cache_dir"], capture_output=True, text=True,
                          check=True).stdout.strip()


@contextlib.contextmanager
def prepared():
    """One builder at a time, with a storage that has the base image and is not too full."""
    (FOLDER / "tmp").mkdir(parents=True, exist_ok=True)
    with open(FOLDER / "lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        configure()
        if len(run("buildah", "images", "--all", "--quiet").split()) > MOST_LAYERS and nobody_else():
            run("buildah", "rmi", "--all", "--force")
        use()
        if BASE not in run("buildah", "images", "--format", "{{.Name}}:{{.Tag}}").split():
            make_base()
        yield


def nobody_else():
    """Whether no process uses an image of the storage, this one included."""
    with open(FOLDER / "in_use", "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


@functools.cache
def use():
    """Until the end of this process no other one empties the storage."""
    lock = open(FOLDER / "in_use", "wb")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def configure():
    if not (FOLDER / "storage.conf").exists():
        (FOLDER / "storage.conf").write_text(
            f'[storage]\ndriver = "{driver()}"\ngraphroot = "{FOLDER}/storage"\nrunroot = "{FOLDER}/run"\n')
    runtime = Path(__file__).with_name("runc_without_limits")
    (FOLDER / "containers.conf").write_text(
        f'[containers]\nnetns = "host"\n[engine]\nruntime = "{runtime}"\ncgroup_manager = "cgroupfs"\n'
        'events_logger = "file"\n')


def driver():
    """overlay where the kernel mounts it in our folder (not so on top of another overlay), else vfs, which copies."""
    folders = {name: FOLDER / "tmp/overlay" / name for name in ("lower", "upper", "work", "merged")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    options = "lowerdir={lower},upperdir={upper},workdir={work}".format(**folders)
    mounted = subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, folders["merged"]],
                             capture_output=True, check=False).returncode == 0
    if mounted:
        subprocess.run(["umount", folders["merged"]], check=True)
    return "overlay" if mounted else "vfs"


def make_base():
    archive = FOLDER / "slim.tar"
    if not archive.exists():
        # As in the real one, only the licenses of the documentation stay.
        left_out = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("man", "locale", "doc")]
        run("mmdebstrap", "--variant=minbase", *left_out, "--dpkgopt=path-include=/usr/share/doc/*/copyright",
            '--customize-hook=rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/*', "bookworm",
            FOLDER / "slim.part.tar")
        (FOLDER / "slim.part.tar").rename(archive)
    recipe = FOLDER / "Dockerfile.base"
    recipe.write_text('FROM scratch\nADD slim.tar /\nCMD ["bash"]\n')
    context = FOLDER / "base"
    context.mkdir(exist_ok=True)
    (context / "slim.tar").unlink(missing_ok=True)
    os.link(archive, context / "slim.tar")
    run("buildah", "bud", "--tag", BASE, "--file", recipe, context)


def inspected(image):
    """The image's configuration, as OCI says it."""
    return json.loads(run("buildah", "inspect", "--type", "image", image))["OCIv1"]["config"]


@contextlib.contextmanager
def unpacked(image, folder):
    """The image's file system, as a folder."""
    container = run("buildah", "from", "--pull-never", image).strip()
    try:
        copy = Path(folder) / "image"
        shutil.copytree(run("buildah", "mount", container).strip(), copy, symlinks=True)
        yield copy
    finally:
        run("buildah", "rm", container)
