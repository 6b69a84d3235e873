"""Rasa's part of a trace, in the form of OpenTelemetry's OTLP over HTTP with JSON.

Off unless OTEL_EXPORTER_OTLP_ENDPOINT names a collector. OpenTelemetry's own packages want a newer protobuf than Rasa
lets be installed; what is needed of them is this page: the header in, the header out, and two kinds of spans.
"""

import contextvars
import json
import logging
import os
import queue
import re
import secrets
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

logger = logging.getLogger(__name__)

SERVER, CLIENT = 2, 3
MOST_WAITING = 2000
MOST_AT_ONCE = 200
PAUSE_SECONDS = 1.0
_PARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


class Place(NamedTuple):
    """Where in which trace we are; a trace that is not sampled is carried on and not told."""

    trace: str
    span: str
    sampled: bool

    @property
    def header(self) -> str:
        """The value of `traceparent`."""
        return f"00-{self.trace}-{self.span}-{'01' if self.sampled else '00'}"


_place: "contextvars.ContextVar[Place | None]" = contextvars.ContextVar("place", default=None)


def read(header: str) -> "Place | None":
    """The place that a `traceparent` names; None for none, or one that cannot be read."""
    found = _PARENT.fullmatch(header or "")
    if found is None or set(found[1]) == {"0"} or set(found[2]) == {"0"}:
        return None
    return Place(found[1], found[2], bool(int(found[3], 16) & 1))


def address() -> str:
    """Where spans go; empty: nowhere."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return ""
    whole = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
    base = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").rstrip("/")
    return whole or (f"{base}/v1/traces" if base else "")


@dataclass
class Exporter:
    """Sends finished spans from a thread of its own. While the collector is away they wait, and the oldest go."""

    url: str
    waiting: "queue.Queue[dict[str, Any]]" = field(default_factory=lambda: queue.Queue(MOST_WAITING))
    thread: "threading.Thread | None" = None
    complained: bool = False

    def add(self, span: dict[str, Any]) -> None:
        """Never waits."""
        if self.thread is None:
            self.thread = threading.Thread(target=self._run, name="traces", daemon=True)
            self.thread.start()
        try:
            self.waiting.put_nowait(span)
        except queue.Full:
            return

    def _run(self) -> None:
        while True:
            self.flush()
            time.sleep(PAUSE_SECONDS)

    def flush(self) -> None:
        """Send what waits."""
        while spans := self._some():
            if not self._post(spans):
                return

    def _some(self) -> list[dict[str, Any]]:
        spans: list[dict[str, Any]] = []
        while len(spans) < MOST_AT_ONCE:
            try:
                spans.append(self.waiting.get_nowait())
            except queue.Empty:
                break
        return spans

    def _post(self, spans: list[dict[str, Any]]) -> bool:
        request = urllib.request.Request(  # noqa: S310 - the operator names the address
            self.url, json.dumps(_batch(spans)).encode(), {"Content-Type": "application/json", **_more_headers()}
        )
        try:
            with urllib.request.urlopen(request, timeout=5):  # noqa: S310
                self.complained = False
                return True
        except OSError as error:
            if not self.complained:
                logger.warning("Traces do not reach the collector: %s", type(error).__name__)
                self.complained = True
            return False


def _more_headers() -> dict[str, str]:
    pairs = (pair.partition("=") for pair in os.environ.get("OTEL_EXPORTER_OTLP_HEADERS", "").split(",") if pair)
    return {name.strip(): value.strip() for name, _equals, value in pairs}


def _batch(spans: list[dict[str, Any]]) -> dict[str, Any]:
    service = f"{os.environ.get('OTEL_SERVICE_NAME') or 'postventa'}-rasa"
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "postventa"}, "spans": spans}]}]}


_exporter: "Exporter | None" = None


def exporter() -> "Exporter | None":
    """This process's exporter; None where no collector is named."""
    global _exporter
    if _exporter is None and address():
        _exporter = Exporter(address())
    return _exporter


@contextmanager
def span(name: str, kind: int, header: str = "", **attributes: str) -> "Iterator[None]":
    """A part of the trace that `header` names, or of the present one; without either nothing is told."""
    parent, sender = read(header) or _place.get(), exporter()
    if sender is None or parent is None:
        yield
        return
    here, began, failed = Place(parent.trace, secrets.token_hex(8), parent.sampled), time.time_ns(), False
    token = _place.set(here)
    try:
        yield
    except BaseException:
        failed = True
        raise
    finally:
        _place.reset(token)
        if here.sampled:
            sender.add(_told(name, kind, here, parent, began, attributes, failed))


def _told(
    name: str, kind: int, here: Place, parent: Place, began: int, attributes: dict[str, str], failed: bool
) -> dict[str, Any]:
    return {
        "traceId": here.trace, "spanId": here.span, "parentSpanId": parent.span, "name": name, "kind": kind,
        "startTimeUnixNano": str(began), "endTimeUnixNano": str(time.time_ns()),
        "attributes": [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()],
        "status": {"code": 2} if failed else {},
    }  # fmt: skip


def headers() -> dict[str, str]:
    """What carries the trace on to whoever is called."""
    here = _place.get()
    return {"traceparent": here.header} if here else {}
