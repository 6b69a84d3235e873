"""After an agent resolved it: asked once, where the customer is, in their language; the words reach the agent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from bot.conversations import ownership, rating
from bot.conversations.models import Conversation, Event, Identity
from bot.desk.metrics import figures
from bot.desk.rated import rating_of
from tests.conversations.test_watching import press, told, writes
from tests.desk.desk_cast import Line, begin

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ana() -> Any:
    return get_user_model().objects.create_user("ana", first_name="Ana", last_name="Ruiz")


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    settings.RATING_AFTER = timedelta(0)


def resolved(ana: Any, language: str = "es", channel: str = "memory") -> Conversation:
    conversation = begin(
        "Lucía Romero", Line("customer", "Una persona"), handoff="asked_for_person", language=language, channel=channel
    )
    ownership.reply(conversation.pk, ana.pk, "Hecho", agent_name="Ana")
    ownership.resolve(conversation.pk, f"agent:{ana.pk}")
    conversation.refresh_from_db()
    return conversation


@pytest.mark.parametrize(("language", "words"), [("es", "¿Cómo te hemos atendido"), ("en", "How did we look after")])
def test_asked_once_in_the_customers_language(ana: Any, language: str, words: str) -> None:
    conversation = resolved(ana, language)
    assert (rating.ask_due(), rating.ask_due()) == (1, 0)
    line = conversation.messages.order_by("-seq")[0]
    assert line.text.startswith(words) and line.asks == "rating"
    assert [choice["label"] for choice in line.choices] == ["1", "2", "3", "4", "5"]
    ownership.take(conversation.pk, ana.pk, agent_name="Ana")
    ownership.resolve(conversation.pk, f"agent:{ana.pk}")
    assert rating.ask_due() == 0, "resolved a second time on the same day: not asked again"


def test_not_asked_too_early_nor_of_what_is_open_again_nor_what_the_bot_ended(ana: Any, settings: Any) -> None:
    settings.RATING_AFTER = timedelta(minutes=1)
    conversation = resolved(ana)
    assert rating.ask_due() == 0
    settings.RATING_AFTER = timedelta(0)
    writes(conversation, "Otra cosa")
    assert rating.ask_due() == 0
    other = begin("Marc Vidal", Line("customer", "Gracias"))
    ownership.resolve(other.pk, "bot")
    assert rating.ask_due() == 0


@pytest.mark.parametrize(("said", "score"), [("5", 5), ("un 9", 5), ("⭐⭐⭐", 3), ("dos", 2)])
def test_a_score_in_words_or_figures_leaves_the_conversation_resolved(ana: Any, said: str, score: int) -> None:
    conversation = resolved(ana)
    rating.ask_due()
    writes(conversation, said)
    assert conversation.owner == ""
    event = Event.objects.get(kind="rating")
    assert (event.data["score"], event.data["agent"]) == (score, ana.pk)
    assert f"{score} de 5" in told(conversation)
    assert figures(7)["ratings"] == {"count": 1, "mean": float(score)}


def test_a_button_counts_and_a_second_press_corrects_it(ana: Any) -> None:
    conversation = resolved(ana)
    rating.ask_due()
    press(conversation, "4")
    press(conversation, "5")
    assert [event.data["score"] for event in Event.objects.filter(kind="rating")] == [5]


def test_the_reason_reaches_the_agent(ana: Any) -> None:
    conversation = resolved(ana)
    rating.ask_due()
    writes(conversation, "4")
    writes(conversation, "Ana fue muy amable")
    assert conversation.owner == ""
    seen = rating_of(conversation)
    assert seen is not None and (seen.score, seen.why) == (4, "Ana fue muy amable")
    assert Event.objects.get(kind="rating_comment").data["agent"] == ana.pk
    (told,) = figures(7)["rating_comments"]
    assert (told["conversation"], told["agent"], told["score"]) == (str(conversation.pk), ana.pk, 4)
    assert told["text"] == "Ana fue muy amable"
    writes(conversation, "¿Y cuándo llega mi pedido?")
    assert conversation.owner == "bot" and conversation.turn_due_at is not None


@pytest.mark.parametrize("said", ["Mi freidora echa humo desde esta mañana y no sé qué hacer", "¿5 días tarda?"])
def test_what_is_no_score_goes_to_the_bot(ana: Any, said: str) -> None:
    conversation = resolved(ana)
    rating.ask_due()
    message = writes(conversation, said)
    assert conversation.owner == "bot" and not message.handled and conversation.turn_due_at is not None
    assert not Event.objects.filter(kind="rating").exists()


def test_a_reason_that_was_another_question_is_not_said_twice(ana: Any) -> None:
    conversation = resolved(ana)
    rating.ask_due()
    writes(conversation, "3")
    line = writes(conversation, "ahora no enciende el robot")
    press(conversation, "Era otra consulta")
    line.refresh_from_db()
    assert conversation.owner == "bot" and not line.handled
    assert conversation.answered_seq == line.seq - 1 and conversation.turn_due_at is not None
    assert not Event.objects.filter(kind="rating_comment").exists()


def test_a_low_score_offers_a_person(ana: Any) -> None:
    conversation = resolved(ana)
    rating.ask_due()
    writes(conversation, "1")
    press(conversation, "Hablar con alguien")
    assert conversation.owner == "queue"
    assert conversation.handoffs.filter(state="queued").get().priority == 2


def test_outside_the_window_a_template_asks_and_a_channel_without_is_left(ana: Any) -> None:
    for channel, way in (("whatsapp", "template"), ("messenger", "window")):
        conversation = resolved(ana, channel=channel)
        Identity.objects.filter(pk=conversation.identity_id).update(
            last_inbound_at=timezone.now() - timedelta(hours=30)
        )
        assert rating.ask_due() == (1 if way == "template" else 0)
        line = conversation.messages.order_by("-seq")[0]
        if way == "template":
            assert line.template is not None and line.template["name"] == rating.TEMPLATE
        else:
            assert Event.objects.get(kind="rating_skipped", conversation=conversation).data["why"] == "window"


def test_a_customer_who_wants_no_messages_is_not_asked(ana: Any) -> None:
    conversation = resolved(ana)
    Identity.objects.filter(pk=conversation.identity_id).update(stopped="opted_out")
    assert rating.ask_due() == 0
