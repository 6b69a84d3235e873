"""Messenger and Instagram, against a stand-in for Meta in this process."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from channels.base import (
    ChannelAdapter,
    ChannelError,
    Choice,
    Citation,
    ErrorKind,
    MediaRef,
    Outbound,
    Part,
    RawRequest,
    Unauthorized,
)
from channels.messenger.adapter import MetaAdapter
from channels.messenger.platforms import INSTAGRAM, MESSENGER, Platform
from tests.channels.contract import NOW, PAYLOADS, ChannelContract
from tests.channels.standins import JPEG, Meta, body_of, graph_error

SECRET, OLD_SECRET, TOKEN, VERIFY = (
    "app-secret-of-lumbre",
    "the-secret-before",
    "EAAB-page-token-of-lumbre",
    "una-palabra",
)
PAGE, ACCOUNTS = "100200300400500", {"messenger": "100200300400500", "instagram": "17841400000000001"}
CDN = "https://scontent.xx.fbcdn.net/v/1_n.jpg?oh=03_Q7cD"


async def public(host: str) -> list[str]:
    return ["157.240.1.1"]


async def no_wait(seconds: float) -> None:
    return None


def adapter(platform: Platform = MESSENGER, provider: Meta | None = None, **more: Any) -> MetaAdapter:
    options: dict[str, Any] = {
        "account": ACCOUNTS[platform.name], "page_id": PAGE, "page_token": TOKEN, "app_secrets": [SECRET, OLD_SECRET],
        "verify_token": VERIFY, "version": "v24.0", "transport": (provider or Meta()).transport, "resolver": public,
        "now": lambda: NOW, "clock": lambda: 0.0, "sleep": no_wait,
    }  # fmt: skip
    return MetaAdapter(platform, **(options | more))


def signed(body: bytes, secret: str = SECRET) -> RawRequest:
    """A webhook as Meta signs it, worked out here once more and not by the code that checks it."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={digest}", "content-type": "application/json"}
    return RawRequest(method="POST", path="/channels/messenger/webhook", headers=headers, body=body)


def asked(query: str) -> RawRequest:
    return RawRequest(method="GET", path=f"/channels/messenger/webhook?{query}", headers={}, body=b"")


def hook(kind: str, name: str) -> dict[str, Any]:
    return dict(json.loads((PAYLOADS / kind / f"{name}.json").read_text()))


def lucia(words: str = "¿La recogemos?", **more: Any) -> Outbound:
    fields = {"id": "00000000-0000-0000-0000-000000000007", "to": "7000000000000001", "actor": "bot", "text": words}
    return Outbound.model_validate({**fields, **more})


class MetaContract(ChannelContract):
    secrets = (SECRET, OLD_SECRET, TOKEN, VERIFY)
    platform: Platform
    provider: Meta

    def make(self) -> ChannelAdapter:
        self.provider = Meta()
        return adapter(self.platform, self.provider)

    def genuine(self, body: bytes) -> RawRequest:
        return signed(body)

    def forged(self, body: bytes) -> dict[str, RawRequest]:
        good = signed(body)
        told = good.headers["x-hub-signature-256"]
        headers = {
            "empty": "", "no method": told.removeprefix("sha256="), "short": told[:-1], "long": told + "0",
            "upper case": told.upper(), "SHA-1": "sha1=" + told[7:47], "not ASCII": "sha256=ñ",
        }  # fmt: skip
        return {
            "missing": good.model_copy(update={"headers": {}}),
            "another app": signed(body, "another-secret"),
            "altered body": good.model_copy(update={"body": body.replace(b"Hola", b"Hole") + b" "}),
            "a subscription's word": asked(f"hub.mode=subscribe&hub.verify_token={VERIFY}x&hub.challenge=1"),
            **{n: good.model_copy(update={"headers": {"x-hub-signature-256": v}}) for n, v in headers.items()},
        }

    def says(self, words: str, event: str = "1") -> bytes:
        said = hook(self.kind, "text")
        said["entry"][0]["messaging"][0]["message"] = {"mid": f"m_{event}", "text": words}
        return json.dumps(said).encode()

    def shown(self, part: Part) -> str:
        message = part.payload["message"]
        return str(message.get("text") or message["attachment"]["payload"]["url"])

    def offered(self, part: Part) -> list[str]:
        return [each["payload"] for each in part.payload["message"].get("quick_replies", [])]

    def refusals(self) -> list[tuple[str, Any, ErrorKind]]:
        request = httpx.Request("POST", "https://graph.facebook.com/v24.0/1/messages")
        return [
            ("outside the window", graph_error(400, 10, 2018278), "window"),
            ("outside the window, Instagram", graph_error(400, 10, 2534022), "window"),
            ("not available", graph_error(400, 551, 1545041), "unreachable"),
            ("no matching person", graph_error(400, 100, 2018001), "unreachable"),
            ("does not receive at the moment", graph_error(403, 10, 2018108), "unreachable"),
            ("token expired", graph_error(401, 190, 463, f"Malformed access token {TOKEN}"), "auth"),
            ("no permission", graph_error(403, 10), "auth"),
            ("no permission for messages", graph_error(403, 230), "auth"),
            ("too many calls", graph_error(429, 613), "rate"),
            ("too many calls of the app", graph_error(400, 4), "rate"),
            ("a bare 429", httpx.Response(429, headers={"retry-after": "7"}), "rate"),
            ("wrong parameter", graph_error(400, 100, 2018047), "bad_content"),
            ("a code of tomorrow", graph_error(400, 987654), "bad_content"),
            ("a passing one of tomorrow", graph_error(400, 987654, is_transient=True), "retry"),
            ("temporary", graph_error(500, 1200), "retry"),
            ("sent, but late", graph_error(500, 1, 1357046), "uncertain"),
            ("a gateway's 502", httpx.Response(502, text="<html>Bad Gateway</html>"), "uncertain"),
            ("not JSON", httpx.Response(200, text="<html>"), "uncertain"),
            ("no connection", httpx.ConnectError("no route", request=request), "retry"),
            ("no answer in time", httpx.ReadTimeout(str(request.url), request=request), "uncertain"),
        ]

    def photo(self) -> MediaRef:
        return MediaRef(kind="image", ref=CDN, mime="image/jpeg")

    def addressee(self) -> str:
        return str(body_of(self.provider.calls[-1])["recipient"]["id"])


class TestMessenger(MetaContract):
    kind, platform = "messenger", MESSENGER
    customers = ("7000000000000001", "9" * 160)


class TestInstagram(MetaContract):
    kind, platform = "instagram", INSTAGRAM
    customers = ("9000000000000001", "17841400000000001999")


def test_a_new_address_is_proven_by_our_own_word_and_answered_with_the_challenge() -> None:
    meta = adapter()
    request = asked(f"hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={VERIFY}")
    meta.authenticate(request)
    assert (meta.parse(request), meta.acknowledge(request).body) == ([], "1158201444")
    for query in ("", "hub.mode=subscribe", f"hub.verify_token={VERIFY}", "hub.mode=subscribe&hub.verify_token="):
        with pytest.raises(Unauthorized):
            meta.authenticate(asked(query))
    with pytest.raises(Unauthorized):
        adapter(verify_token="").authenticate(asked("hub.mode=subscribe&hub.verify_token="))


def test_both_secrets_count_while_one_is_changed_and_none_without_one() -> None:
    body = json.dumps(hook("messenger", "text")).encode()
    adapter().authenticate(signed(body, OLD_SECRET))
    with pytest.raises(Unauthorized):
        adapter(app_secrets=[]).authenticate(signed(body, ""))


def test_the_signature_is_over_the_bytes_and_not_over_what_they_mean() -> None:
    escaped = (PAYLOADS / "messenger" / "reply.json").read_bytes()
    assert b"\\u00ed" in escaped
    adapter().authenticate(signed(escaped))
    written_again = json.dumps(json.loads(escaped), ensure_ascii=False).encode()
    with pytest.raises(Unauthorized):
        adapter().authenticate(signed(escaped).model_copy(update={"body": written_again}))


async def test_a_call_is_proven_by_token_and_secret_and_neither_is_in_its_address() -> None:
    meta = Meta()
    bot = adapter(provider=meta)
    (part,) = bot.render(lucia("Hola"), True)
    await bot.send(part)
    (call,) = meta.calls
    sent = body_of(call)
    assert str(call.url) == f"https://graph.facebook.com/v24.0/{PAGE}/messages"
    assert call.headers["authorization"] == f"Bearer {TOKEN}"
    assert sent["appsecret_proof"] == hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
    assert (sent["messaging_type"], sent["message"]["text"]) == ("RESPONSE", "Hola")
    assert sent["message"]["metadata"] == "00000000-0000-0000-0000-000000000007.1"


async def test_a_persons_answer_after_a_day_carries_its_tag() -> None:
    meta = Meta()
    bot = adapter(INSTAGRAM, meta)
    (part,) = bot.render(lucia("Ya lo tengo", actor="human", late=True), False)
    await bot.send(part)
    sent = body_of(meta.calls[0])
    assert (sent["messaging_type"], sent["tag"]) == ("MESSAGE_TAG", "HUMAN_AGENT")
    assert "metadata" not in sent["message"]


def test_instagrams_texts_are_measured_in_bytes() -> None:
    parts = adapter(INSTAGRAM).render(lucia("ñ" * 1100), True)
    assert [len(part.payload["message"]["text"].encode()) for part in parts] == [1000, 1000, 200]
    assert len(adapter().render(lucia("ñ" * 2000), True)) == 1


def test_a_question_with_quick_replies_goes_last_because_they_vanish_when_anything_follows() -> None:
    choices = (Choice(id="q7-yes", label="Sí"), Choice(id="q7-no", label="No"))
    source = Citation(slug="devolver", title="Devolver", url="https://lumbre.es/devolver", revision=2)
    media = (MediaRef(kind="document", ref="https://lumbre.es/etiqueta.pdf", size=10),)
    parts = adapter().render(lucia(choices=choices, citations=(source,), media=media), True)
    messages = [part.payload["message"] for part in parts]
    assert [sorted(message) for message in messages] == [["attachment"], ["quick_replies", "text"]]
    assert messages[0]["attachment"]["type"] == "file"


@pytest.mark.parametrize(
    "choices",
    [
        tuple(Choice(id=f"c{n}", label=f"Opción {n}") for n in range(14)),
        (Choice(id="a", label="Con la caja abierta ya"), Choice(id="b", label="Sin abrir")),
        (Choice(id="a", label="Sí"), Choice(id="b", label="Sí")),
    ],
    ids=["14 of them", "21 characters", "the same words twice"],
)
def test_what_quick_replies_cannot_say_becomes_a_numbered_list(choices: tuple[Choice, ...]) -> None:
    (part,) = adapter().render(lucia(choices=choices), True)
    assert "quick_replies" not in part.payload["message"]
    assert f"2. {choices[1].label}" in part.payload["message"]["text"]


async def test_a_reply_points_at_its_message() -> None:
    meta = Meta()
    bot = adapter(provider=meta)
    for part in bot.render(lucia("x" * 2100, reply_to="m_abc"), True):
        await bot.send(part)
    assert [body_of(call).get("reply_to") for call in meta.calls] == [{"mid": "m_abc"}, None]


async def test_the_wait_that_meta_asks_for_is_passed_on() -> None:
    meta = Meta()
    bot = adapter(provider=meta)
    (part,) = bot.render(lucia("Hola"), True)
    for answer, wait in ((httpx.Response(429, headers={"retry-after": "7"}), 7), (graph_error(429, 613), 60)):
        meta.next_answers(answer)
        with pytest.raises(ChannelError) as limited:
            await bot.send(part)
        assert limited.value.retry_after == wait


async def test_typing_and_reading_are_shown() -> None:
    meta = Meta()
    await adapter(provider=meta).signal("7000000000000001", "typing", None)
    await adapter(provider=meta).signal("7000000000000001", "read", None)
    assert [body_of(call)["sender_action"] for call in meta.calls] == ["typing_on", "mark_seen"]


@pytest.mark.parametrize(
    "address",
    [
        "http://scontent.xx.fbcdn.net/1.jpg",
        "https://fbcdn.net.malo.example/1.jpg",
        "https://malofbcdn.net/1.jpg",
        "https://scontent.fbcdn.net:8443/1.jpg",
        "https://user:pw@malo.example/#.fbcdn.net",
        "https://169.254.169.254/latest/meta-data",
        "unsupported",
        "",
    ],
)
async def test_files_come_from_metas_hosts_alone(address: str) -> None:
    meta = Meta()
    with pytest.raises(ChannelError) as foreign:
        [part async for part in adapter(provider=meta).fetch_media(MediaRef(kind="image", ref=address), 10_000)]
    assert (foreign.value.kind, meta.calls) == ("bad_content", [])


async def test_a_host_of_metas_name_with_an_inner_address_is_refused() -> None:
    async def inner(host: str) -> list[str]:
        return ["157.240.1.1", "10.0.0.7"]

    meta = Meta()
    with pytest.raises(ChannelError, match="private network"):
        [part async for part in adapter(provider=meta, resolver=inner).fetch_media(MediaRef(kind="image", ref=CDN), 9)]
    assert meta.calls == []


async def test_files_are_asked_for_without_our_token_and_redirects_are_not_followed() -> None:
    meta = Meta()
    ref = MediaRef(kind="image", ref=CDN, mime="image/jpeg")
    assert b"".join([part async for part in adapter(provider=meta).fetch_media(ref, 10_000)]) == JPEG
    assert "authorization" not in meta.calls[0].headers
    for answer, kind in (
        (httpx.Response(302, headers={"location": "https://malo.example"}), "bad_content"),
        (httpx.Response(403), "bad_content"),
        (httpx.Response(503), "retry"),
        (httpx.Response(200, headers={"content-type": "text/html"}, text="<script>"), "bad_content"),
        (httpx.ReadError("cut"), "retry"),
    ):
        meta.next_answers(answer)
        with pytest.raises(ChannelError) as refused:
            [part async for part in adapter(provider=meta).fetch_media(ref, 10_000)]
        assert refused.value.kind == kind


def test_one_event_of_an_unknown_shape_does_not_lose_the_others(caplog: pytest.LogCaptureFixture) -> None:
    batch = hook("messenger", "text")
    good = batch["entry"][0]["messaging"][0]
    batch["entry"][0]["messaging"] = [{**good, "message": {"mid": 7}}, {"sender": {}}, None, 7, good]
    events = adapter().parse(signed(json.dumps(batch).encode()))
    assert [event.text for event in events] == ["Hola, la cafetera no calienta"]
    assert "calienta" not in caplog.text


def test_one_adapter_serves_one_loop_after_another_for_signals() -> None:
    bot = adapter()
    for _ in range(2):
        asyncio.run(bot.signal("7000000000000001", "typing", None))
