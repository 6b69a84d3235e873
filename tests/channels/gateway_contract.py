"""The second half of the suite: what holds for every channel once its adapter stands in the gateway.

Inherit `GatewayContract` and name the class that fills the holes of `ChannelContract`; the webhook, the database and
the worker are the real ones, the provider is the channel's stand-in.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import AsyncClient
from django.utils import timezone

from bot.conversations import ownership, typing, worker
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Delivery, InboundEvent, Message
from bot.dialogue.base import Answer, Reply
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from channels.base import ChannelAdapter, RawRequest
from tests.channels.contract import PAYLOADS, ChannelContract
from tests.conversations.people import settled

WORDS = "¿Cuánto tengo para devolver?"


class GatewayContract:
    channel: type[ChannelContract]
    door: str = ""  # the webhook, where it stands elsewhere than the others
    taken, refused = 200, 403
    pressed: str = ""
    edited: str = ""
    ignored: tuple[str, ...] = ()
    stops_by_a_word = True

    @pytest.fixture(autouse=True)
    def connected(self, transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """The channel's adapter, on the stand-in for its provider, is the one that the gateway uses."""
        settings.BURST = {}
        self.its = self.channel()
        self.adapter = self.its.make()
        label = registry.CHANNELS[self.its.kind][0]
        monkeypatch.setitem(registry.CHANNELS, self.its.kind, (label, lambda: self.adapter))
        registry.adapter.cache_clear()
        yield
        registry.adapter.cache_clear()

    def restart(self) -> ChannelAdapter:
        """The web process starts anew; what the provider knows stays."""
        registry.adapter.cache_clear()
        return registry.adapter(self.its.kind)

    async def post(self, request: RawRequest) -> int:
        content_type = "application/json" if request.body.startswith(b"{") else "application/x-www-form-urlencoded"
        answer = await AsyncClient().post(
            self.door or f"/channels/{self.its.kind}/webhook", request.body,
            content_type=content_type, headers=request.headers,
        )  # fmt: skip
        return int(answer.status_code)

    async def say(self, words: str, event: str = "1") -> None:
        assert await self.post(self.its.genuine(self.its.says(words, event))) == self.taken
        await settled()

    async def payload(self, name: str) -> None:
        (file,) = [each for each in (PAYLOADS / self.its.kind).glob(f"{name}.*") if "expected" not in each.name]
        assert await self.post(self.its.genuine(file.read_bytes())) == 200
        await settled()

    def received(self) -> list[str]:
        return self.its.received(self.adapter)

    def fails(self, kind: str) -> Any:
        """An answer of the provider that means `kind`."""
        return next(answer for _, answer, each in self.its.refusals() if each == kind)

    async def delivery(self) -> Delivery:
        return await Delivery.objects.order_by("pk").afirst()  # type: ignore[return-value]

    # 1, 3, 7

    async def test_who_cannot_prove_to_be_the_provider_leaves_no_trace(self, engine: ScriptedDialogue) -> None:
        for request in self.its.forged(self.its.says(WORDS)).values():
            if request.path == self.its.genuine(b"").path:
                assert await self.post(request) == self.refused
        assert not await InboundEvent.objects.aexists()

    async def test_a_message_is_stored_and_acknowledged_while_the_dialogue_hangs(
        self, engine: ScriptedDialogue
    ) -> None:
        engine.gate.clear()
        started = time.monotonic()
        assert await self.post(self.its.genuine(self.its.says(WORDS))) == self.taken
        assert time.monotonic() - started < 1
        assert (await Message.objects.aget()).text == WORDS
        engine.gate.set()
        await settled()
        assert self.received() == [f"bot: {WORDS}"]

    async def test_the_same_event_is_one_message_also_at_once_and_after_a_restart(
        self, engine: ScriptedDialogue
    ) -> None:
        request = self.its.genuine(self.its.says(WORDS))
        at_once = await asyncio.gather(self.post(request), self.post(request), self.post(request))
        assert at_once == [self.taken] * 3
        await settled()
        self.restart()
        assert await self.post(request) == self.taken
        await settled()
        assert self.received() == [f"bot: {WORDS}"]
        assert [question.text for question in engine.asked] == [WORDS]

    async def test_what_is_no_customers_message_is_acknowledged_and_left_aside(self, engine: ScriptedDialogue) -> None:
        for name in self.ignored:
            await self.payload(name)
        assert engine.asked == [] and not await Message.objects.aexists()

    # 10

    async def test_a_button_of_long_ago_is_answered(self, engine: ScriptedDialogue) -> None:
        if not self.pressed:
            assert not self.adapter.caps.buttons
            return
        await self.payload(self.pressed)
        (words,) = self.received()
        assert "botón" in words or "button" in words
        assert engine.asked == []

    # 12, 13

    async def nobody_is_called(self) -> bool:
        """Of a channel that reads what we store, a message is there at once: nothing can fail or wait."""
        if self.its.refusals():
            return False
        await self.say(WORDS)
        assert self.received() and {each.state async for each in Delivery.objects.all()} == {"sent"}
        return True

    async def test_what_failed_is_sent_again_in_order_and_once(self, engine: ScriptedDialogue) -> None:
        engine._script = lambda question: Answer((Reply("Primero"), Reply("Segundo")))
        if await self.nobody_is_called():
            assert self.received() == ["Primero", "Segundo"]
            return
        self.its.refuse(self.adapter, self.fails("retry"))
        await self.say(WORDS)
        delivery = await self.delivery()
        assert (delivery.state, delivery.attempts) == ("queued", 1)
        assert "Segundo" not in self.received(), "the second waits for the first"
        before = len(self.received())
        await Delivery.objects.aupdate(due_at=timezone.now())
        await Conversation.objects.aupdate(outbox_due_at=timezone.now())
        await worker.sweep()
        assert self.received()[before:] == ["Primero", "Segundo"]

    async def test_nobody_knows_whether_it_arrived_so_it_is_not_sent_again(self, engine: ScriptedDialogue) -> None:
        if await self.nobody_is_called():
            return
        self.its.refuse(self.adapter, self.fails("uncertain"))
        await self.say(WORDS)
        assert (await self.delivery()).state == "uncertain"
        count = len(self.received())
        await Conversation.objects.aupdate(outbox_due_at=timezone.now())
        await worker.sweep()
        assert len(self.received()) == count

    async def test_too_fast_is_waited_out(self, engine: ScriptedDialogue) -> None:
        if await self.nobody_is_called():
            return
        self.its.refuse(self.adapter, self.fails("rate"))
        await self.say(WORDS)
        delivery = await self.delivery()
        assert (delivery.state, delivery.error_kind) == ("queued", "rate") and delivery.due_at > timezone.now()

    # 16

    async def test_typing_is_shown_while_the_dialogue_thinks_and_its_failure_breaks_nothing(
        self, engine: ScriptedDialogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(typing, "AFTER", 0.0)
        shown = asyncio.Event()

        async def signal(to: str, sign: str, about: str | None) -> None:
            shown.set()
            raise RuntimeError("down")

        monkeypatch.setattr(self.adapter, "signal", signal)
        engine.gate.clear()
        assert await self.post(self.its.genuine(self.its.says(WORDS))) == self.taken
        if self.adapter.caps.typing_out and not self.adapter.caps.stream:
            await asyncio.wait_for(shown.wait(), 5)
        engine.gate.set()
        await settled()
        assert self.received() == [f"bot: {WORDS}"]

    # 18

    async def test_an_edited_message_is_noted_and_is_no_new_turn(self, engine: ScriptedDialogue) -> None:
        if not self.edited:
            assert not self.adapter.caps.edit
            return
        await self.payload(self.edited)
        conversation = await Conversation.objects.aget()
        assert await conversation.events.filter(kind="edited").aexists()
        assert engine.asked == [] and self.received() == []

    # 19

    async def test_a_word_stops_every_message_also_an_agents_and_a_word_starts_them_again(
        self, engine: ScriptedDialogue, ana: Any
    ) -> None:
        if not self.stops_by_a_word:
            await self.say("BAJA.")
            assert self.received() == ["bot: BAJA."]
            return
        await self.say("BAJA.", "1")
        (told,) = self.received()
        assert "ALTA" in told or "START" in told
        conversation = await Conversation.objects.select_related("identity").aget()
        assert conversation.identity.stopped == "opted_out"
        await self.say(WORDS, "2")
        await on_database(ownership.reply, conversation.pk, ana.pk, "Hola, soy Ana", agent_name="Ana")
        await worker.sweep()
        assert self.received() == [told]
        kinds = {each.error_kind async for each in Delivery.objects.filter(state="failed")}
        assert kinds == {"opted_out"}
        await self.say("alta", "3")
        await on_database(ownership.reply, conversation.pk, ana.pk, "¿Sigues ahí?", agent_name="Ana")
        await worker.sweep()
        assert self.received() == [told, "¿Sigues ahí?"]

    async def test_start_is_a_greeting_for_who_never_stopped(self, engine: ScriptedDialogue) -> None:
        await self.say("start")
        assert self.received() == ["bot: start"]

    # 20

    async def test_an_agents_words_go_out_and_the_bot_is_not_asked(self, engine: ScriptedDialogue, ana: Any) -> None:
        await self.say("Hola", "1")
        conversation = await Conversation.objects.aget()
        await on_database(ownership.reply, conversation.pk, ana.pk, "Soy Ana, te ayudo yo", agent_name="Ana")
        await worker.sweep()
        await self.say("Gracias", "2")
        assert self.received()[-1] == "Soy Ana, te ayudo yo"
        assert [question.text for question in engine.asked] == ["Hola"]

    async def test_beyond_the_window_an_agents_words_fail_and_say_why(self, engine: ScriptedDialogue, ana: Any) -> None:
        await self.say("Hola")
        conversation = await Conversation.objects.select_related("identity").aget()
        window = self.adapter.caps.agent_window or self.adapter.caps.reply_window
        if window is None:
            return
        conversation.identity.last_inbound_at = timezone.now() - window
        await conversation.identity.asave()
        before = self.received()
        await on_database(ownership.reply, conversation.pk, ana.pk, "¿Sigues ahí?", agent_name="Ana")
        await worker.sweep()
        assert self.received() == before
        last = await Delivery.objects.alatest("pk")
        assert (last.state, last.error_kind) == ("failed", "window")
