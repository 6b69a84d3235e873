"""A collector of traces, as OpenTelemetry's protocol wants it: OTLP over HTTP, in protobuf or JSON."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class Seen:
    """A span as it arrived; ids in hexadecimal, `parent` empty for a root."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    text: str


@dataclass
class Collector:
    url: str = ""
    spans: list[Seen] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def add(self, spans: list[Seen]) -> None:
        with self.arrived:
            self.spans += spans
            self.arrived.notify_all()

    def wait_for(self, enough: Callable[[list[Seen]], Any], seconds: float = 120) -> list[Seen]:
        """What arrived, once it is enough; fails after so many seconds."""
        until = time.monotonic() + seconds
        with self.arrived:
            while not enough(self.spans):
                assert self.arrived.wait(max(0.0, until - time.monotonic())), f"only these came: {self.spans}"
            return list(self.spans)


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector on a port of its own."""
    found = Collector()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            is_json = self.headers["Content-Type"].startswith("application/json")
            found.add(list(_of_json(json.loads(body)) if is_json else _of_protobuf(body)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()


def _of_json(told: dict[str, Any]) -> Iterator[Seen]:
    for resource in told["resourceSpans"]:
        service = resource["resource"]["attributes"][0]["value"]["stringValue"]
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                assert int(span["endTimeUnixNano"]) >= int(span["startTimeUnixNano"]) > 10**18
                yield Seen(
                    service, span["name"], span["traceId"], span["spanId"], span.get("parentSpanId", ""), str(span)
                )


def _of_protobuf(body: bytes) -> Iterator[Seen]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        named = {each.key: each.value.string_value for each in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
                yield Seen(named["service.name"], span.name, *ids, str(span))
