"""What is too old goes by itself, and what is not stays."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from bot.conversations.media import store
from bot.conversations.models import Conversation, Customer, Delivery, Identity, InboundEvent, Media, record
from bot.dialogue.scripted import ScriptedDialogue
from bot.privacy import retention
from bot.shop.marked_yaml import FileMistake, load
from bot.shop.models import Customer as ShopCustomer
from bot.shop.models import Order
from knowledge.models import Question
from tests.desk.desk_cast import Line, begin


def aged(talk: Conversation, days: int) -> Conversation:
    then = timezone.now() - timedelta(days=days)
    Conversation.objects.filter(pk=talk.pk).update(updated_at=then, created_at=then)
    Identity.objects.filter(pk=talk.identity_id).update(last_inbound_at=then)
    Customer.objects.filter(pk=talk.identity.customer_id).update(created_at=then)
    talk.refresh_from_db()
    return talk


def test_old_words_go_and_their_customer_stays(engine: ScriptedDialogue) -> None:
    old = aged(begin("Lucía Romero", Line("customer", "Mi cafetera")), 800)
    young = aged(begin("Marc Vidal", Line("customer", "Mi tostadora")), 700)
    assert retention.keep_to()["conversations"] == 1
    assert [line.text for line in old.messages.all()] == [""] and young.messages.get().text == "Mi tostadora"
    assert Customer.objects.filter(name="Lucía Romero").exists(), "heard of within three years"
    assert retention.keep_to() == {}, "once is enough"


def test_what_old_cases_were_about_can_still_be_counted(engine: ScriptedDialogue) -> None:
    talk = aged(begin("Lucía Romero", Line("customer", "Mi cafetera")), 800)
    record(talk, "turn", "bot", state="answered", seq=1, case="C-1", note="cafetera")
    retention.keep_to()
    assert talk.events.get(kind="turn").data == {"state": "answered", "seq": 1, "case": "C-1"}


def test_who_writes_again_after_years_is_read_again(engine: ScriptedDialogue) -> None:
    from tests.desk.desk_cast import say

    talk = aged(begin("Lucía Romero", Line("customer", "Mi cafetera")), 800)
    retention.keep_to()
    say(talk, Line("customer", "Ahora la tostadora"))
    assert retention.keep_to()["conversations"] == 0
    aged(talk, 800)
    assert retention.keep_to()["conversations"] == 1
    assert not talk.messages.exclude(text="").exists()


def test_a_customer_whom_nobody_has_heard_of_is_erased(engine: ScriptedDialogue) -> None:
    aged(begin("Lucía Romero", Line("customer", "Hola")), 1200)
    aged(begin("Marc Vidal", Line("customer", "Hola")), 1000)
    assert retention.keep_to()["customers"] == 1
    assert set(Customer.objects.values_list("name", flat=True)) == {"", "Marc Vidal"}
    assert retention.keep_to()["customers"] == 0


def test_files_of_a_case_stay_as_long_as_its_guarantee(engine: ScriptedDialogue) -> None:
    talk = begin("Lucía Romero", Line("customer", "Foto"))
    line, then = talk.messages.get(), timezone.now() - timedelta(days=400)
    kept = [store.keep(b"una nota", conversation=talk, name=f"{n}.txt", claimed="text/plain") for n in range(2)]
    for media, case in zip(kept, ("", "LB-C-2611-0001"), strict=True):
        Media.objects.filter(pk=media.pk).update(message=line, case=case, created_at=then)
    store.show(line)
    assert retention.keep_to()["files"] == 1
    assert [media.case for media in Media.objects.all()] == ["LB-C-2611-0001"]
    line.refresh_from_db()
    assert [each["id"] for each in line.attachments] == [str(kept[1].pk)]


def test_what_went_to_a_provider_and_its_names_go_soon(engine: ScriptedDialogue) -> None:
    talk = begin("Lucía Romero", Line("customer", "Hola"), Line("bot", "Hola, Lucía"))
    then = timezone.now() - timedelta(days=100)
    Delivery.objects.update(parts=[{"text": "Hola, Lucía"}], state="read", updated_at=then)
    InboundEvent.objects.create(channel="mail", account="a", event_id="<1@lucia.example>", received_at=then)
    done = retention.keep_to()
    assert (done["deliveries"], done["received"]) == (1, 1)
    assert Delivery.objects.get().parts is None and not InboundEvent.objects.exists()
    assert talk.messages.filter(text="Hola, Lucía").exists(), "the conversation itself is younger than two years"


def test_the_dialogue_forgets_what_is_over(engine: ScriptedDialogue) -> None:
    old = aged(begin("Lucía Romero", Line("customer", "Hola")), 40)
    aged(begin("Marc Vidal", Line("customer", "Hola")), 20)
    Conversation.objects.update(fresh=False)
    assert retention.keep_to()["trackers"] == 1 and engine.forgotten == [old.pk]
    assert retention.keep_to() == {}


def test_an_order_of_long_ago_no_longer_says_whose_it_was(engine: ScriptedDialogue) -> None:
    now = timezone.now()
    buyer = ShopCustomer.objects.create(reference="c01", name="Lucía", email="l@correo.example", phone="+34600111001")
    other = ShopCustomer.objects.create(reference="c02", name="Marc", email="m@correo.example", phone="+34600111002")
    for number, who, years in (("LB-1", buyer, 7), ("LB-2", other, 7), ("LB-3", other, 1)):
        Order.objects.create(
            number=number, customer=who, email=who.email, phone=who.phone, status="delivered", ship_to="mainland",
            ordered_at=now - timedelta(days=365 * years),
        )  # fmt: skip
    assert retention.keep_to()["orders"] == 2
    assert sorted(Order.objects.values_list("number", "email")) == [("LB-1", ""), ("LB-2", ""), ("LB-3", other.email)]
    assert sorted(ShopCustomer.objects.values_list("name", flat=True)) == ["", "Marc"]


def test_old_questions_go_with_their_vectors(engine: ScriptedDialogue) -> None:
    then = timezone.now() - timedelta(days=800)
    Question.objects.create(fingerprint="a", language="es", text="¿cuánto pesa?", count=3, last_asked_at=then)
    Question.objects.create(fingerprint="b", language="es", text="¿cuánto mide?", count=1)
    assert retention.keep_to()["questions"] == 1
    assert Question.objects.get().text == "¿cuánto mide?"


def test_no_line_of_a_log_is_older_than_it_may_be(engine: ScriptedDialogue, var: Path) -> None:
    log, put_away = var / "logs" / "web.log", var / "logs" / "web.log.1"
    old = datetime.now(UTC) - timedelta(days=20)
    log.write_text(f"{old:%Y-%m-%d %H:%M:%S},123 INFO bot hello\n")
    writer = log.open("a")
    assert retention.keep_to()["logs"] == 1
    writer.write("and a process goes on writing\n")
    writer.close()
    assert "hello" in put_away.read_text() and log.read_text() == "and a process goes on writing\n"
    assert retention.keep_to() == {}
    os.utime(put_away, (0, 0))
    assert retention.keep_to()["logs"] >= 1
    assert not put_away.exists() or "hello" not in put_away.read_text()


def test_the_command_ends_when_nothing_is_left(engine: ScriptedDialogue, capsys: Any) -> None:
    aged(begin("Lucía Romero", Line("customer", "Mi cafetera")), 800)
    call_command("keep_to_retention")
    assert "conversations: 1" in capsys.readouterr().out


def test_a_mistake_in_the_file_is_named_by_its_line(tmp_path: Path) -> None:
    wrong = tmp_path / "retention.yml"
    wrong.write_text(retention.PATH.read_text().replace("files: 180", "files: 0"))
    with pytest.raises(FileMistake, match=r"retention.yml line \d+: files"):
        load(wrong, retention.Retention)
