"""A customer's side of a conversation: the web page through its public API, phones through the sandbox."""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.evaluation.sets import Channel
from tests.evaluation.wire import Wire

TURN_SECONDS = 30.0
# The smallest picture there is; the web channel wants a file, phones have one of their own.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)


@dataclass(frozen=True)
class Choice:
    id: str
    label: str


@dataclass(frozen=True)
class Line:
    """One thing that the customer was told."""

    text: str
    author: str = "bot"
    choices: tuple[Choice, ...] = ()
    cites: tuple[str, ...] = ()
    asks: str = ""


@dataclass(frozen=True)
class Heard:
    """What came back for what a customer did. `statuses`: every HTTP status on the way; `settled`: the turn ended in
    time; `owner`: bot, queue, agent or "" for nobody."""

    lines: tuple[Line, ...] = ()
    owner: str = "bot"
    asks: str = ""
    settled: bool = True
    statuses: tuple[int, ...] = ()
    seconds: float = 0.0

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The buttons that count now: those of the last message that has any."""
        return next((line.choices for line in reversed(self.lines) if line.choices), ())

    @property
    def cites(self) -> list[str]:
        return [slug for line in self.lines for slug in line.cites]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def accepted(self) -> bool:
        return all(status < 400 for status in self.statuses)


@dataclass
class Chat(ABC):
    """Say something, then wait until the system has finished with it."""

    wire: Wire
    lang: str
    conversation: str = ""
    seen: int = 0
    turn_seconds: float = TURN_SECONDS

    @abstractmethod
    async def open(self, today: date | None) -> None:
        """Begin or find the conversation and give it its day. Raises `Refused`."""

    async def say(self, text: str = "", *, choice: str = "", attachment: Any = None) -> Heard:
        """Send words, a button or a file, and hear what comes back. Raises `Unreachable`."""
        started = time.monotonic()
        statuses = await self._send(text, choice, attachment)
        if statuses[-1] >= 400:
            return Heard(statuses=tuple(statuses), seconds=time.monotonic() - started)
        return await self._hear(statuses, started)

    async def _hear(self, statuses: list[int], started: float) -> Heard:
        pause, lines = self.wire.pause, []
        state: dict[str, Any] = {}
        settled = False
        while not settled and time.monotonic() - started < self.turn_seconds:
            response = await self.wire.call("GET", self._news(), token=self._token())
            if not response.is_success:
                statuses.append(response.status_code)
                break
            state = response.json()
            lines += self._lines(state["messages"])
            settled = not state["pending"]
            if not settled:
                await asyncio.sleep(pause)
                pause = min(0.5, pause * 1.3)
        asks = next((line.asks for line in reversed(lines) if line.asks), "") or self._asks(state)
        owner = (state.get("owner") or "").partition(":")[0]
        return Heard(tuple(lines), owner, asks, settled, tuple(statuses), time.monotonic() - started)

    @abstractmethod
    async def _send(self, text: str, choice: str, attachment: Any) -> list[int]: ...

    @abstractmethod
    def _news(self) -> str: ...

    @abstractmethod
    def _lines(self, messages: list[dict[str, Any]]) -> list[Line]: ...

    def _token(self) -> str:
        return ""

    def _asks(self, state: dict[str, Any]) -> str:
        return ""


@dataclass
class WebChat(Chat):
    token: str = field(default="", repr=False)

    async def open(self, today: date | None) -> None:
        begun = await self.wire.json("POST", "/web/session", {"language": self.lang[:2]})
        self.token, self.conversation = begun["token"], begun["conversation"]
        if today:
            day = {"conversation": self.conversation, "today": today.isoformat()}
            await self.wire.json("POST", "/sandbox/api/web/today", day)

    async def _send(self, text: str, choice: str, attachment: Any) -> list[int]:
        body: dict[str, Any] = {"client_id": secrets.token_hex(8)}
        statuses = []
        if attachment is not None:
            response = await self.wire.call("POST", "/web/attachments", files=_file(attachment), token=self.token)
            statuses.append(response.status_code)
            if response.is_success:
                body["attachments"] = [response.json()["id"]]
            elif not text:
                return statuses
            elif response.status_code < 500:
                statuses.clear()
        body |= {"choice": choice} if choice else {"text": text} if text or attachment is None else {}
        response = await self.wire.call("POST", "/web/messages", body, token=self.token)
        return [*statuses, response.status_code]

    def _news(self) -> str:
        return f"/web/messages?after={self.seen}"

    def _token(self) -> str:
        return self.token

    def _lines(self, messages: list[dict[str, Any]]) -> list[Line]:
        self.seen = max([self.seen, *(message["seq"] for message in messages)])
        return [
            Line(
                message["text"],
                message["author"],
                tuple(Choice(choice["id"], choice["label"]) for choice in message["choices"]),
                tuple(citation["slug"] for citation in message["citations"]),
                message["asks"] or "",
            )
            for message in messages
            if message["author"] != "customer"
        ]


@dataclass
class PhoneChat(Chat):
    """WhatsApp or Telegram. An identity has one conversation for ever; whoever opens it ends what was before."""

    channel: Channel = "whatsapp"
    identity: str = ""

    async def open(self, today: date | None) -> None:
        state = await self.wire.json("GET", f"{self._path}?after=0")
        while state["messages"]:
            self.seen = max(message["number"] for message in state["messages"])
            state = await self.wire.json("GET", self._news())
        self.conversation = state["conversation"] or ""
        if today or self.conversation:
            await self.wire.json("POST", self._path, {"today": today.isoformat() if today else None})

    async def _send(self, text: str, choice: str, attachment: Any) -> list[int]:
        body: dict[str, Any] = {"choice": choice} if choice else {"text": text}
        if attachment is not None:
            body["attachment"] = _sandbox_file(attachment)
        if not self.conversation:
            body["language"] = self.lang[:2]
        response = await self.wire.call("POST", self._path, body, repeatable=False)
        return [response.status_code]

    def _lines(self, messages: list[dict[str, Any]]) -> list[Line]:
        self.seen = max([self.seen, *(message["number"] for message in messages)])
        return [
            Line(
                message["text"],
                choices=tuple(Choice(str(choice["id"]), choice["label"]) for choice in message["choices"]),
            )
            for message in messages
            if message.get("from") != "customer"
        ]

    def _asks(self, state: dict[str, Any]) -> str:
        self.conversation = state.get("conversation") or self.conversation
        return state.get("asks") or ""

    def _news(self) -> str:
        return f"{self._path}?after={self.seen}"

    @property
    def _path(self) -> str:
        return f"/sandbox/api/{self.channel}/{self.identity}"


def _parts(attachment: Any) -> tuple[str, str, bytes]:
    """Name, type and bytes of an attachment: `"photo"`, a name, or an object with name, mime and data, text or size."""
    given = attachment if isinstance(attachment, dict) else {"name": str(attachment)}
    name = str(given.get("name") or given.get("filename") or "photo.png")
    mime = str(given.get("mime") or given.get("content_type") or given.get("type") or "image/png")
    if "data" in given:
        try:
            return name, mime, base64.b64decode(str(given["data"]), validate=True)
        except ValueError:
            return name, mime, str(given["data"]).encode("utf-8", "replace")
    words = str(given.get("text") or given.get("content") or "").encode("utf-8", "replace")
    if isinstance(size := given.get("size"), int):
        return name, mime, ((words or b"x") * size)[:size]
    return name, mime, words or PICTURE


def _file(attachment: Any) -> dict[str, tuple[str, bytes, str]]:
    name, mime, data = _parts("photo.png" if attachment == "photo" else attachment)
    return {"file": (name, data, mime)}


def _sandbox_file(attachment: Any) -> Any:
    if attachment in ("photo", "document", "location", "contact"):
        return attachment
    name, mime, data = _parts(attachment)
    family = mime.partition("/")[0]
    kind = family if family in ("image", "audio", "video") else "document"
    return {"kind": kind, "name": name[:200], "mime": mime[:100], "data": base64.b64encode(data).decode()}


def stranger(channel: Channel) -> str:
    """An identity that nobody has and that no order knows."""
    number = secrets.randbelow(10**8)
    return f"+346{90000000 + number % 10**7:08d}" if channel == "whatsapp" else f"79{number:08d}"


def identity_of(channel: Channel, sender: str | None) -> str:
    """The identity in a dialogue's `from`, as the sandbox calls it."""
    if not sender:
        return stranger(channel)
    bare = sender.removeprefix(f"{channel}:").replace(" ", "")
    return f"+{bare}" if channel == "whatsapp" and bare.isdecimal() else bare
