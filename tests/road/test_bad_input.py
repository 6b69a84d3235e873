"""Whatever comes in: a clear answer, never a 5xx, and nothing told about an order that was not proven."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from channels.web.tokens import visit
from deploy.local.stack import Stack
from tests.road.people import Customer, SandboxPhone, Widget


@pytest.fixture
def lucia(stack: Stack) -> Widget:
    return Widget(stack.urls["web"])


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ({"text": ""}, 422, "send a text"),
        ({"text": "   "}, 422, "send a text"),
        ({"text": "x" * 20_000}, 422, "text"),
        ({"text": "hola", "owner": "agent:1"}, 422, "owner"),
        ({"choice": "never-offered"}, 422, "never offered"),
        ({"client_id": "short", "text": "hola"}, 422, "client_id"),
        ({"text": ["hola"]}, 422, "text"),
        ({"attachments": ["../../etc/passwd"]}, 422, "archivo"),
    ],
)
def test_bad_messages_get_a_clear_error(lucia: Widget, body: dict[str, object], status: int, says: str) -> None:
    answer = lucia.post(**body)
    assert answer.status_code == status and says in answer.json()["error"]["message"], answer.text


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff\xfe", b"null", b"[" * 5000])
def test_what_is_not_json_gets_a_clear_error(lucia: Widget, raw: bytes) -> None:
    answer = lucia.http.post("/web/messages", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code == 422 and answer.json()["error"]["message"]


def test_strange_text_is_only_text(lucia: Widget) -> None:
    for text in ("\u202e\u0000evil", '{"a": "\\ud800"}', "<script>alert(1)</script>", "/restart", "';--", "🤷‍♀️" * 50):
        raw = json.dumps({"client_id": f"client-{abs(hash(text))}", "text": text})
        assert lucia.http.post("/web/messages", content=raw).status_code == 202
    assert lucia.say("hola")


def test_tokens_that_expired_or_are_not_ours_are_refused(stack: Stack, lucia: Widget) -> None:
    from datetime import timedelta

    base, secret = stack.urls["web"], stack.secrets()["POSTVENTA_SECRET_KEY"]
    expired, _ = visit(secret, "visitor:x", timedelta(seconds=-1))
    forged, _ = visit("another secret that is long enough for HS256", "visitor:x", timedelta(days=1))
    gone, _ = visit(secret, "visitor:nobody", timedelta(days=1))
    for token in (expired, forged, gone, "x", "a.b.c"):
        answer = httpx.get(f"{base}/web/messages", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401 and answer.json()["error"]["code"] == "token"


def test_an_unsigned_webhook_is_refused(stack: Stack) -> None:
    base = stack.urls["web"]
    whatsapp = {"From": "whatsapp:+34600111001", "Body": "hola", "MessageSid": "SM1"}
    assert httpx.post(f"{base}/channels/whatsapp/webhook", data=whatsapp).status_code == 403
    assert httpx.post(f"{base}/channels/telegram/webhook", json={"update_id": 1}).status_code == 403
    assert httpx.post(f"{base}/channels/pigeon/webhook").status_code == 404


def test_a_long_message_on_a_phone_is_answered(stack: Stack) -> None:
    phone = SandboxPhone(stack.urls["web"], "telegram", "788000001")
    assert phone.say("hola " * 800)


def test_nothing_is_told_about_an_order_that_was_not_proven(stranger: Callable[[str], Customer]) -> None:
    wrong, missing = stranger("web"), stranger("whatsapp")
    wrong.say("¿dónde está mi pedido LB-10417?")
    missing.say("¿dónde está mi pedido LB-88888?")
    answers = wrong.say("ladron@malo.example"), missing.say("ladron@malo.example")
    assert answers[0] == answers[1], "a wrong pair and an unknown order get the same answer"
    said = " ".join([*wrong.heard(), *missing.heard()])
    assert not any(word in said for word in ("Fragua", "Carmen", "carmen.diaz", "600111008", "enviado", "en camino"))


def test_three_wrong_tries_lock_the_identity(stranger: Callable[[str], Customer]) -> None:
    thief = stranger("web")
    thief.say("estado del pedido LB-10418")
    for mail in ("a@malo.example", "b@malo.example"):
        assert "no coinciden" in thief.say(mail)[0]
    assert "una hora" in thief.say("c@malo.example")[0]
    thief.say("estado del pedido LB-10418")
    answer = thief.say("carmen.diaz@correo.example")
    assert "una hora" in answer[0], "the right mail no longer helps"
