"""Lucía asks to be forgotten. Marc does not."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from bot.conversations import turns
from bot.conversations.media import store
from bot.conversations.models import Conversation, Customer, Event, Identity, Media, Message
from bot.conversations.receive import receive
from bot.desk.search.find import said
from bot.desk.security.models import AuditLine
from bot.desk.tools.models import PastReply
from bot.dialogue.base import DialogueError
from bot.dialogue.scripted import ScriptedDialogue
from bot.insights import reading
from bot.insights.models import Day, Episode
from bot.privacy import erasing
from bot.privacy.find import customers_by, person_of
from bot.privacy.models import Erasure
from knowledge.models import Question
from tests.conversations.people import inbound
from tests.desk.desk_cast import Line, begin

NAME, SECRET = "Lucía Romero", "quebrantahuesos"


def lucia() -> Conversation:
    """Lucía wrote a word that nobody else uses, and sent a file; an agent answered and noted something."""
    talk = begin(
        NAME, Line("customer", f"Mi {SECRET} no enciende"), Line("bot", f"¿Tu {SECRET}?"), handoff="asked_for_person"
    )
    talk.facts = {"order": "LB-10401", "words": SECRET}
    talk.save()
    kept = store.keep(f"mi {SECRET}".encode(), conversation=talk, name=f"{SECRET}.txt", claimed="text/plain")
    Media.objects.filter(pk=kept.pk).update(message=talk.messages.first())
    line = talk.messages.order_by("-seq").first()
    PastReply.objects.create(message=line, language="es", question=SECRET, answer=SECRET, encoder="e", vector=b"1")
    Question.objects.create(fingerprint="f", language="es", text=SECRET, count=1, conversation=str(talk.pk))
    return talk


def erase(talk: Conversation) -> Erasure:
    found = erasing.begin(person_of(talk.identity.customer_id))
    assert found is not None
    return found


def test_nothing_of_her_is_left_and_nothing_of_him_is_gone(engine: ScriptedDialogue, var: Path) -> None:
    talk, other = lucia(), begin("Marc Vidal", Line("customer", "Mi tostadora quema"))
    file = store.private().path(Media.objects.get(conversation=talk).path)
    log = var / "logs" / "web.log"
    log.write_text(f"2026-11-22 12:00:00 INFO {NAME} asked\n2026-11-22 12:00:01 INFO Marc Vidal asked\n")
    assert said(SECRET).exists()

    erase(talk)

    assert not Path(file).exists() and not said(SECRET).exists() and said("tostadora").exists()
    assert {line.text for line in talk.messages.all()} == {""}
    assert not PastReply.objects.exists() and not Question.objects.exists()
    talk.refresh_from_db()
    assert talk.facts == {} and talk.owner == "" and not talk.handoffs.filter(state="queued").exists()
    assert not Customer.objects.filter(name=NAME).exists() and Customer.objects.filter(name="Marc Vidal").exists()
    assert other.messages.get().text == "Mi tostadora quema"
    assert engine.forgotten == [talk.pk]
    assert log.read_text().count("asked") == 2 and NAME not in log.read_text() and "Marc Vidal" in log.read_text()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's files are its own business")
def test_not_even_the_files_of_the_database_hold_a_word_of_hers(engine: ScriptedDialogue) -> None:
    erase(lucia())
    name = Path(connection.settings_dict["NAME"])
    held = b"".join(path.read_bytes() for path in name.parent.glob(f"{name.name}*"))
    assert b"sqlite_master" in held or len(held) > 100_000
    assert SECRET.encode() not in held and NAME.encode() not in held


def test_the_log_of_what_was_done_says_that_and_not_whom(engine: ScriptedDialogue, vera: Any) -> None:
    talk = lucia()
    person = person_of(talk.identity.customer_id)
    erasing.begin(person, by=vera, place="192.0.2.1")
    line = AuditLine.objects.get(what="erased")
    assert (line.actor, line.place) == (vera, "192.0.2.1") and "Luc" not in line.about
    erasure = Erasure.objects.get()
    Erasure.objects.update(last_at=timezone.now(), due_at=timezone.now())
    assert erasing.due() == [erasure.pk] and erasing.work(erasure.pk)
    erasure.refresh_from_db()
    assert erasure.person == {} and erasure.finished_at and erasure.counts["messages"] == 3


def test_to_erase_again_is_harmless(engine: ScriptedDialogue) -> None:
    talk = lucia()
    erase(talk)
    epoch = Conversation.objects.get(pk=talk.pk).epoch
    assert erasing.begin(person_of(talk.identity.customer_id)) is None
    erasing.work(Erasure.objects.get().pk)
    assert Conversation.objects.get(pk=talk.pk).epoch == epoch
    assert Event.objects.filter(conversation=talk, kind="erased").count() == 1


def test_figures_stay_as_they_were(engine: ScriptedDialogue) -> None:
    talk = lucia()
    reading.replay()
    before = list(Day.objects.order_by("pk").values("day", "channel", "episodes", "handed_off"))
    erase(talk)
    reading.refresh()
    assert list(Day.objects.order_by("pk").values("day", "channel", "episodes", "handed_off")) == before
    reading.replay()
    assert list(Day.objects.order_by("pk").values("day", "channel", "episodes", "handed_off")) == before
    assert Episode.objects.get().shop_customer == ""


def test_who_comes_back_is_somebody_new(engine: ScriptedDialogue) -> None:
    first = receive(inbound("Hola, soy Lucía", "one")).conversation_id
    erase(Conversation.objects.get(pk=first))
    second = receive(inbound("Hola otra vez", "two")).conversation_id
    assert second != first and Identity.objects.filter(external_id="lucia").count() == 1
    assert receive(inbound("Hola, soy Lucía", "one")).duplicate, "what a provider sends again is not taken in again"


async def test_a_turn_that_is_running_leaves_nothing_behind(engine: ScriptedDialogue) -> None:
    """The dialogue is asked, Lucía is erased, and then the dialogue answers."""
    received = await sync_to_async(receive)(inbound(f"Mi {SECRET} no enciende", "one"))
    assert received.conversation_id
    engine.gate.clear()
    turn = asyncio.create_task(turns.run(received.conversation_id))
    await engine.thinking.wait()
    talk = await Conversation.objects.select_related("identity").aget(pk=received.conversation_id)
    erasure = await sync_to_async(erase)(talk)
    engine.gate.set()
    await turn
    assert [line.text async for line in talk.messages.all()] == [""]
    await Erasure.objects.aupdate(last_at=timezone.now(), due_at=timezone.now())
    assert await sync_to_async(erasing.work)(erasure.pk)
    assert engine.forgotten == [talk.pk, talk.pk], "the engine is told again when the turn can no longer be at work"


class Deaf(ScriptedDialogue):
    """An engine that is down."""

    async def forget(self, conversation: Any) -> None:
        raise DialogueError(f"Rasa did not answer: {httpx.ConnectError.__name__}.")


def test_an_engine_that_is_down_is_asked_again(transactional_db: None) -> None:
    from bot.dialogue.engine import standing_in

    talk = lucia()
    with standing_in(Deaf()):
        erasure = erase(talk)
    assert erasure.problem == "DialogueError" and erasure.finished_at is None
    assert {line.text for line in talk.messages.all()} == {""}, "what is ours is gone all the same"
    later = timezone.now() + timedelta(hours=1)
    Erasure.objects.update(due_at=timezone.now(), last_at=later)
    with standing_in(ScriptedDialogue()) as engine:
        assert erasing.work(erasure.pk) is False
    assert engine.forgotten == [talk.pk]  # type: ignore[attr-defined]
    erasure.refresh_from_db()
    assert (erasure.problem, erasure.due_at) == ("", later)


def test_she_is_found_by_what_one_knows_of_her(engine: ScriptedDialogue) -> None:
    talk = begin(NAME, Line("customer", "Hola"))
    Identity.objects.filter(pk=talk.identity_id).update(phone="+34600111001")
    customer = talk.identity.customer_id
    for known in (str(customer), str(talk.pk), "+34600111001", f"memory:{talk.identity.external_id}"):
        assert customers_by(known) == [customer], known
    assert customers_by("nobody@correo.example") == []


def test_the_command_says_what_would_go_and_goes_by_yes_only(engine: ScriptedDialogue, capsys: Any) -> None:
    talk = lucia()
    call_command("erase_customer", str(talk.pk))
    told = capsys.readouterr().out
    assert "messages: 3" in told and "files: 1" in told and "Nothing was erased" in told
    assert Message.objects.filter(text__contains=SECRET).exists()
    call_command("erase_customer", str(talk.pk), "--yes")
    assert not Message.objects.filter(text__contains=SECRET).exists()
    with pytest.raises(CommandError, match="No customer is known"):
        call_command("erase_customer", "+34999999999")
