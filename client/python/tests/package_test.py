"""The package as others install and read it."""
from __future__ import annotations

import importlib
import inspect
import pathlib
import pkgutil
import shutil
import subprocess
import sys
import zipfile

import pytest

import oauth1d
from oauth1d._stubs import oauth1d_pb2

CONTRACT = oauth1d_pb2.DESCRIPTOR.services_by_name["OAuth1Service"].methods_by_name  # documented there
PACKAGE = pathlib.Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The package's folder, elsewhere: building writes into it."""
    folder = tmp_path_factory.mktemp("package") / "python"
    ignored = shutil.ignore_patterns("__pycache__", "build", "*.egg-info", ".pytest_cache")
    return pathlib.Path(shutil.copytree(PACKAGE, folder, ignore=ignored))


def test_it_installs_without_a_network(copy: pathlib.Path, tmp_path: pathlib.Path) -> None:
    def run(*command: object) -> str:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run(sys.executable, "-m", "venv", "--system-site-packages", "V")
    run("V/bin/pip", "install", "--no-index", "--no-build-isolation", copy)
    shown = run("V/bin/python", "-c", "import oauth1d, oauth1d.aio; print(oauth1d.__file__, oauth1d.__version__)")
    assert shown.split()[0].startswith(str(tmp_path / "V")) and shown.split()[1] == oauth1d.__version__
    [site] = (tmp_path / "V").glob("lib/python*/site-packages")
    [record] = site.glob("oauth1d-*.dist-info/RECORD")
    names = [line.split(",")[0] for line in record.read_text().splitlines()]
    assert {name.split("/")[0] for name in names} == {"oauth1d", record.parent.name}


def test_the_wheel_holds_the_package_and_its_types(copy: pathlib.Path, tmp_path: pathlib.Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", "--no-index", "--no-build-isolation", "--no-deps", "-w", tmp_path,
         copy],
        check=True,
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [top_level] = [archive.read(name).decode() for name in names if name.endswith(".dist-info/top_level.txt")]
    assert top_level.split() == ["oauth1d"]
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"oauth1d"}
    source = PACKAGE / "src"
    expected = {
        str(path.relative_to(source)) for path in (source / "oauth1d").rglob("*")
        if path.suffix in (".py", ".pyi", ".typed") and "__pycache__" not in path.parts
    }
    assert {"oauth1d/py.typed", "oauth1d/_stubs/oauth1d_pb2.pyi"} <= expected
    assert expected <= set(names), expected - set(names)


def test_every_public_function_says_what_it_takes_gives_and_does() -> None:
    nameless = []
    for function, where in _public_functions():
        signature = inspect.signature(function)
        parameters = [each for each in signature.parameters.values() if each.name not in ("self", "cls")]
        typed = all(each.annotation is not each.empty for each in parameters)
        if not typed or signature.return_annotation is signature.empty:
            nameless.append(f"{where}: types")
        named_elsewhere = function.__name__ in CONTRACT or function.__name__.startswith("__")
        if not function.__doc__ and not named_elsewhere:
            nameless.append(f"{where}: docstring")
    assert nameless == []


def _public_functions():  # type: ignore[no-untyped-def]
    for module in pkgutil.walk_packages(oauth1d.__path__, "oauth1d."):
        if "_stubs" in module.name:
            continue
        found = importlib.import_module(module.name)
        assert found.__doc__, module.name
        for name, item in vars(found).items():
            if getattr(item, "__module__", None) != module.name or name.startswith("_"):
                continue
            if inspect.isfunction(item):
                yield item, f"{module.name}.{name}"
            elif inspect.isclass(item):
                assert item.__doc__, f"{module.name}.{name}"
                for member_name, member in vars(item).items():
                    member = getattr(member, "__func__", getattr(member, "fget", member))
                    public = not member_name.startswith("_") or member_name in ("__init__", "__enter__", "__exit__")
                    if inspect.isfunction(member) and public and member.__module__ == module.name:
                        yield member, f"{module.name}.{name}.{member_name}"
