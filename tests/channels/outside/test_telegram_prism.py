"""Telegram against Prism, which holds every call to a description of the Bot API.

The description limits a text to 4096 characters with its markup; Telegram itself counts them without.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from channels.base import ChannelError, ErrorKind, MediaRef
from channels.telegram.adapter import TelegramAdapter
from channels.telegram.polling import batches, set_webhook
from tests.channels import test_telegram as suite
from tests.channels.outside.prism import Prefer


@pytest.fixture
def prefer() -> Prefer:
    return Prefer()


@pytest.fixture
def telegram(telegram_prism: str, prefer: Prefer) -> TelegramAdapter:
    return suite.adapter(api_url=telegram_prism, transport=prefer)


@pytest.mark.parametrize(
    "more, method",
    [
        ({"text": "Hola, Lucía y Marc 👨‍👩‍👧‍👦 " * 400}, "sendMessage"),
        ({"choices": suite.YES_NO}, "sendMessage"),
        ({"reply_to": "7000000001/15"}, "sendMessage"),
        ({"media": (MediaRef(kind="image", ref="https://lumbre.es/a.png", size=1_000),)}, "sendPhoto"),
        ({"media": (MediaRef(kind="document", ref="https://lumbre.es/a.pdf", size=1_000),)}, "sendDocument"),
    ],
    ids=["long text", "buttons", "reply", "picture", "document"],
)
async def test_what_we_send_is_what_telegram_describes(
    telegram: TelegramAdapter, prefer: Prefer, more: dict[str, Any], method: str
) -> None:
    words = more.pop("text", "¿La recogemos?")
    for part in telegram.render(suite.lucia(words, **more), True):
        assert (await telegram.send(part)).state == "sent"
    assert {status for _, status in prefer.calls} == {200}
    assert method in {name for name, _ in prefer.calls}


@pytest.mark.parametrize(
    "status, example, kind",
    [
        (429, "flood", "rate"), (403, "blocked", "unreachable"), (403, "deactivated", "unreachable"),
        (400, "chat", "unreachable"), (400, "long", "bad_content"), (401, "auth", "auth"), (409, "conflict", "retry"),
    ],
)  # fmt: skip
async def test_telegrams_refusals_are_judged(
    telegram: TelegramAdapter, prefer: Prefer, status: int, example: str, kind: ErrorKind
) -> None:
    prefer.next_answers((status, example))
    with pytest.raises(ChannelError) as refused:
        await telegram.send(telegram.render(suite.lucia("Hola"), True)[0])
    assert refused.value.kind == kind
    assert (refused.value.retry_after or 0) > 0 if kind == "rate" else refused.value.retry_after is None
    assert prefer.calls == [("sendMessage", status)], "asked once"


async def test_words_that_telegram_cannot_parse_go_once_more_as_plain_text(
    telegram: TelegramAdapter, prefer: Prefer
) -> None:
    prefer.next_answers((400, "parse"), None)
    assert (await telegram.send(telegram.render(suite.lucia("1 < 2"), True)[0])).state == "sent"
    assert prefer.calls == [("sendMessage", 400), ("sendMessage", 200)]


async def test_typing_and_the_webhook_are_what_telegram_describes(telegram: TelegramAdapter, prefer: Prefer) -> None:
    await telegram.signal("7000000001", "typing", None)
    await set_webhook(telegram, "https://ayuda.lumbre.es/channels/telegram/webhook", suite.SECRET)
    assert prefer.calls == [("sendChatAction", 200), ("setWebhook", 200)]


async def test_polling_goes_on_after_a_conflict(
    telegram: TelegramAdapter, prefer: Prefer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.telegram.polling.PAUSES", (0.0,))
    prefer.next_answers(None, (409, "conflict"), None)
    stop = asyncio.Event()
    prefer.after(4, stop.set)
    async with asyncio.timeout(20):
        async for _ in batches(stop, telegram, long_poll=1):
            pass
    assert [name for name, _ in prefer.calls][:4] == ["deleteWebhook", "getUpdates", "deleteWebhook", "getUpdates"]
    assert prefer.calls[3] == ("getUpdates", 200)
