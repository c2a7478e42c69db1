"""The pages that a person sees. Everything that came from outside is escaped."""

from html import escape
from urllib.parse import urlsplit

from received_request import Answer

_STYLE = """
:root { color-scheme: light dark; --page: #f3f4f7; --card: #fff; --ink: #1c2230; --soft: #5b6478;
  --line: #d9dde6; --accent: #2f5bd8; --on-accent: #fff }
@media (prefers-color-scheme: dark) { :root { --page: #12151c; --card: #1b202b; --ink: #e8ebf2;
  --soft: #a3acbf; --line: #343c4d; --accent: #8fb0ff; --on-accent: #10182c } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 26rem; padding: 1.75rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem; overflow-wrap: anywhere }
h1 { margin: 0 0 .5rem; font-size: 1.35rem; line-height: 1.3 }
p { margin: 0 0 1rem; color: var(--soft) }
.where { margin: 0 0 .75rem; font-size: .85rem; letter-spacing: .02em }
strong, code { color: var(--ink) }
fieldset { border: 0; margin: 0 0 1.25rem; padding: 0 }
legend { padding: 0; margin-bottom: .5rem; font-weight: 600 }
label { display: flex; gap: .75rem; align-items: center; padding: .7rem .9rem; margin-bottom: .5rem;
  border: 1px solid var(--line); border-radius: .6rem; cursor: pointer }
label:has(:checked) { border-color: var(--accent) }
input { width: 1.1rem; height: 1.1rem; margin: 0; accent-color: var(--accent) }
small { color: var(--soft) }
.buttons { display: flex; gap: .75rem; flex-wrap: wrap }
button { flex: 1 1 8rem; min-height: 2.9rem; font: inherit; font-weight: 600; border-radius: .6rem;
  cursor: pointer; border: 1px solid var(--line); background: transparent; color: var(--ink) }
button.allow { background: var(--accent); border-color: var(--accent); color: var(--on-accent) }
input:focus { outline: none }
button:focus-visible, label:focus-within {
  outline: 3px solid var(--accent); outline-offset: 2px }
output { display: block; margin: 1rem 0; font: 600 2.2rem/1.2 ui-monospace, monospace;
  letter-spacing: .15em; text-align: center; color: var(--ink) }
"""

# No form-action here: browsers apply it to the redirect after the form as well.
_HEADERS = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy",
     "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
     "frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"))


def _page(title, content, status=200):
    return Answer(status, "text/html; charset=utf-8", f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>{_STYLE}</style>
</head>
<body>
<main>
<p class="where">OAuth sandbox</p>
<h1>{escape(title)}</h1>
{content}
</main>
</body>
</html>
""".encode("utf-8", "replace"), _HEADERS)


def consent(asked, users):
    choices = "\n".join(
        f'<label><input type="radio" name="user" value="{escape(user.screen_name)}"'
        f'{" checked" if first else ""} required><span>{escape(user.name)}<br>'
        f'<small>@{escape(user.screen_name)}</small></span></label>'
        for first, user in ((place == 0, user) for place, user in enumerate(users)))
    return _page(f"Allow {asked.consumer.title} to sign you in?", f"""
<p><strong>{escape(asked.consumer.title)}</strong> (<code>{escape(asked.consumer.key)}</code>) asks
to read your profile. {_destination(asked.callback)}</p>
<form method="post" action="/oauth/authorize">
<input type="hidden" name="oauth_token" value="{escape(asked.identifier)}">
<fieldset>
<legend>Continue as</legend>
{choices}
</fieldset>
<div class="buttons">
<button class="allow" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</div>
</form>""")


def _destination(callback):
    if callback == "oob":
        return "You will get a PIN to type in there."
    return f"You will be sent back to <strong>{escape(urlsplit(callback).netloc)}</strong>."


def pin(approved):
    return _page("Your PIN", f"""
<p>Go back to <strong>{escape(approved.consumer.title)}</strong> and type in:</p>
<output id="pin">{escape(approved.verifier)}</output>
<p>It works once.</p>""")


def denied(asked):
    return _page("Denied", f"""
<p><strong>{escape(asked.consumer.title)}</strong> gets no access. You can close this page.</p>""")


def refusal(status, reason):
    return _page("This does not work", f"""
<p>{escape(reason)} Go back to the application and start again.</p>""", status)


def welcome():
    return _page("A provider to try things on", """
<p>Consumer <code>demo-key</code>, secret <code>demo-secret</code>, users <strong>alice</strong> and
<strong>bob</strong>.</p>
<p><code>/oauth/request_token</code><br><code>/oauth/authorize</code><br>
<code>/oauth/access_token</code><br><code>/1.1/account/verify_credentials.json</code><br>
<code>/1.1/echo</code><br><code>/_log</code></p>""")
