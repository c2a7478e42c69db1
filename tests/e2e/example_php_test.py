"""The example in plain PHP, which has no gRPC, walked; the gateway stands between it and the service."""

from binaries import tool
from example_app import walk
from node_package import NODE, with_package

# The port is known only when it starts.
START = "printf 'calls: {listen: \"127.0.0.1:{gateway}\"}' >\"$0\" && exec node \"$1\" --config \"$0\""


def test_the_walk(tmp_path):
    gateway = with_package("sh", "-c", START, tmp_path / "gateway.yaml", NODE / "dist/gateway/main.js")
    walk([tool("php", "php-cli php-curl"), "-S", "127.0.0.1:{port}", NODE / "examples/php/login.php"],
         environment={"OAUTH1D_GATEWAY": "http://127.0.0.1:{gateway}"}, beside={"gateway": (gateway, {})})
