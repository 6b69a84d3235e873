"""Telegram's Bot API, against a stand-in for Telegram in this process."""

from __future__ import annotations

import asyncio
import html
import json
import logging
import re
from typing import Any

import httpx
import pytest

from channels.base import (
    ChannelAdapter,
    ChannelError,
    Choice,
    ErrorKind,
    MediaRef,
    Outbound,
    Part,
    RawRequest,
    Unauthorized,
)
from channels.telegram.adapter import TelegramAdapter
from channels.telegram.polling import UPDATES, batches, set_webhook
from tests.channels.contract import NOW, PAYLOADS, ChannelContract
from tests.channels.gateway_contract import GatewayContract
from tests.channels.standins import JPEG, Telegram, body_of, ok, refused

TOKEN, SECRET = "1000000000:" + "AAHtest-token_" * 3, "telegram-webhook-secret"
YES_NO = (Choice(id="q7-yes", label="Sí, recogedla"), Choice(id="q7-no", label="No"))


class Waits(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def adapter(provider: Telegram | None = None, **more: Any) -> TelegramAdapter:
    options: dict[str, Any] = {
        "token": TOKEN, "secret": SECRET, "transport": (provider or Telegram()).transport, "now": lambda: NOW,
        "clock": lambda: 0.0, "sleep": Waits(),
    }  # fmt: skip
    return TelegramAdapter(**(options | more))


def update(name: str) -> dict[str, Any]:
    return dict(json.loads((PAYLOADS / "telegram" / f"{name}.json").read_text()))


def posted(body: bytes, secret: str = SECRET) -> RawRequest:
    headers = {"x-telegram-bot-api-secret-token": secret}
    return RawRequest(method="POST", path="/channels/telegram/webhook", headers=headers, body=body)


def lucia(words: str = "¿La recogemos?", **more: Any) -> Outbound:
    fields = {"id": "00000000-0000-0000-0000-000000000007", "to": "7000000001", "actor": "bot", "text": words}
    return Outbound.model_validate({**fields, **more})


class TestTelegram(ChannelContract):
    kind = "telegram"
    secrets = (TOKEN, TOKEN.partition(":")[2], SECRET)
    customers = ("7000000001", "4503599627370495")
    provider: Telegram

    def make(self) -> ChannelAdapter:
        self.provider = Telegram()
        return adapter(self.provider)

    def genuine(self, body: bytes) -> RawRequest:
        return posted(body)

    def forged(self, body: bytes) -> dict[str, RawRequest]:
        return {
            "missing": posted(body).model_copy(update={"headers": {}}),
            **{repr(secret): posted(body, secret) for secret in ("", SECRET[:-1], SECRET + "x", SECRET.upper(), "ñ")},
        }

    def says(self, words: str, event: str = "1") -> bytes:
        said = update("text")
        said["update_id"] = int(event)
        said["message"]["text"] = words
        return json.dumps(said).encode()

    def shown(self, part: Part) -> str:
        payload = part.payload
        if payload["kind"] == "media":
            return str(payload["file"])
        shown = html.unescape(re.sub(r'<a href="[^"]*">|</a>', "", payload["html"]))
        assert "\ufffd" not in shown
        return shown

    def offered(self, part: Part) -> list[str]:
        return [button["data"] for button in part.payload.get("buttons", [])]

    def refusals(self) -> list[tuple[str, Any, ErrorKind]]:
        request = httpx.Request("POST", f"https://api.telegram.org/bot{TOKEN}/sendMessage")
        return [
            ("flood", refused(429, "Too Many Requests: retry after 5", retry_after=5), "rate"),
            ("blocked", refused(403, "Forbidden: bot was blocked by the user"), "unreachable"),
            ("deactivated", refused(403, "Forbidden: user is deactivated"), "unreachable"),
            ("unknown chat", refused(400, "Bad Request: chat not found"), "unreachable"),
            ("moved", refused(400, "Bad Request: upgraded", migrate_to_chat_id=-1001), "unreachable"),
            ("too long", refused(400, "Bad Request: message is too long"), "bad_content"),
            ("token", refused(401, "Unauthorized"), "auth"),
            ("no such bot", refused(404, "Not Found"), "auth"),
            ("conflict", refused(409, "Conflict: terminated by other getUpdates request"), "retry"),
            ("their fault", refused(500, "Internal Server Error"), "retry"),
            ("a gateway's 502", httpx.Response(502, text="<html>Bad Gateway</html>"), "uncertain"),
            ("no connection", httpx.ConnectError("no route", request=request), "retry"),
            ("connecting took too long", httpx.ConnectTimeout("", request=request), "retry"),
            ("no answer in time", httpx.ReadTimeout(str(request.url), request=request), "uncertain"),
            ("cut off", httpx.RemoteProtocolError(str(request.url), request=request), "uncertain"),
        ]

    def addressee(self) -> str:
        return str(body_of(self.provider.calls[-1])["chat_id"])

    def photo(self) -> MediaRef:
        return MediaRef(kind="image", ref="AgAC-l", mime="image/jpeg")

    def received(self, adapter: ChannelAdapter) -> list[str]:
        return [html.unescape(each["text"]) for each in self.provider.asked("/sendMessage")]


class TestTelegramInTheGateway(GatewayContract):
    channel = TestTelegram
    pressed = "callback"
    edited = "edited"
    ignored = ("bot", "group", "channel_post", "kind_of_tomorrow")


def test_without_a_secret_every_webhook_is_refused() -> None:
    with pytest.raises(Unauthorized):
        adapter(secret="").authenticate(posted(b"{}", ""))


@pytest.mark.parametrize("name", ["callback", "callback_old_message"])
def test_a_pressed_button_is_answered_in_the_acknowledgement(name: str) -> None:
    answer = adapter().acknowledge(posted(json.dumps(update(name)).encode()))
    assert answer.content_type == "application/json"
    assert json.loads(answer.body) == {
        "method": "answerCallbackQuery",
        "callback_query_id": update(name)["callback_query"]["id"],
    }


async def test_buttons_travel_as_an_inline_keyboard() -> None:
    telegram = Telegram()
    bot = adapter(telegram)
    await bot.send(bot.render(lucia(choices=YES_NO), True)[0])
    (sent,) = telegram.asked("/sendMessage")
    rows = json.loads(sent["reply_markup"])["inline_keyboard"]
    assert [(button["text"], button["callback_data"]) for (button,) in rows] == [
        ("Sí, recogedla", "q7-yes"),
        ("No", "q7-no"),
    ]


def test_ids_beyond_64_bytes_become_a_numbered_list() -> None:
    (part,) = adapter().render(lucia(choices=(Choice(id="ñ" * 48, label="Sí"), Choice(id="n", label="No"))), True)
    assert "buttons" not in part.payload and "1. Sí\n2. No" in part.payload["plain"]


async def test_words_that_telegram_cannot_parse_go_once_more_as_plain_text() -> None:
    telegram = Telegram()
    telegram.next_answers(refused(400, "Bad Request: can't parse entities: unsupported start tag"))
    bot = adapter(telegram)
    result = await bot.send(bot.render(lucia("1 < 2 & 3 > 2"), True)[0])
    first, again = telegram.asked("/sendMessage")
    assert (first["text"], first["parse_mode"]) == ("1 &lt; 2 &amp; 3 &gt; 2", "HTML")
    assert again["text"] == "1 < 2 & 3 > 2" and "parse_mode" not in again
    assert result.provider_ids == ("7000000001/2",)


async def test_the_wait_that_telegram_asks_for_is_passed_on() -> None:
    telegram = Telegram()
    telegram.next_answers(refused(429, "Too Many Requests: retry after 5", retry_after=5))
    bot = adapter(telegram)
    with pytest.raises(ChannelError) as limited:
        await bot.send(bot.render(lucia(), True)[0])
    assert limited.value.retry_after == 5


async def test_a_reply_points_at_its_message() -> None:
    telegram = Telegram()
    bot = adapter(telegram)
    await bot.send(bot.render(lucia("Sí", reply_to="7000000001/15"), True)[0])
    parameters = json.loads(telegram.asked("/sendMessage")[0]["reply_parameters"])
    assert parameters == {"message_id": 15, "allow_sending_without_reply": True}


@pytest.mark.parametrize(
    "kind, method", [("image", "/sendPhoto"), ("document", "/sendDocument"), ("audio", "/sendAudio")]
)
async def test_files_go_by_their_address(kind: str, method: str) -> None:
    telegram = Telegram()
    bot = adapter(telegram)
    ref = {"kind": kind, "ref": "https://lumbre.es/etiqueta", "size": 1000}
    for part in bot.render(lucia("Tu etiqueta", media=[ref]), True):
        await bot.send(part)
    assert "https://lumbre.es/etiqueta" in telegram.asked(method)[0].values()


async def test_a_customer_gets_one_message_a_second_after_three() -> None:
    waits = Waits()
    bot = adapter(sleep=waits)
    (part,) = bot.render(lucia("Hola"), True)
    for _ in range(5):
        await bot.send(part)
    assert [round(wait) for wait in waits] == [0, 0, 0, 1, 2]


async def test_typing_is_shown_and_reading_is_not_told() -> None:
    telegram = Telegram()
    bot = adapter(telegram)
    await bot.signal("7000000001", "typing", None)
    await bot.signal("7000000001", "read", None)
    assert [call.url.path.rpartition("/")[2] for call in telegram.calls] == ["sendChatAction"]


@pytest.mark.parametrize("path", ["https://malo.example/x", "../../../../etc/passwd"])
async def test_files_come_from_telegrams_host_alone(path: str) -> None:
    telegram = Telegram()
    telegram.next_answers(ok({"file_id": "f", "file_unique_id": "u", "file_path": path}))
    ref = MediaRef(kind="image", ref="f")
    try:
        assert b"".join([chunk async for chunk in adapter(telegram).fetch_media(ref, 10_000)]) == JPEG
    except ChannelError as foreign:
        assert foreign.kind == "bad_content"
    assert {call.url.host for call in telegram.calls} == {"api.telegram.org"}


async def test_httpx_does_not_log_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="httpx")
    await adapter().signal("7000000001", "typing", None)
    assert "<token>" in caplog.text and TOKEN not in caplog.text


async def test_the_sandbox_answers_at_its_own_address() -> None:
    telegram = Telegram()
    bot = adapter(telegram, api_url="http://127.0.0.1:8000/sandbox/provider/telegram")
    await bot.send(bot.render(lucia("Hola"), True)[0])
    assert [chunk async for chunk in bot.fetch_media(MediaRef(kind="image", ref="f"), 10_000)]
    assert [str(call.url).replace(TOKEN, "TOKEN") for call in telegram.calls] == [
        "http://127.0.0.1:8000/sandbox/provider/telegram/botTOKEN/sendMessage",
        "http://127.0.0.1:8000/sandbox/provider/telegram/botTOKEN/getFile",
        "http://127.0.0.1:8000/sandbox/provider/telegram/file/botTOKEN/photos/1.jpg",
    ]


class Polled(Telegram):
    """Gives updates beyond the offset that was asked for, as Telegram does, and stops the poller when none are left."""

    def __init__(self, *updates: dict[str, Any]) -> None:
        super().__init__()
        self.updates = list(updates)
        self.offsets: list[int] = []
        self.stop = asyncio.Event()

    def answer(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/getUpdates"):
            return super().answer(request)
        (body,) = self.asked("/getUpdates")[-1:]
        self.offsets.append(int(body.get("offset", 0)))
        self.updates = [each for each in self.updates if each["update_id"] >= self.offsets[-1]]
        if not self.updates:
            self.stop.set()
        return ok(self.updates[:2])


async def test_polling_confirms_a_batch_only_when_the_next_one_is_asked_for() -> None:
    telegram = Polled(update("text"), update("callback"), update("edited"))
    for each, number in zip(telegram.updates, (5, 6, 7), strict=True):
        each["update_id"] = number
    stored: list[str] = []
    async for events in batches(telegram.stop, adapter(telegram)):
        assert telegram.offsets[-1] == (0 if not stored else 7)
        stored += [event.event_id for event in events]
    assert stored == ["5", "6", "7"]
    assert telegram.offsets == [0, 7, 8]
    assert telegram.asked("/answerCallbackQuery") == [{"callback_query_id": "4382bfdwdsb323b2d9"}]
    assert json.loads(telegram.asked("/getUpdates")[0]["allowed_updates"]) == UPDATES


async def test_a_poller_that_dies_before_storing_gets_the_batch_again() -> None:
    telegram = Polled(update("text"))
    for _ in range(2):
        poller = batches(telegram.stop, adapter(telegram))
        (event,) = await anext(poller)
        await poller.aclose()
        assert event.text == update("text")["message"]["text"]
    assert telegram.offsets == [0, 0]


async def test_polling_waits_out_conflicts_and_broken_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.telegram.polling.PAUSES", (0.0,))
    telegram = Polled(update("text"))
    telegram.next_answers(
        httpx.ConnectError("down"), ok(True), refused(409, "Conflict: webhook is active"), ok(True), httpx.Response(502)
    )
    found = [event.text async for events in batches(telegram.stop, adapter(telegram)) for event in events]
    assert found == [update("text")["message"]["text"]]
    assert len(telegram.asked("/deleteWebhook")) == 3


async def test_polling_ends_with_a_wrong_token_and_says_so() -> None:
    telegram = Telegram()
    telegram.next_answers(refused(401, "Unauthorized"))
    with pytest.raises(ChannelError) as refusal:
        await anext(batches(asyncio.Event(), adapter(telegram)))
    assert refusal.value.kind == "auth"


async def test_polling_stops_in_the_middle_of_a_long_poll() -> None:
    stop = asyncio.Event()

    class Hanging(Telegram):
        def answer(self, request: httpx.Request) -> httpx.Response:
            stop.set()
            return super().answer(request)

    assert [batch async for batch in batches(stop, adapter(Hanging()))] == []


async def test_a_webhook_is_set_with_its_secret_and_kinds() -> None:
    telegram = Telegram()
    await set_webhook(adapter(telegram), "https://ayuda.lumbre.es/channels/telegram/webhook", SECRET)
    (asked,) = telegram.asked("/setWebhook")
    assert asked["secret_token"] == SECRET and json.loads(asked["allowed_updates"]) == UPDATES
