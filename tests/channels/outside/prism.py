"""Prism serving a provider's published description as that provider, on a port of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.channels.outside.install import NPM, ROOT

PROGRAM = NPM / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
# Beside the repository, or where POSTVENTA_SHARED says.
SPECS = Path(os.environ.get("POSTVENTA_SHARED") or ROOT.parent / "shared") / "specs"
START_SECONDS = 60


class Prefer(httpx.AsyncBaseTransport):
    """A transport that asks Prism for the next answers by its `Prefer` header: a code, and one of its examples."""

    def __init__(self) -> None:
        self.real = httpx.AsyncHTTPTransport()
        self.wanted: deque[tuple[int, str] | None] = deque()
        self.calls: list[tuple[str, int]] = []
        self.at, self.then = 0, lambda: None

    def next_answers(self, *answers: tuple[int, str] | None) -> None:
        """What the next calls are answered with, one each; None is the good answer."""
        self.wanted.extend(answers)

    def after(self, count: int, then: Callable[[], None]) -> None:
        """Call `then` when so many calls have been answered."""
        self.at, self.then = count, then

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        wanted = self.wanted.popleft() if self.wanted else None
        if wanted:
            request.headers["Prefer"] = f"code={wanted[0]}, example={wanted[1]}"
        response = await self.real.handle_async_request(request)
        self.calls.append((request.url.path.rpartition("/")[2], response.status_code))
        if len(self.calls) == self.at:
            self.then()
        return response

    async def aclose(self) -> None:
        await self.real.aclose()


@contextmanager
def serving(spec: str) -> Iterator[str]:
    """The address of Prism serving `spec`; the test is skipped, with the reason, where that cannot be."""
    description, node = SPECS / spec, shutil.which("node")
    if not description.is_file():
        pytest.skip(f"no {description.name} in {SPECS}: set POSTVENTA_SHARED to the folder that holds specs/")
    if node is None or not PROGRAM.is_file():
        pytest.skip("Prism is not installed: python -m tests.channels.outside.install (needs npm)")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [node, str(PROGRAM), "mock", "-h", "127.0.0.1", "-p", str(port), "--errors", str(description)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.1)
    said = process.stdout.read().decode() if process.poll() is not None and process.stdout else "it still starts"
    raise RuntimeError(f"Prism does not serve: {said[-500:]}")
