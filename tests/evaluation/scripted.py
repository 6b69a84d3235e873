"""A very small shop with the APIs that the driver speaks, so that the driver itself can be tested without one.

It knows Lucía's order LB-10401, two articles, and what a person is needed for. Each turn is pending for one look.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import parse_qs

ORDER, EMAIL = "LB-10401", "lucia.romero@correo.example"
KEY = "scripted"


@dataclass
class Talk:
    """A conversation: what was said, what is asked, and what is known."""

    id: str
    owner: str = "bot"
    today: str | None = None
    asks: str = ""
    wrong: int = 0
    busy: int = 0
    facts: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)
    handoffs: list[dict[str, Any]] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)

    def say(self, text: str, *, asks: str = "", choices: tuple[str, ...] = (), cites: tuple[str, ...] = ()) -> None:
        self.asks = asks
        self._add("bot", text, asks, choices, cites)

    def _add(
        self, author: str, text: str, asks: str = "", choices: tuple[str, ...] = (), cites: tuple[str, ...] = ()
    ) -> None:
        self.lines.append(
            {
                "id": str(len(self.lines)), "seq": len(self.lines) + 1, "number": len(self.lines) + 1,
                "author": author, "from": "customer" if author == "customer" else "shop", "text": text,
                "asks": asks or None, "choices": [{"id": f"c:{label}", "label": label} for label in choices],
                "citations": [{"slug": slug, "title": slug, "url": "", "revision": 1} for slug in cites],
            }
        )  # fmt: skip

    def hear(self, said: dict[str, Any]) -> None:
        self.heard.append(said)
        words = said.get("text") or said.get("choice", "").removeprefix("c:")
        self._add("customer", words)
        self.busy = 1
        if self.owner == "":
            self.owner, self.facts, self.wrong = "bot", {}, 0
        if self.owner == "bot":
            self._answer(words)

    def _answer(self, words: str) -> None:
        if "humo" in words:
            self.hand_over("safety")
        elif "persona" in words:
            self.hand_over("asked_for_person")
        elif "plazo" in words:
            again = self.asks
            self.say("Tienes 30 días.", cites=("devoluciones-plazo",))
            if again:
                self._ask(again)
        elif "cripto" in words:
            self.say("No lo sé, pero puedo pasarte con una persona.")
        elif "déjalo" in words:
            self.say("Hecho, lo dejamos aquí; no he tramitado nada.")
        elif "devolver" in words and not self.asks:
            self._ask("order_number" if not self.facts.get("verified") else "reason")
        elif self.asks:
            self._take(words)
        else:
            self.say("Hola, ¿en qué te ayudo?")

    def hand_over(self, reason: str) -> None:
        self.owner = "queue"
        self.handoffs.append({"id": len(self.handoffs) + 1, "reason": reason})
        self._add("system", "Te paso con una persona.")

    def _take(self, words: str) -> None:
        if self.asks == "order_number":
            self.facts["told"] = "LB-" + "".join(re.findall(r"\d", words))
            self._ask("email")
        elif self.asks == "email":
            self._prove(words)
        elif self.asks == "reason":
            self._ask("pickup")
        else:
            self.facts["case"] = f"D-{self.id}-{'4.95' if 'casa' in words else '0'}"
            self.say(f"Aceptado. Número de caso: {self.facts['case']}")

    def _prove(self, words: str) -> None:
        if self.facts["told"] == ORDER and words == EMAIL:
            self.facts |= {"order": ORDER, "verified": "order"}
            self._ask("reason")
            return
        self.wrong += 1
        if self.wrong == 3:
            self.say("Por seguridad no puedo buscar pedidos durante una hora.")
        else:
            self.say("Esos datos no coinciden con ningún pedido.", asks="email")

    def _ask(self, slot: str) -> None:
        choices = {"reason": ("Ya no lo quiero", "No funciona bien"), "pickup": ("Lo llevo yo", "Recogedlo en casa")}
        self.say(f"¿{slot}?", asks=slot, choices=choices.get(slot, ()))

    def state(self, after: int) -> dict[str, Any]:
        pending, self.busy = self.busy > 0, max(0, self.busy - 1)
        lines = [] if pending else [line for line in self.lines if line["seq"] > after]
        return {
            "messages": lines, "owner": self.owner or None, "status": "open", "pending": pending,
            "asks": self.asks or None, "conversation": self.id, "today": self.today,
        }  # fmt: skip

    def full(self) -> dict[str, Any]:
        cases = [{"number": self.facts["case"]}] if "case" in self.facts else []
        told = {name: value for name, value in self.facts.items() if name != "told"}
        return {
            "owner": self.owner or None, "messages": self.lines, "handoffs": self.handoffs, "cases": cases,
            "facts": told, "asks": self.asks or None,
        }  # fmt: skip


class ScriptedShop:
    """The shop as an ASGI application. `talks` by conversation, `phones` by channel and identity."""

    def __init__(self) -> None:
        self.talks: dict[str, Talk] = {}
        self.phones: dict[str, Talk] = {}
        self._numbers = count(1)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        status, found = self._serve(scope, body)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(found).encode()})

    def _serve(self, scope: Any, body: bytes) -> tuple[int, Any]:
        path = scope["path"].strip("/").split("/")
        token = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
        after = int(parse_qs(scope["query_string"].decode()).get("after", ["0"])[0])
        said = json.loads(body) if body[:1] == b"{" else {}
        if path[0] == "web":
            return self._web(path[1], scope["method"], token, after, said)
        if path[0] == "sandbox":
            return self._sandbox(path[2:], scope["method"], after, said)
        return self._staff(path[1:], token) if path[0] == "api" else (404, {})

    def _web(self, what: str, method: str, token: str, after: int, said: dict[str, Any]) -> tuple[int, Any]:
        if what == "session":
            talk = Talk(str(next(self._numbers)))
            self.talks[talk.id] = talk
            return 201, {"token": talk.id, "conversation": talk.id, "expires_at": ""}
        if what == "attachments":
            return 404, {}
        talk = self.talks[token]
        if method == "GET":
            return 200, talk.state(after)
        if "boom" in said.get("text", ""):
            return 500, {}
        if len(said.get("text", "")) > 8000:
            return 422, {"error": {"code": "invalid"}}
        talk.hear(said)
        return 202, {"id": "1", "seq": len(talk.lines)}

    def _sandbox(self, path: list[str], method: str, after: int, said: dict[str, Any]) -> tuple[int, Any]:
        if path == ["web", "today"]:
            self.talks[said["conversation"]].today = said["today"]
            return 200, said
        key = "/".join(path)
        talk = self.phones.get(key)
        if method == "GET":
            quiet: dict[str, Any] = {"messages": [], "owner": None, "pending": False, "asks": None}
            quiet["conversation"] = None
            return 200, talk.state(after) if talk else quiet
        if talk is None:
            talk = self.phones[key] = self.talks[key] = Talk(str(next(self._numbers)))
            self.talks[talk.id] = talk
        if "today" in said:
            talk.today = said["today"]
        if said.keys() & {"text", "choice", "attachment"}:
            talk.hear(said)
        return 202, {"number": None}

    def _staff(self, path: list[str], token: str) -> tuple[int, Any]:
        if token != KEY:
            return 401, {}
        if path[0] == "cases":
            price = path[1].rpartition("-")[2]
            return 200, {
                "number": path[1], "kind": "return", "decision": "approved", "reason_code": "within_window",
                "order": ORDER, "needs_person": None, "result": {"shipping": {"price": price}},
            }  # fmt: skip
        if len(path) == 1:
            return 200, {"count": 0, "conversations": []}
        talk = self.talks[path[1]]
        if path[2:] == ["resolve"]:
            talk.owner, talk.asks, talk.facts = "", "", {}
        return 200, talk.full()
