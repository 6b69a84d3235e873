"""Everybody but the shop: a second copy of the sandbox plays phones and providers, on its own data, and never dies."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import httpx

from deploy.local import children
from deploy.local.layout import ROOT
from deploy.local.stack import Stack


@contextmanager
def provider(stack: Stack, wire: str) -> Iterator[str]:
    """Run it, with `wire` as the address under which it reaches the shop; its own base address."""
    var = stack.var / "provider"
    var.mkdir()
    theirs, ours = stack.told["paths"]["database"], var / "postventa.sqlite3"
    with closing(sqlite3.connect(theirs)) as shop, closing(sqlite3.connect(ours)) as own:
        shop.backup(own)
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    listening.close()
    command = [sys.executable, "-m", "uvicorn", "bot.asgi:application", "--port", port, "--no-access-log"]
    log = stack.var / "logs" / "provider.log"
    child = children.spawn(command, cwd=ROOT, env={**environment(stack, wire), "POSTVENTA_VAR": str(var)}, log=log)
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base, child, log)
        yield base
    finally:
        children.stop(child, 3)


def environment(stack: Stack, wire: str) -> Mapping[str, str]:
    """What a process on the shop's own data needs."""
    return {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        **stack.secrets(),
        "POSTVENTA_VAR": str(stack.var),
        "POSTVENTA_PUBLIC_URL": wire,
        "POSTVENTA_SANDBOX": "1",
        "POSTVENTA_LOG_LEVEL": "WARNING",
        "POSTVENTA_ENV_FILE": "",
        "CHROMA_URL": stack.urls["chroma"],
        "DJANGO_SETTINGS_MODULE": "bot.settings",
        "OMP_NUM_THREADS": "1",
    }


def _wait(base: str, child: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and child.poll() is None:
        try:
            if httpx.get(f"{base}/healthz", trust_env=False, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise RuntimeError(f"the stand-in for the providers did not start; its log: {log}")
