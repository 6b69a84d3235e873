"""What a conversation is about: judged by the models, corrected by a click, learnt from, and given to who suits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from django.core.management import call_command

from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Turn
from bot.desk.floor import presence
from bot.desk.floor.presence import here
from bot.desk.sorting import assignment, mood, sort, tongue
from bot.desk.sorting.models import Correction, Skills, Sort
from tests.desk.desk_cast import Line, begin, say


@pytest.fixture(autouse=True)
def no_index(settings) -> None:
    """Topics come from the dialogue and from corrections here; articles are searched in tests/knowledge."""
    settings.CHROMA_URL = "http://127.0.0.1:9"


async def judged(conversation: Conversation) -> dict[str, tuple[str, float, str]]:
    await on_database(sort.sort, conversation.pk)
    rows = Sort.objects.filter(conversation=conversation)
    return {row.aspect: (row.value, row.confidence, row.source) async for row in rows}


async def test_a_waiting_conversation_is_sorted_and_shown_with_its_confidence(ana, at_desk, waiting) -> None:
    def heard() -> None:
        message = waiting.messages.get(text__contains="devolver")
        Turn.objects.create(
            conversation=waiting, message=message, epoch=1, state="answered", intent="return_item", confidence=0.93
        )

    await on_database(heard)
    assert await on_database(sort.sort_due) == 1
    assert await on_database(sort.sort_due) == 0
    found = await judged(waiting)
    assert found["topic"] == ("return", 0.93, "dialogue")
    assert found["product"][0] == "FR5" and found["language"][0] == "es" and found["priority"][0] == "3"
    assert found["sentiment"][0] == "neutral"
    html = (await (await at_desk(ana)).get(f"/desk/c/{waiting.pk}")).content.decode()
    assert "devolución o cambio" in html and "93 %" in html and "por lo que entendió el bot" in html


async def test_a_correction_stays_orders_the_queue_and_is_an_example(ana, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    await judged(waiting)
    for aspect, value in (("topic", "warranty"), ("priority", "1"), ("language", "en")):
        answer = await browser.post(f"/desk/c/{waiting.pk}/sort", {"aspect": aspect, "value": value})
        assert answer.status_code == 204
    await on_database(say, waiting, Line("customer", "Sigo esperando"))
    found = await judged(waiting)
    assert found["topic"] == ("warranty", 1.0, "agent") and found["priority"] == ("1", 1.0, "agent")
    assert (await waiting.handoffs.aget()).priority == 1
    await waiting.arefresh_from_db()
    assert waiting.language == "en"
    learnt = await Correction.objects.aget(aspect="topic")
    assert learnt.after == "warranty" and "LB-10401" not in learnt.text and "freidora" in learnt.text


@pytest.mark.parametrize(
    ("aspect", "value"), [("topic", "x"), ("owner", "bot"), ("priority", "0"), ("product", "NO1"), ("", "")]
)
async def test_only_what_is_offered_can_be_chosen(ana, at_desk, waiting, aspect, value) -> None:
    answer = await (await at_desk(ana)).post(f"/desk/c/{waiting.pk}/sort", {"aspect": aspect, "value": value})
    assert answer.status_code == 422
    assert not await Correction.objects.aexists()


async def test_the_next_one_who_says_the_same_is_sorted_as_corrected(ana, at_desk, phone) -> None:
    one = await on_database(
        begin, "Marc", Line("customer", "Pita todo el rato y no sé qué quiere decir ese pitido"), handoff="no_answer"
    )
    await judged(one)
    await (await at_desk(ana)).post(f"/desk/c/{one.pk}/sort", {"aspect": "topic", "value": "product"})
    two = await on_database(
        begin, "Sara", Line("customer", "Pita todo el rato, ¿qué significa ese pitido?"), handoff="no_answer"
    )
    three = await on_database(
        begin, "Iván", Line("customer", "Quiero la factura a nombre de mi empresa"), handoff="no_answer"
    )
    assert (await judged(two))["topic"][::2] == ("product", "examples")
    assert (await judged(three))["topic"][2] != "examples"


async def test_corrections_become_a_file_to_review(ana, at_desk, waiting, tmp_path: Path) -> None:
    browser = await at_desk(ana)
    await judged(waiting)
    await browser.post(f"/desk/c/{waiting.pk}/sort", {"aspect": "topic", "value": "warranty"})
    await browser.post(f"/desk/c/{waiting.pk}/sort", {"aspect": "sentiment", "value": "upset"})
    file = tmp_path / "corrections.yml"
    await on_database(call_command, "sorting_data", str(file))
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert [entry["intent"] for entry in data["nlu"]] == ["claim_warranty"]
    assert data["nlu"][0]["examples"].startswith("- ") and "LB-10401" not in file.read_text(encoding="utf-8")
    assert {(row["aspect"], row["is"]) for row in data["x-corrections"]} == {
        ("topic", "warranty"),
        ("sentiment", "upset"),
    }


def test_the_mood_of_what_was_not_among_the_examples() -> None:
    told = {
        "Ya os he escrito tres veces y pasáis de mí, esto es un cachondeo": "upset",
        "Nobody ever replies, I am absolutely disgusted with you": "upset",
        "¿Me podéis decir cuánto tarda el envío a Canarias?": "neutral",
        "Where can I find the serial number?": "neutral",
        "Muchísimas gracias por la ayuda, da gusto": "pleased",
        "Brilliant, thanks for sorting it so fast": "pleased",
    }
    found = {text: mood.sentiment([text]) for text in told}
    assert {text: judgement.value for text, judgement in found.items() if judgement} == told


def test_an_example_that_is_left_out_is_told_by_the_others() -> None:
    vectors = np.stack([mood.vector(text) for text, _mood in mood.examples()])
    moods = [each for _text, each in mood.examples()]
    right = 0
    for out, own in enumerate(moods):
        others = [number for number in range(len(moods)) if number != out]
        chances = mood.told(mood.fit(vectors[others], [moods[number] for number in others]), vectors[out])
        right += max(chances, key=lambda each: chances[each]) == own
    assert right >= len(moods) - 2, f"{right} of {len(moods)}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Quiero devolver la freidora que compré la semana pasada", "es"),
        ("I would like to return the fryer that I bought last week", "en"),
        ("Bonjour, je voudrais savoir quand arrive la commande que j'ai faite", "fr"),
        ("Ich habe die Maschine gestern bekommen und sie ist kaputt", "de"),
    ],
)
def test_a_language_is_known_by_its_small_words(text: str, code: str) -> None:
    assert tongue.language(text, "es").value == code


def test_a_word_alone_tells_no_language() -> None:
    assert tongue.language("LB-10401", "en").value == "en"


async def test_automatic_assignment_looks_at_language_topic_load_and_who_is_there(
    ana: Any, bruno: Any, waiting: Conversation, settings: Any
) -> None:
    def prepare() -> None:
        Sort.objects.create(conversation=waiting, aspect="topic", value="return", confidence=0.9, source="dialogue")
        Skills.objects.create(agent=ana, languages=["en"])
        Skills.objects.create(agent=bruno, languages=["es"], topics=["return"], most=1)

    await on_database(prepare)
    best = await on_database(assignment.fits, waiting)
    assert [fit.agent_id for fit in best] == [bruno.pk, ana.pk]
    # By hand: nothing is given. Automatically: only to somebody who is there and has room.
    assert await on_database(assignment.assign_waiting) == 0
    settings.DESK_ASSIGNMENT = "automatic"
    assert await on_database(assignment.assign_waiting) == 0
    await on_database(presence.touch, bruno.pk)
    assert await on_database(here) == {bruno.pk}
    marc = await on_database(begin, "Marc", Line("customer", "Hola, quiero devolverlo"), handoff="press")
    assert await on_database(assignment.assign_waiting) == 1
    await marc.arefresh_from_db()
    await waiting.arefresh_from_db()
    # The graver one went first, and Bruno has room for one.
    assert (marc.agent_id, waiting.owner) == (bruno.pk, "queue")
    assert (await marc.handoffs.aget()).state == "assigned"
