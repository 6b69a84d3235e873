"""A stand-in for Chatwoot's two HTTP APIs, as its reference describes them; it keeps what it was told."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "bot-token"
INBOX = "inbox-identifier"


@dataclass
class Chatwoot:
    """`messages` are (who, text, private); `broken` makes the next calls fail after the message was kept."""

    url: str = ""
    contacts: dict[str, str] = field(default_factory=dict)
    conversations: dict[int, dict[str, Any]] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    down: bool = False
    lose_answers: int = 0

    def said(self, kind: str) -> list[str]:
        """The texts of a kind: incoming, outgoing or note."""
        return [each["content"] for each in self.messages if each["kind"] == kind]


PUBLIC = rf"/public/api/v1/inboxes/{INBOX}/contacts"
ACCOUNT = r"/api/v1/accounts/1/conversations/(\d+)"


def answer(state: Chatwoot, method: str, path: str, token: str, body: dict[str, Any]) -> tuple[int, Any]:
    if state.down:
        return 502, {}
    if not path.startswith("/public/") and token != TOKEN:
        state.refused.append(path)
        return 401, {"error": "Invalid Access Token"}
    if method == "POST" and re.fullmatch(PUBLIC, path):
        source = state.contacts.setdefault(body["identifier"], f"src-{len(state.contacts) + 1}")
        return 200, {"source_id": source, "pubsub_token": "p", "id": len(state.contacts), "name": body.get("name")}
    if method == "POST" and re.fullmatch(rf"{PUBLIC}/[^/]+/conversations", path):
        number = 17 + len(state.conversations)
        state.conversations[number] = body
        return 200, {"id": number, "inbox_id": 3, "contact_last_seen_at": 0, "status": "pending", "messages": []}
    if method == "GET" and (found := re.fullmatch(rf"{PUBLIC}/[^/]+/conversations/(\d+)/messages", path)):
        seen = [each for each in state.messages if each["kind"] != "note"]
        return 200, [each for each in seen if each["conversation"] == int(found[1])]
    if method == "POST" and (found := re.fullmatch(rf"{ACCOUNT}/messages", path)):
        return _keep(state, int(found[1]), "note" if body.get("private") else body["message_type"], body)
    if method == "GET" and path.startswith("/api/"):
        return 401, {"error": "Access to this endpoint is not authorized for bots"}
    if re.fullmatch(rf"{ACCOUNT}/toggle_status", path):
        state.statuses.append(body["status"])
        return 200, {"meta": {}, "payload": {"success": True, "current_status": body["status"]}}
    return 404, {"error": "Resource could not be found"}


def _keep(state: Chatwoot, conversation: int, kind: str, body: dict[str, Any]) -> tuple[int, Any]:
    if conversation not in state.conversations:
        return 404, {"error": "Resource could not be found"}
    state.messages.append({**body, "kind": kind, "conversation": conversation, "id": len(state.messages) + 1})
    if state.lose_answers:
        state.lose_answers -= 1
        return 504, {}
    return 200, state.messages[-1]


@contextmanager
def chatwoot() -> Iterator[Chatwoot]:
    """A server on a port of its own."""
    state = Chatwoot()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._do("POST")

        def do_GET(self) -> None:
            self._do("GET")

        def _do(self, method: str) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            status, data = answer(state, method, self.path, self.headers.get("api_access_token", ""), body)
            sent = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
