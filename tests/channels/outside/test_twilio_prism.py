"""WhatsApp against Prism, which holds every call to Twilio's own published description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from bot.conversations import worker
from bot.conversations.models import Conversation, Delivery
from bot.dialogue.base import Answer, Option, Reply
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from channels.base import ChannelError, Choice, ErrorKind, MediaRef, Template
from channels.whatsapp.adapter import WhatsAppAdapter
from tests.channels import test_whatsapp as suite
from tests.channels.gateway_contract import GatewayContract
from tests.channels.outside.prism import Prefer
from tests.channels.twilio_account import YES_NO, adapter, lucia, signed

PICTURE = MediaRef(kind="image", ref="https://lumbre.es/etiqueta.png", size=1_000)
LIST = tuple(Choice(id=f"c{number}", label=f"Producto número {number}, de la cocina") for number in range(8))
SID = "HX" + "0" * 32


@pytest.fixture
def prefer() -> Prefer:
    return Prefer()


@pytest.fixture
def whatsapp(twilio_prism: str, prefer: Prefer) -> WhatsAppAdapter:
    return adapter(api_url=twilio_prism, transport=prefer)


@pytest.mark.parametrize(
    "more",
    [
        {"text": "Hola, Lucía. 👨‍👩‍👧‍👦 " * 300},
        {"choices": YES_NO},
        {"choices": LIST},
        {"media": (PICTURE,)},
        {"text": "", "template": Template(name=SID, language="es", variables={"1": "PV-2611-000001"})},
    ],
    ids=["long text", "buttons", "list", "picture", "template"],
)
async def test_what_we_send_is_what_twilio_describes(
    whatsapp: WhatsAppAdapter, prefer: Prefer, more: dict[str, Any]
) -> None:
    words = more.pop("text", "¿La recogemos?")
    for part in whatsapp.render(lucia(words, **more), "template" not in more):
        result = await whatsapp.send(part)
        assert result.state == "accepted" and result.provider_ids[0].startswith("SM")
    assert {status for _, status in prefer.calls} <= {200, 201}, prefer.calls
    assert any(name == "Messages.json" for name, _ in prefer.calls)


async def test_typing_is_what_twilio_describes(whatsapp: WhatsAppAdapter, prefer: Prefer) -> None:
    await whatsapp.signal("+34600111222", "typing", "SM" + "1" * 32)
    assert prefer.calls == [("Typing.json", 200)]


@pytest.mark.parametrize(
    "status, code, kind",
    [
        (400, "21211", "unreachable"), (400, "21610", "optout"), (400, "21617", "bad_content"),
        (400, "63016", "window"), (401, "20003", "auth"), (429, "20429", "rate"),
    ],
)  # fmt: skip
async def test_twilios_refusals_are_judged(
    whatsapp: WhatsAppAdapter, prefer: Prefer, status: int, code: str, kind: ErrorKind
) -> None:
    prefer.next_answers((status, code))
    with pytest.raises(ChannelError) as refused:
        await whatsapp.send(whatsapp.render(lucia("Hola"), True)[0])
    assert (refused.value.kind, refused.value.code) == (kind, code)
    assert prefer.calls == [("Messages.json", status)], "asked once"


async def test_prism_is_no_yes_man(whatsapp: WhatsAppAdapter, prefer: Prefer) -> None:
    """A call that Twilio does not describe is refused, so the others were really checked."""
    with pytest.raises(ChannelError) as refused:
        await whatsapp.api.create_message({"Body": "Hola"})
    assert refused.value.code == "422" and prefer.calls[-1][1] == 422


class TestConversation:
    @pytest.fixture(autouse=True)
    def connected(
        self, transactional_db: None, settings: Any, whatsapp: WhatsAppAdapter, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[None]:
        settings.BURST = {}
        monkeypatch.setitem(registry.CHANNELS, "whatsapp", ("WhatsApp", lambda: whatsapp))
        registry.adapter.cache_clear()
        yield
        registry.adapter.cache_clear()

    async def test_a_whole_turn_with_buttons_survives_a_refusal_and_is_sent_once(
        self, engine: ScriptedDialogue, prefer: Prefer
    ) -> None:
        engine._script = lambda question: Answer(
            (Reply("Ya te cuento"), Reply("¿La recogemos?", (Option("Sí", "yes"), Option("No", "no"))))
        )
        prefer.next_answers((429, "20429"))
        gateway = GatewayContract()
        gateway.its = suite.TestWhatsApp()
        assert await gateway.post(signed(gateway.its.says("Quiero devolverla"))) == 200
        await gateway.say("Quiero devolverla")
        first = await Delivery.objects.order_by("pk").afirst()
        assert first and (first.state, first.error_kind) == ("queued", "rate")
        await Delivery.objects.aupdate(due_at=timezone.now())
        await Conversation.objects.aupdate(outbox_due_at=timezone.now())
        await worker.sweep()
        assert [each.state async for each in Delivery.objects.order_by("pk")] == ["accepted"] * 2
        sent = [status for name, status in prefer.calls if name == "Messages.json"]
        assert sent == [429, 201, 201]
        assert ("Content", 201) in prefer.calls
