"""The people of the road: customers on three channels, an agent and an editor, each speaking only HTTP."""

from __future__ import annotations

import os
import subprocess
import time
import uuid
from collections.abc import Callable
from typing import Any, Protocol

import httpx

from deploy.local.layout import ROOT
from deploy.local.stack import Stack

PATIENCE = 45.0


def until[Seen](look: Callable[[], Seen | None], what: str, seconds: float = PATIENCE) -> Seen:
    """Look again and again until there is something to see; fails naming what never came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds:.0f} s")


class Customer(Protocol):
    """Somebody who writes on a channel."""

    def say(self, text: str) -> list[str]:
        """Write and give the texts that came back by the time nothing was pending any more."""

    def send(self, text: str) -> None:
        """Write without waiting for anything."""

    def heard(self) -> list[str]:
        """Everything the shop has said to this customer, oldest first."""

    def state(self) -> dict[str, Any]:
        """Owner, pending and what is being asked, as the channel's API tells it."""

    @property
    def conversation(self) -> str: ...


class Widget:
    """Lucía on the shop's page."""

    def __init__(self, base: str, language: str = "es") -> None:
        self.http = httpx.Client(base_url=base, timeout=30)
        body = self.http.post("/web/session", json={"language": language}).raise_for_status().json()
        self.conversation: str = body["conversation"]
        self.http.headers["authorization"] = f"Bearer {body['token']}"

    def post(self, **body: Any) -> httpx.Response:
        return self.http.post("/web/messages", json={"client_id": uuid.uuid4().hex, **body})

    def send(self, text: str) -> None:
        self.post(text=text).raise_for_status()

    def say(self, text: str) -> list[str]:
        before = len(self.heard())
        self.send(text)
        until(lambda: not self.state()["pending"], f"an answer to {text!r}")
        return self.heard()[before:]

    def lines(self) -> list[dict[str, Any]]:
        return list(self.http.get("/web/messages").raise_for_status().json()["messages"])

    def heard(self) -> list[str]:
        return [line["text"] for line in self.lines() if line["author"] != "customer"]

    def cited(self) -> list[dict[str, Any]]:
        """The sources of the last answer that had any."""
        return next((line["citations"] for line in reversed(self.lines()) if line["citations"]), [])

    def state(self) -> dict[str, Any]:
        return dict(self.http.get("/web/messages", params={"after": 999_999}).raise_for_status().json())


class SandboxPhone:
    """Somebody with a phone: the sandbox signs and posts the provider's own webhook, and plays the provider."""

    def __init__(self, base: str, channel: str, identity: str) -> None:
        self.http = httpx.Client(timeout=30)
        self.identity = identity
        self.address = f"{base}/sandbox/api/{channel}/{identity}"

    def send(self, text: str) -> None:
        self.http.post(self.address, json={"text": text}).raise_for_status()

    def say(self, text: str) -> list[str]:
        before = len(self.heard())
        self.send(text)
        until(lambda: not self.state()["pending"], f"an answer to {text!r}")
        return self.heard()[before:]

    def heard(self) -> list[str]:
        return [message["text"] for message in self.state()["messages"]]

    def state(self) -> dict[str, Any]:
        return dict(self.http.get(self.address).raise_for_status().json())

    @property
    def conversation(self) -> str:
        return str(self.state()["conversation"])


class Agent:
    """Ana or Bruno, through the staff API."""

    def __init__(self, stack: Stack, name: str) -> None:
        key = manage(stack, "api_token", name).strip().splitlines()[-1]
        self.http = httpx.Client(
            base_url=f"{stack.urls['web']}/api", headers={"authorization": f"Bearer {key}"}, timeout=30
        )

    def queue(self) -> list[dict[str, Any]]:
        found = self.http.get("/conversations", params={"owner": "queue"}).raise_for_status().json()
        return list(found["conversations"])

    def read(self, conversation: str) -> dict[str, Any]:
        return dict(self.http.get(f"/conversations/{conversation}").raise_for_status().json())

    def do(self, conversation: str, verb: str, **body: Any) -> httpx.Response:
        return self.http.post(f"/conversations/{conversation}/{verb}", json=body)


def manage(stack: Stack, *command: str) -> str:
    """Run a management command on the running shop's data."""
    env = {**os.environ, **stack.secrets(), "POSTVENTA_VAR": str(stack.var), "CHROMA_URL": stack.urls["chroma"]}
    done = subprocess.run(
        [".venv/bin/python", "manage.py", *command], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout
