"""The five kinds of process of Postventa, and how each shows that it is well."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.layout import Layout
from deploy.local.ports import HOST, Ports
from deploy.local.trouble import Trouble

PROBE_SECONDS = 2.0
MOST_PROCESSES = 32


@dataclass(frozen=True)
class Process:
    """`healthy` is asked with the process's log and the byte where its present run began there. `needs` are started,
    and healthy, before it. `limit` is the time in seconds until it must be healthy, `grace` that to end after TERM."""

    name: str
    command: Sequence[object]
    healthy: Callable[[Path, int], bool]
    needs: tuple[str, ...] = ()
    limit: float = 120.0
    grace: float = 6.0
    env: Mapping[str, str] = field(default_factory=dict)


def answers(port: int, path: str) -> Callable[[Path, int], bool]:
    """Healthy when GET `path` on that port of this machine gives 200."""

    def asked(log: Path, offset: int) -> bool:
        # http.client uses no proxy.
        connection = http.client.HTTPConnection(HOST, port, timeout=PROBE_SECONDS)
        try:
            connection.request("GET", path, headers={"Host": f"{HOST}:{port}"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return asked


def says(words: str) -> Callable[[Path, int], bool]:
    """Healthy once it has written these words."""

    def read(log: Path, offset: int) -> bool:
        try:
            with log.open("rb") as file:
                file.seek(offset)
                return words.encode() in file.read()
        except OSError:
            return False

    return read


def chroma(layout: Layout, port: int) -> Process:
    """The vector store; it alone holds `var/chroma`, because its embedded client is not safe across processes."""
    return Process(
        "chroma",
        [layout.app_env / "bin" / "chroma", "run", "--path", layout.chroma, "--host", HOST, "--port", port],
        answers(port, "/api/v2/heartbeat"),
    )


def all_of(layout: Layout, ports: Ports, environ: Mapping[str, str]) -> list[Process]:
    """The processes in order of need. Where `environ` names a Chroma or a Rasa of its own, ours is left out."""
    python = layout.app_python
    web = ["-m", "uvicorn", "bot.asgi:application", "--host", HOST, "--port", ports.web, "--no-access-log"]
    # Open event streams would hold the web process back for ever.
    web += ["--timeout-graceful-shutdown", "3", "--workers", how_many(environ, "WEB")]
    every = [
        chroma(layout, ports.chroma),
        *(_rasa(layout, ports.rasa, number) for number in range(how_many(environ, "RASA"))),
        Process(
            "actions",
            [python, "-m", "actions.server", "--port", ports.actions],
            answers(ports.actions, "/health"),
            needs=("chroma",),
        ),
        Process("web", [python, *web], answers(ports.web, "/readyz"), needs=("chroma",)),
        *(
            Process(_name("worker", number), [python, "manage.py", "worker"], says("worker: ready"), needs=("chroma",))
            for number in range(how_many(environ, "WORKER"))
        ),
    ]
    elsewhere = {name for name, variable in (("chroma", "CHROMA_URL"), ("rasa", "RASA_URL")) if environ.get(variable)}
    kept = [process for process in every if process.name.partition("-")[0] not in elsewhere]
    return [_without(process, elsewhere) for process in kept]


def _rasa(layout: Layout, first_port: int, number: int) -> Process:
    port = first_port + number
    command: list[object] = [layout.rasa_python, "-m", "bot.dialogue.components.serve", "--port", port]
    if layout.model():
        # Noted, so that a restart finds it also when someone has edited data/ meanwhile, or has swapped the model.
        command += ["--model-note", layout.model_note]
    return Process(_name("rasa", number), command, answers(port, "/status"), limit=180)


def _name(kind: str, number: int) -> str:
    return f"{kind}-{number + 1}" if number else kind


def how_many(environ: Mapping[str, str], kind: str) -> int:
    """Processes of that kind, from POSTVENTA_<kind>_PROCESSES; one where it says nothing. Raises Trouble."""
    variable = f"POSTVENTA_{kind}_PROCESSES"
    given = environ.get(variable) or "1"
    if given.isascii() and given.isdigit() and 0 < int(given) <= MOST_PROCESSES:
        return int(given)
    raise Trouble(f"{variable} is {given!r}.", f"give a number from 1 to {MOST_PROCESSES}.")


def _without(process: Process, elsewhere: set[str]) -> Process:
    needs = tuple(name for name in process.needs if name not in elsewhere)
    return Process(
        process.name, process.command, process.healthy, needs, process.limit, process.grace, dict(process.env)
    )
