"""The environment variables that the processes get: ours, the shop's `.env`, the generated secrets, the defaults."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.local.files import write_whole
from deploy.local.layout import Layout
from deploy.local.ports import HOST, Ports
from deploy.local.processes import how_many
from deploy.local.trouble import Trouble

SECRETS = ("POSTVENTA_SECRET_KEY", "POSTVENTA_RASA_TOKEN", "POSTVENTA_ACTIONS_TOKEN", "POSTVENTA_PRIVACY_KEY")

_QUIET = {
    # Spinning threads of BLAS and OpenMP cost hundreds of milliseconds a text on a busy machine.
    "OMP_NUM_THREADS": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
}
# They would send our Pythons to another Python's library; the last one has every process compile its libraries anew at
# each start, which is half of the time it takes.
_FOREIGN = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__", "PYTHONDONTWRITEBYTECODE")


def read_env_file(path: Path) -> dict[str, str]:
    """The settings of a `.env` file: NAME=value lines, `#` comments, optional quotes and `export`. A value is taken
    literally, `$` included. Raises Trouble naming the line that is none."""
    found: dict[str, str] = {}
    if not path.is_file():
        return found
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, equals, value = text.partition("=")
        name = name.strip()
        if name.startswith("export "):
            name = name[len("export ") :].strip()
        if not equals or not name.isidentifier():
            # The line is not shown: it may hold half a secret.
            raise Trouble(
                f"line {number} of {path} is not NAME=value.", "correct that line; .env.example shows the form."
            )
        found[name] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    if value[:1] in {"'", '"'}:
        end = value.find(value[0], 1)
        return value[1:end] if end > 0 else value
    return value.partition(" #")[0].rstrip()


def own_secrets(layout: Layout) -> dict[str, str]:
    """The secrets of this `var`, made on first use and readable by the owner only."""
    found = read_env_file(layout.secrets)
    missing = [name for name in SECRETS if not found.get(name)]
    if missing:
        found.update((name, secrets.token_urlsafe(48)) for name in missing)
        head = (
            "# Made on first use. Take a line out to get a new one. A new SECRET_KEY logs everybody out; a new\n"
            "# PRIVACY_KEY forgets who of those who were erased wants none of our messages.\n"
        )
        write_whole(layout.secrets, head + "".join(f"{key}={value}\n" for key, value in found.items()), mode=0o600)
    return found


def settings(layout: Layout, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What a person has set: `.env` beside the Makefile, and above it the environment. POSTVENTA_ENV_FILE names another
    file, or none when it is empty."""
    file = environ.get("POSTVENTA_ENV_FILE", ".env")
    return {**(read_env_file(layout.root / file) if file else {}), **environ}


def apart(environ: Mapping[str, str], *more: str) -> dict[str, str]:
    """`environ` for tests: without the shop's real accounts, without `.env`, and without the variables in `more`."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("TWILIO_", "TELEGRAM_", "MAIL_", "META_", "CHAT_")) and name not in more
    }
    return {**kept, "POSTVENTA_ENV_FILE": ""}


def for_tools(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of installers, training and tests: no shop's secrets in it."""
    kept = {name: value for name, value in environ.items() if name not in _FOREIGN}
    return {**_QUIET, **kept, **_no_proxy(kept)}


def for_shop(layout: Layout, ports: Ports, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process of one shop; `environ` (see `settings`) wins over what is worked out here."""
    public = environ.get("POSTVENTA_PUBLIC_URL") or f"http://{HOST}:{ports.web}"
    hosts = ["127.0.0.1", "localhost", "[::1]", "testserver", urlsplit(public).hostname or ""]
    worked_out = {
        **own_secrets(layout),
        "POSTVENTA_ALLOWED_HOSTS": ",".join(dict.fromkeys(filter(None, hosts))),
        "POSTVENTA_RASA_TRACKERS": str(layout.trackers),
        "POSTVENTA_ACTIONS_URL": f"http://{HOST}:{ports.actions}/webhook",
        "RASA_URL": ",".join(f"http://{HOST}:{ports.rasa + number}" for number in range(how_many(environ, "RASA"))),
        "CHROMA_URL": f"http://{HOST}:{ports.chroma}",
        "DJANGO_SETTINGS_MODULE": "bot.settings",
    }
    given = {name: value for name, value in for_tools(environ).items() if value}
    fixed = {"POSTVENTA_PUBLIC_URL": public, "POSTVENTA_VAR": str(layout.var), "POSTVENTA_MODELS": str(layout.models)}
    return {**worked_out, **given, **fixed}


def _no_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    if not any(name.lower() in {"http_proxy", "https_proxy", "all_proxy"} for name in environ):
        return {}
    local = ",".join(filter(None, [environ.get("no_proxy") or environ.get("NO_PROXY", ""), "127.0.0.1,localhost"]))
    return {"no_proxy": local, "NO_PROXY": local}
