"""A shop's own site on another origin than ours, with the strictest rules that a page can have, and our web process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import uvicorn
from django.core.asgi import get_asgi_application

# What docs and the admin's page tell a shop to allow: our origin for scripts and requests, and nothing else.
POLICY = (
    "default-src 'none'; script-src {desk}; connect-src 'self' {desk}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}"><head><meta charset="utf-8"><title>Lumbre</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<script async src="{desk}/web/loader.js" {attributes}></script></head>
<body><main><h1>Lumbre</h1><p><a href="/otra">Otra página</a></p></main></body></html>"""


@dataclass
class ShopSite:
    """`attributes` go into the embed line; `identity` is what the shop's server says of who is signed in."""

    desk: str
    origin: str = ""
    language: str = "es"
    direction: str = "ltr"
    attributes: Mapping[str, str] = field(default_factory=dict)
    identity: str | None = None
    asked: int = 0
    hang_up: Callable[[], None] = lambda: None

    def page(self) -> str:
        attributes = " ".join(f'data-{name}="{value}"' for name, value in self.attributes.items())
        return PAGE.format(desk=self.desk, language=self.language, direction=self.direction, attributes=attributes)


@contextmanager
def shop_site(desk: str) -> Iterator[ShopSite]:
    site = ShopSite(desk)

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/who":
                site.asked += 1
                self.answer(200 if site.identity else 204, "text/plain", site.identity or "")
            elif self.path in ("/", "/otra"):
                self.answer(200, "text/html; charset=utf-8", site.page())
            else:
                self.answer(404, "text/plain", "")

        def answer(self, status: int, kind: str, body: str) -> None:
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", POLICY.format(desk=desk))
            if status != 204:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if status != 204:
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the tests' output is theirs."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    site.origin = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Desk:
    """Our web process, on a thread of this one, so that a test can hold the dialogue and change the world."""

    def __init__(self) -> None:
        config = uvicorn.Config(
            get_asgi_application(), host="127.0.0.1", port=0, log_level="warning", lifespan="off",
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)

    def hang_up(self) -> None:
        """Close every connection, as a proxy or a lost network does."""
        for connection in list(self.server.server_state.connections):
            self.loop.call_soon_threadsafe(connection.transport.abort)

    def __enter__(self) -> Desk:
        self.thread.start()
        deadline = time.monotonic() + 60
        while not self.server.started:
            if time.monotonic() > deadline or not self.thread.is_alive():
                raise RuntimeError("the web process did not start")
            time.sleep(0.02)
        self.loop = self.server.servers[0].get_loop()
        self.address = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *args: object) -> None:
        self.server.should_exit = True
        self.thread.join(10)
