"""Gaps: counted, grouped by meaning, masked, drafted with one click, and closed by the next answer."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from knowledge.answers import answer
from knowledge.gaps import close_answered, join_left_behind, record, record_answer, record_gap
from knowledge.index import index_pending
from knowledge.models import Gap, Question
from knowledge.remembered import missing
from tests.knowledge.editor.newsroom import article, publish, words


def test_questions_of_one_meaning_are_one_gap_whatever_the_language(small_shop: Path) -> None:
    first = record_gap("¿Vendéis lavadoras?", "es", "web", "c-1")
    record_gap("quiero comprar una lavadora, ¿las tenéis?", "es", "whatsapp", "c-2")
    record_gap("hay lavadoras en la tienda", "es", "telegram", "c-3")
    other = record_gap("¿Puedo pagar con bitcoin?", "es", "web", "c-4")
    same = record_gap("can I pay with bitcoin?", "en", "web", "c-5")

    assert first is not None and other is not None and same is not None
    assert first.pk != other.pk == same.pk
    first.refresh_from_db()
    assert first.count == 3 and first.questions.count() == 3


def test_the_same_question_about_another_product_is_another_gap(small_shop: Path) -> None:
    robot = record_gap("¿El robot aspirador funciona con Alexa?", "es", "web", "c-1")
    coffee = record_gap("¿La cafetera funciona con Alexa?", "es", "web", "c-2")

    assert robot is not None and coffee is not None and robot.pk != coffee.pk


def test_the_vector_of_a_question_is_kept_by_who_answered_it(small_shop: Path) -> None:
    asked, unheard = "¿Vendéis congeladores para el camping?", "¿Vendéis neveras para la furgoneta?"
    answer(asked, "es")
    record_gap(asked, "es", "web", "c-1")
    record(unheard, "es", "web", "c-2")

    assert missing([asked, unheard]) == [unheard]


def test_each_asking_is_counted_in_few_statements(small_shop: Path, django_assert_max_num_queries: Any) -> None:
    for most in (9, 6):
        with django_assert_max_num_queries(most):
            record_answer("¿Vendéis lavadoras?", "es", "web", "c-1", "envio-coste", 1)
    record_answer("¿Vendéis lavadoras?", "es", "telegram", "c-2", "envio-coste", 1)

    asked = Question.objects.get()
    assert (asked.count, asked.article, asked.conversation) == (3, "envio-coste", "c-2")
    assert asked.answered_at == asked.last_asked_at
    assert sorted(asked.days.values_list("channel", "count", "answered")) == [("telegram", 1, 1), ("web", 2, 2)]


def test_nothing_personal_is_kept(small_shop: Path) -> None:
    record_gap(
        "Hola, soy Lucía Pérez, de la calle Mayor 12, lucia@correo.example, 600 123 456, pedido L-100234: "
        "¿vendéis lavadoras?",
        "es", "web", "c-1",
    )  # fmt: skip

    kept = " ".join(Question.objects.values_list("text", flat=True)) + Gap.objects.get().question
    assert "lavadoras" in kept
    for secret in ("Lucía", "Pérez", "Mayor", "correo", "600", "100234"):
        assert secret not in kept


def test_elena_sees_counts_channels_examples_and_trend(small_shop: Path, elena: Client) -> None:
    record_gap("¿Vendéis lavadoras?", "es", "web", "c-1")
    record_gap("¿Vendéis lavadoras?", "es", "web", "c-1")
    record_gap("hay lavadoras en la tienda", "es", "whatsapp", "c-2")

    page = elena.get("/cms/gaps/")

    seen = words(page)
    assert "¿Vendéis lavadoras?" in seen and "hay lavadoras en la tienda" in seen
    assert "web 2" in seen and "whatsapp 1" in seen and "3" in seen
    assert page.content.count(b"<rect") == 28


def test_one_click_makes_a_draft_with_the_wordings(small_shop: Path, elena: Client) -> None:
    gap = record_gap("vendéis lavadoras", "es", "web", "c-1")
    record_gap("quiero comprar una lavadora, ¿las tenéis?", "es", "web", "c-2")
    assert gap is not None

    answer = elena.post(f"/cms/gaps/{gap.pk}/draft/", follow=True)

    gap.refresh_from_db()
    assert gap.state == Gap.State.DRAFTED and gap.page is not None and not gap.page.live
    assert gap.page.title == "¿Vendéis lavadoras?"
    assert gap.page.wordings == ("vendéis lavadoras", "quiero comprar una lavadora, ¿las tenéis?")
    assert answer.redirect_chain[-1][0] == f"/cms/pages/{gap.page.pk}/edit/"
    again = elena.post(f"/cms/gaps/{gap.pk}/draft/", follow=True)
    assert again.redirect_chain == answer.redirect_chain


def test_the_agents_answer_is_the_start(small_shop: Path, elena: Client, settings: object) -> None:
    settings.KNOWLEDGE_AGENT_ANSWERS = "tests.knowledge.editor.test_editor_gaps.what_ana_wrote"  # type: ignore[attr-defined]
    gap = record_gap("¿Vendéis lavadoras?", "es", "web", "c-1")
    assert gap is not None

    elena.post(f"/cms/gaps/{gap.pk}/draft/")

    gap.refresh_from_db()
    assert gap.page is not None
    assert gap.page.get_latest_revision_as_object().short_answer == (
        "No vendemos lavadoras, solo pequeños electrodomésticos. Pregunta en […]."
    )


def what_ana_wrote(conversations: list[str]) -> list[str]:
    assert conversations == ["c-1"]
    return [
        "Hola, Marc. ¿En qué te ayudo?",
        "Hola, Marc. No vendemos lavadoras, solo pequeños electrodomésticos. Pregunta en 600 123 456.",
        "Tu pedido sale mañana por la tarde.",
    ]


def test_a_gap_closes_when_a_later_question_like_it_is_answered(small_shop: Path, pau: Client) -> None:
    gap = record_gap("¿Vendéis lavadoras?", "es", "web", "c-1")
    unlike = record_gap("¿Enviáis a Marruecos?", "es", "web", "c-1")
    assert gap is not None and unlike is not None
    pau.post(f"/cms/gaps/{gap.pk}/draft/")
    gap.refresh_from_db()
    assert gap.page is not None
    publish(pau, gap.page, short_answer="No vendemos lavadoras, solo pequeños electrodomésticos.",
            questions="hay lavadoras en la tienda\nquiero comprar una lavadora\ntenéis lavadoras")  # fmt: skip
    index_pending()
    assert close_answered() == 0

    slug = gap.page.slug
    record_answer("quiero comprar una lavadora, ¿las tenéis?", "es", "whatsapp", "c-9", slug, 1)

    assert close_answered() == 1
    gap.refresh_from_db()
    unlike.refresh_from_db()
    assert (gap.state, gap.closed_by, unlike.state) == (Gap.State.CLOSED, slug, Gap.State.OPEN)

    assert record_gap("¿Vendéis lavadoras?", "es", "web", "c-10") == gap
    gap.refresh_from_db()
    assert gap.state == Gap.State.OPEN


def test_a_question_that_is_only_near_does_not_close_it(small_shop: Path) -> None:
    gap = record_gap("¿Cuánto tiempo tengo para devolver una lavadora industrial alquilada en Japón?", "es", "web", "c")
    assert gap is not None
    record_answer("¿Enviáis a las Baleares?", "es", "web", "c-2", "envio-plazos", 4)

    close_answered()

    gap.refresh_from_db()
    assert gap.state == Gap.State.OPEN


def test_an_encoder_that_is_down_loses_no_question(small_shop: Path, settings: object) -> None:
    record_gap("¿Vendéis lavadoras?", "es", "web", "c-1")
    settings.KNOWLEDGE_EMBEDDINGS = "tests.knowledge.editor.test_editor_gaps.nowhere"  # type: ignore[attr-defined]

    lost = record_gap("¿Enviáis a Marruecos?", "es", "web", "c-2")

    assert lost is not None and Gap.objects.count() == 2


def test_a_question_left_behind_by_a_dead_process_joins_its_gap(small_shop: Path) -> None:
    gap = record_gap("¿Vendéis lavadoras?", "es", "web", "c-1")
    record("hay lavadoras en la tienda", "es", "web", "c-2")
    assert join_left_behind() == 0, "it may be on its way"

    Question.objects.update(last_asked_at=timezone.now() - timedelta(minutes=5))

    assert gap is not None and join_left_behind() == 1
    gap.refresh_from_db()
    assert gap.count == 2 and gap.questions.count() == 2


@pytest.mark.parametrize("path", ["/cms/gaps/", "/cms/health/", "/cms/articles/{pk}/impact/"])
def test_strangers_see_none_of_it(small_shop: Path, path: str) -> None:
    answer = Client().get(path.format(pk=article("devoluciones-plazo").pk))

    assert answer.status_code == 302 and "login" in answer["location"]
