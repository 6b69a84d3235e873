"""Turns: one at a time, once, in order, and never under somebody else's ownership."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bot.conversations import claims, ownership, turns, worker
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Handoff, Message, Turn
from bot.conversations.receive import Received, receive
from bot.conversations.webhooks import take_in
from bot.dialogue.base import Answer, Command, Reply
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue, broken
from channels.base import Inbound
from tests.conversations.people import inbound, settled

PATIENCE = 20.0


async def test_a_question_is_answered_once(page: Any) -> None:
    lucia = await page()
    await lucia.say("¿cuánto tengo para devolver un robot?")
    assert await lucia.said("bot") == ["bot: ¿cuánto tengo para devolver un robot?"]
    state = await lucia.read()
    assert (state["owner"], state["status"], state["pending"]) == ("bot", "open", False)


async def test_the_same_message_twice_at_once_is_one_turn(page: Any, engine: ScriptedDialogue) -> None:
    lucia = await page()
    body = {"client_id": "the-same-one", "text": "hola"}
    first, second = await asyncio.gather(lucia.post(body), lucia.post(body))
    await settled()
    assert first.json() == second.json()
    assert len(engine.asked) == 1
    assert await lucia.said("bot") == ["bot: hola"]


async def test_a_burst_is_one_turn(engine: ScriptedDialogue, phone: Any, settings: Any) -> None:
    settings.BURST = {"memory": timedelta(seconds=30)}
    for number, text in enumerate(("hola", "quiero devolver", "la freidora")):
        received = await on_database(receive, inbound(text, f"e{number}"))
    assert await turns.run(received.conversation_id) is False, "the burst is not over"
    await Conversation.objects.aupdate(turn_due_at=timezone.now())
    assert await turns.run(received.conversation_id) is True
    assert [question.text for question in engine.asked] == ["hola\nquiero devolver\nla freidora"]


async def test_two_processes_never_run_the_same_turn(engine: ScriptedDialogue, phone: Any) -> None:
    received = await on_database(receive, inbound("hola", "e1"))
    ran = await asyncio.gather(*(turns.run(received.conversation_id) for _ in range(6)))
    assert sorted(ran) == [False] * 5 + [True]
    assert len(engine.asked) == 1 and len(phone.sent) == 1


async def test_who_hangs_up_while_the_message_is_stored_is_answered_at_once(
    engine: ScriptedDialogue, phone: Any
) -> None:
    storing, go_on = threading.Event(), threading.Event()

    def slowly(event: Inbound, claim: bool) -> Received:
        storing.set()
        assert go_on.wait(PATIENCE)
        return receive(event, claim)

    provider = asyncio.create_task(take_in([inbound("hola", "e1")], slowly))
    assert await asyncio.to_thread(storing.wait, PATIENCE)
    provider.cancel()
    with pytest.raises(asyncio.CancelledError):
        await provider
    go_on.set()
    async with asyncio.timeout(PATIENCE):
        await engine.thinking.wait()
    await settled()
    assert len(phone.sent) == 1


async def test_what_arrives_during_a_turn_is_the_next_turn(page: Any, engine: ScriptedDialogue) -> None:
    lucia = await page()
    engine.gate.clear()
    await lucia.post({"client_id": "message-a", "text": "uno"})
    await engine.thinking.wait()
    await lucia.post({"client_id": "message-b", "text": "dos"})
    engine.gate.set()
    await settled()
    assert [question.text for question in engine.asked] == ["uno", "dos"]
    assert await lucia.said("bot") == ["bot: uno", "bot: dos"]


async def test_a_reply_composed_before_an_agent_took_over_is_dropped(
    page: Any, engine: ScriptedDialogue, ana: Any
) -> None:
    lucia = await page()
    engine.gate.clear()
    await lucia.post({"client_id": "message-a", "text": "¿y mi pedido?"})
    await engine.thinking.wait()
    await on_database(ownership.take, lucia.conversation, ana.pk, agent_name="Ana Ruiz")
    engine.gate.set()
    await settled()
    assert await lucia.said("bot") == []
    assert (await Turn.objects.aget()).state == Turn.State.DROPPED
    assert (await lucia.read())["owner"] == "agent"


async def test_the_bot_is_silent_while_a_person_owns_the_conversation(
    page: Any, engine: ScriptedDialogue, ana: Any
) -> None:
    lucia = await page()
    await on_database(ownership.take, lucia.conversation, ana.pk, agent_name="Ana Ruiz")
    await lucia.say("¿hay alguien?")
    assert engine.asked == []
    await on_database(ownership.reply, lucia.conversation, ana.pk, "Sí, Lucía, dime.", agent_name="Ana Ruiz")
    assert await lucia.said("agent") == ["Sí, Lucía, dime."]
    await on_database(ownership.give_back, lucia.conversation, "agent:1", "Cambio acordado")
    await lucia.say("gracias")
    assert await lucia.said("bot") == ["bot: gracias"], "what was said to the agent is not answered again"
    assert engine.asked[0].fresh, "the context that led to the handoff is cut"
    assert "Cambio acordado" not in str(await lucia.read()), "a note is for colleagues"


async def test_a_process_that_dies_in_mid_turn_is_replaced_and_the_reply_comes_once(
    page: Any, engine: ScriptedDialogue
) -> None:
    lucia = await page()
    await lucia.say("hola")
    await Conversation.objects.filter(pk=lucia.conversation).aupdate(answered_seq=0, turn_due_at=timezone.now())
    await Turn.objects.all().adelete()
    claim = await on_database(claims.claim_turn, lucia.conversation)
    assert claim is not None
    await engine.ask(claim.question)
    await worker.sweep()
    assert len(await lucia.said("bot")) == 1, "the lease of the dead process is still running"
    past = timezone.now() - timedelta(seconds=5)
    await Conversation.objects.filter(pk=lucia.conversation).aupdate(turn_lease_until=past, turn_due_at=past)
    await Message.objects.filter(conversation=lucia.conversation, author="bot").adelete()
    await worker.sweep()
    assert await lucia.said("bot") == ["bot: hola"]
    assert (await Turn.objects.aget()).replayed, "the engine answered a message id once"
    dead = await on_database(turns.commit, claim, Answer((Reply("late"),)), 1)
    assert dead is None and await lucia.said("bot") == ["bot: hola"]


async def test_an_engine_that_stays_down_brings_the_customer_to_a_person(page: Any, settings: Any) -> None:
    settings.TURN_ATTEMPTS = 1
    with standing_in(ScriptedDialogue(broken)):
        lucia = await page()
        await lucia.say("¿cuándo llega?")
    handoff = await Handoff.objects.aget()
    assert (handoff.reason, handoff.state, handoff.trigger) == ("technical", "queued", "¿cuándo llega?")
    told = await lucia.said("system")
    assert len(told) == 2 and "Algo ha fallado" in told[0]
    assert (await lucia.read())["owner"] == "queue"


async def test_a_handoff_asked_for_by_the_dialogue_keeps_what_it_said(phone: Any, transactional_db: None) -> None:
    answer = Answer((Reply("Desenchúfalo."),), (Command("handoff", {"reason": "safety", "priority": 1}),))
    with standing_in(ScriptedDialogue(lambda question: answer)):
        received = await on_database(receive, inbound("sale humo", "e1"))
        await turns.run(received.conversation_id)
    assert phone.sent[0].payload["text"] == "Desenchúfalo."
    assert len(phone.sent) == 2, "and the customer is told what happens next"
    assert (await Handoff.objects.aget()).priority == 1


async def test_a_choice_reaches_the_dialogue_as_the_payload_that_was_offered(page: Any, settings: Any) -> None:
    from bot.dialogue.base import Option

    options = (Option("Sí", "/affirm"), Option("No", "/deny"))
    with standing_in(ScriptedDialogue(lambda question: Answer((Reply("¿Lo cancelo?", options),)))) as engine:
        assert isinstance(engine, ScriptedDialogue)
        lucia = await page()
        await lucia.say("cancela mi pedido")
        choices = (await lucia.read())["messages"][-1]["choices"]
        assert [choice["label"] for choice in choices] == ["Sí", "No"]
        await lucia.say("", choice=choices[0]["id"])
        await lucia.say("no")
        await lucia.say("2")
        assert [question.payload for question in engine.asked] == [None, "/affirm", "/deny", "/deny"]
        assert "/affirm" not in str(await lucia.read()), "payloads never leave the server"
        await lucia.say("", choice=choices[0]["id"])
        assert len(engine.asked) == 4 and "pregunta anterior" in (await lucia.said("system"))[-1]


async def test_typed_payloads_are_only_text(page: Any, engine: ScriptedDialogue) -> None:
    lucia = await page()
    await lucia.say('/submit_return{"order_number": "LB-10401"}')
    assert engine.asked[0].payload is None
