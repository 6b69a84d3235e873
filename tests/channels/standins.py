"""Twilio, Telegram and Meta as far as the adapters call them, inside the test's own process.

Each keeps what it was asked and answers well, unless answers (or exceptions) were queued with `next_answers`.
"""

from __future__ import annotations

import json
from collections import deque
from typing import Any
from urllib.parse import parse_qs

import httpx

Answer = httpx.Response | Exception
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 4_000


class StandIn:
    def __init__(self) -> None:
        self.calls: list[httpx.Request] = []
        self.queued: deque[Answer] = deque()
        self.transport = httpx.MockTransport(self._handle)

    def next_answers(self, *answers: Answer) -> None:
        self.queued.extend(answers)

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        answer = self.queued.popleft() if self.queued else self.answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def answer(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    def asked(self, ending: str) -> list[dict[str, Any]]:
        """The bodies of the calls to addresses ending so."""
        return [body_of(call) for call in self.calls if call.url.path.endswith(ending)]


def body_of(request: httpx.Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(request.content))
    return {key: values[0] for key, values in parse_qs(request.content.decode(), keep_blank_values=True).items()}


class Twilio(StandIn):
    def __init__(self) -> None:
        super().__init__()
        self.contents: list[dict[str, Any]] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/Messages.json"):
            return httpx.Response(201, json={"sid": f"SM{len(self.calls):032x}", "status": "queued"})
        if path.endswith("/v1/Content") and request.method == "POST":
            sid = f"HX{len(self.contents) + 1:032x}"
            self.contents.append({"sid": sid, **body_of(request)})
            return httpx.Response(201, json={"sid": sid})
        if path.endswith("/v1/Content"):
            return httpx.Response(200, json={"contents": self.contents, "meta": {"next_page_url": None}})
        if "/Media/" in path:
            return httpx.Response(307, headers={"location": "https://media.twiliocdn.com/file"})
        if request.url.host == "media.twiliocdn.com":
            return httpx.Response(200, headers={"content-type": "image/jpeg"}, content=JPEG)
        return httpx.Response(200, json={"success": True})


class Telegram(StandIn):
    def answer(self, request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition("/")[2]
        if method == "getFile":
            return ok({"file_id": "f", "file_unique_id": "u", "file_size": len(JPEG), "file_path": "photos/1.jpg"})
        if "/file/bot" in request.url.path:
            return httpx.Response(200, headers={"content-type": "image/jpeg"}, content=JPEG)
        if method.startswith("send") and method != "sendChatAction":
            chat = {"id": int(body_of(request)["chat_id"]), "type": "private"}
            return ok({"message_id": len(self.calls), "date": 1763633000, "chat": chat})
        if method == "getUpdates":
            return ok([])
        return ok(True)


class Meta(StandIn):
    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, headers={"content-type": "image/jpeg"}, content=JPEG)
        to = body_of(request)["recipient"]["id"]
        return httpx.Response(200, json={"recipient_id": to, "message_id": f"m_sent-{len(self.calls)}"})


def graph_error(status: int, code: int, subcode: int = 0, said: str = "(#0) no", **more: Any) -> httpx.Response:
    """Meta's refusal."""
    error = {"message": said, "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "A1b"}
    return httpx.Response(status, json={"error": {**error, **more}})


def ok(result: Any) -> httpx.Response:
    return httpx.Response(200, json={"ok": True, "result": result})


def refused(status: int, description: str, **parameters: int) -> httpx.Response:
    """Telegram's refusal."""
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return httpx.Response(status, json={**body, **({"parameters": parameters} if parameters else {})})
