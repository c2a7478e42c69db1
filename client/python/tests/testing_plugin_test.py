"""What the README shows of `oauth1d.testing`, run as a reader would run it."""
from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

PACKAGE = pathlib.Path(__file__).resolve().parent.parent

APPLICATION = """
import flask
from oauth1d.flask_client import OAuth

def make_app():
    app = flask.Flask(__name__)
    oauth = OAuth()

    @app.get("/login/twitter")
    def login():
        return oauth.twitter.authorize_redirect(flask.url_for("authorize", _external=True))

    @app.get("/auth/twitter")
    def authorize():
        oauth.twitter.authorize_access_token()
        return "Hello, " + oauth.twitter.get("account/verify_credentials.json").json()["name"]

    return app
"""


def test_the_example_of_the_readme(tmp_path: pathlib.Path) -> None:
    (example,) = re.findall(r"```python\n(# test_login\.py.*?)```", (PACKAGE / "README.md").read_text(), re.DOTALL)
    (tmp_path / "myapp.py").write_text(APPLICATION)
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["oauth1d.testing.pytest_plugin"]\n')
    (tmp_path / "test_login.py").write_text(example)
    environment = {**os.environ, "PYTHONPATH": f"{PACKAGE / 'src'}:{tmp_path}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0 and "2 passed" in done.stdout, done.stdout + done.stderr


def test_nothing_of_pytest_is_needed_to_import_it() -> None:
    code = "import sys, oauth1d.testing; assert 'pytest' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE / "src")}, check=True)
