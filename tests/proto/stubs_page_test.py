"""Whoever follows proto/README.md gets stubs, and a first call that works."""

import base64
import os
import shutil
import subprocess

import pytest

from oauth1d._stubs import oauth1d_pb2, status_pb2

from stubs_page import ROOT, follow, generate, languages

PAGE = languages()
NODE = {"Node", "Node, with @grpc/grpc-js"}
# What a machine must have; the message names what brings it. PHP and C# have tests of their own below.
RUN = {
    "Python": {},
    "Node": {},
    "Node, with @grpc/grpc-js": {},
    "Go": {"go": "golang-go golang-google-grpc-dev golang-google-genproto-dev golang-github-golang-protobuf-1-5-dev",
           "protoc-gen-go": "protoc-gen-go", "protoc-gen-go-grpc": "protoc-gen-go-grpc"},
    "Java": {"javac": "default-jdk-headless", "grpc_java_plugin": "protobuf-compiler-grpc-java-plugin"},
    "Ruby": {"ruby": "ruby ruby-grpc"},
    "C++": {"clang++-16": "clang-16"},
}


def needs(programs):
    """A missing program is an error that names the package, not a reason to skip."""
    for program, packages in programs.items():
        assert shutil.which(program), f"apt-get install {packages}"


def settings(name, folder):
    """What the page leaves to the reader: where Debian keeps libraries, and how an application is laid out."""
    if name in NODE:
        (folder / "node_modules").symlink_to(ROOT / "client/node/node_modules")
        (folder / "package.json").write_text('{"type": "module"}')
        return {}
    if name == "Go":
        # Without a module proxy, as Debian builds: gen/ is where GOPATH looks for sources.
        (folder / "src").symlink_to("gen")
        return {"GO111MODULE": "off", "GOPATH": f"{folder}:/usr/share/gocode", "GOCACHE": str(folder / "cache")}
    return {"Java": {"JARS": "/usr/share/java/*"}, "C++": {"CXX": "clang++-16"}}.get(name, {})


def test_the_page_has_a_test_for_each_language():
    assert set(PAGE) == {*RUN, "PHP", "C#"}


@pytest.mark.parametrize("name", RUN)
def test_a_program_makes_its_first_call(name, tmp_path, with_twitter, without_twitter):
    needs(RUN[name])
    language, environment = PAGE[name], settings(name, tmp_path)
    *stubs, run = language.commands
    if stubs:
        generate(language, tmp_path)
    file, text = language.program
    (tmp_path / file).write_text(text)

    started = follow(run, tmp_path, OAUTH1D_SERVER=with_twitter.address, **environment)
    assert "/oauth/authorize?oauth_token=" in started

    refused = follow(run, tmp_path, OAUTH1D_SERVER=without_twitter.address, **environment)
    assert "PROVIDER_NOT_FOUND sent=no" in refused


PHP_REQUEST = """
foreach ([$argv[1] . "/gen", "/usr/share/php"] as $root) {
    spl_autoload_register(function ($class) use ($root) {
        $file = $root . "/" . str_replace("\\\\", "/", $class) . ".php";
        if (is_file($file)) require $file;
    });
}
$request = new Oauth1d\\V1\\StartAuthorizationRequest(["provider" => "twitter", "app_state" => "\\x00\\xff"]);
$info = new Oauth1d\\Status\\V1\\ErrorInfo();
$info->mergeFromString(base64_decode($argv[2]));
echo bin2hex($request->serializeToString()), " ", $info->getReason(), " ", $info->getMetadata()["sent"];
"""


def test_php_reads_and_writes_the_bytes_that_python_does(tmp_path):
    """Debian has no gRPC for PHP, so the call itself is not made."""
    needs({"php": "php-cli php-google-protobuf"})
    generate(PAGE["PHP"], tmp_path)
    file, text = PAGE["PHP"].program
    (tmp_path / file).write_text(text)
    for source in (file, "gen/Oauth1d/V1/OAuth1ServiceClient.php"):
        follow(f"php -l {source}", tmp_path)

    request = oauth1d_pb2.StartAuthorizationRequest(provider="twitter", app_state=b"\x00\xff")
    info = status_pb2.ErrorInfo(reason="PROVIDER_NOT_FOUND", metadata={"sent": "no"})
    printed = subprocess.run(
        ["php", "-r", PHP_REQUEST, "--", str(tmp_path), base64.b64encode(info.SerializeToString()).decode()],
        capture_output=True, text=True, env=os.environ)
    expected = f"{request.SerializeToString().hex()} PROVIDER_NOT_FOUND no"
    assert printed.stdout == expected, printed.stderr + printed.stdout


def test_c_sharp_has_its_messages(tmp_path):
    generate(PAGE["C#"], tmp_path)
    assert "namespace Oauth1d.V1" in (tmp_path / "gen/Oauth1D.cs").read_text()
