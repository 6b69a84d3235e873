"""One message is one trace: the web process that took it in, Rasa that was asked, and the actions that Rasa asked."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.db import connection

from tests.dialogue.engine import TOKEN, Rasa, Server, free_port, make_rasa
from tests.operating.collector import Collector, Seen, collector

SAID = "quiero devolver una cafetera"


@pytest.fixture
def traces() -> Iterator[Collector]:
    with collector() as found:
        yield found


def _traced(traces: Collector) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": traces.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}


@pytest.fixture
def engine(model: Path, actions: Server, traces: Collector, tmp_path: Path) -> Iterator[Rasa]:
    """A Rasa and actions that tell the collector."""
    folder = tmp_path / "actions"
    folder.mkdir()
    mine = Server(list(actions.command[:-1]), free_port(), folder / "log", {**actions.environment, **_traced(traces)})
    mine.command.append(str(mine.port))
    mine.start()
    engine = make_rasa(model, mine, tmp_path)
    engine.server.environment |= _traced(traces)
    engine.server.start()
    yield engine
    engine.server.stop()
    mine.stop()


@pytest.fixture
def web(transactional_db: None, engine: Rasa, traces: Collector, tmp_path: Path) -> Iterator[Server]:
    """A web process of its own over a copy of the test database."""
    if connection.vendor != "sqlite":
        pytest.skip("one engine is enough to see that a header is passed on")
    connection.close()
    with (
        closing(sqlite3.connect(connection.settings_dict["NAME"])) as here,
        closing(sqlite3.connect(tmp_path / "postventa.sqlite3")) as there,
    ):
        here.backup(there)
    port = free_port()
    environment = {
        "POSTVENTA_VAR": str(tmp_path), "RASA_URL": engine.server.url, "POSTVENTA_RASA_TOKEN": TOKEN,
        "POSTVENTA_SANDBOX": "1", "POSTVENTA_ENV_FILE": "", "DJANGO_SETTINGS_MODULE": "bot.settings",
        **_traced(traces),
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "bot.asgi:application", "--port", str(port), "--no-access-log"]
    server = Server(command, port, tmp_path / "web.log", environment)
    _start(server)
    yield server
    server.stop()


def _start(web: Server) -> None:
    """Its health page has another name than Rasa's."""
    with web.log.open("ab") as log:
        web.process = subprocess.Popen(web.command, env={**os.environ, **web.environment}, stdout=log, stderr=log)
    for _ in range(600):
        assert web.process.poll() is None, web.log.read_text()[-3000:]
        try:
            if httpx.get(f"{web.url}/healthz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError(web.log.read_text()[-3000:])


def _say(web: Server, text: str) -> None:
    session = httpx.post(f"{web.url}/web/session", json={}, timeout=60).json()
    bearer = {"Authorization": f"Bearer {session['token']}"}
    body = {"client_id": uuid4().hex, "text": text}
    assert httpx.post(f"{web.url}/web/messages", json=body, headers=bearer, timeout=60).status_code == 202


def _chain(spans: list[Seen], last: Seen) -> list[tuple[str, str]]:
    """(service, name) from the root to `last`, within one trace."""
    by_id = {span.id: span for span in spans if span.trace == last.trace}
    chain = [last]
    while chain[0].parent in by_id:
        chain.insert(0, by_id[chain[0].parent])
    return [(span.service, span.name) for span in chain]


def _action(spans: list[Seen]) -> Seen | None:
    """An action's span of which the root has come too."""
    found = [span for span in spans if span.service == "postventa-actions"]
    return next((span for span in found if len(_chain(spans, span)) == 6), None)


def test_one_message_is_one_trace_through_three_processes(web: Server, traces: Collector) -> None:
    _say(web, SAID)
    spans = traces.wait_for(_action)
    last = _action(spans)
    assert last is not None
    assert _chain(spans, last) == [
        ("postventa-web", "POST web/messages"),
        ("postventa-web", "turn"),
        ("postventa-web", "rasa"),
        ("postventa-rasa", "turn"),
        ("postventa-rasa", "actions"),
        ("postventa-actions", last.name),
    ]
    assert not [span for span in spans if "cafetera" in span.text], "a trace holds no words"


def test_without_a_collector_nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.core.exceptions import MiddlewareNotUsed

    from bot import tracing

    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    with pytest.raises(MiddlewareNotUsed):
        tracing.middleware(lambda request: request)  # type: ignore[arg-type,return-value]
    with tracing.span("turn"):
        assert tracing.carried() == {}


@pytest.mark.parametrize(
    "header", ["", "nonsense", "00-" + "0" * 32 + "-" + "1" * 16 + "-01", "00-" + "1" * 32 + "-" + "0" * 16 + "-01"]
)
def test_a_header_that_cannot_be_read_is_none(header: str) -> None:
    from bot.dialogue.components import tracing as inside

    assert inside.read(header) is None


def test_what_is_not_sampled_is_carried_on_and_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.dialogue.components import tracing as inside

    told: list[Any] = []
    sender = inside.Exporter("http://127.0.0.1:9")
    monkeypatch.setattr(sender, "add", told.append)
    monkeypatch.setattr(inside, "exporter", lambda: sender)
    with inside.span("turn", inside.SERVER, f"00-{'1' * 32}-{'2' * 16}-00"):
        assert inside.headers()["traceparent"].startswith(f"00-{'1' * 32}-")
        assert inside.headers()["traceparent"].endswith("-00")
    assert told == []
    with inside.span("turn", inside.SERVER, f"00-{'1' * 32}-{'2' * 16}-01"):
        pass
    assert [span["parentSpanId"] for span in told] == ["2" * 16]
