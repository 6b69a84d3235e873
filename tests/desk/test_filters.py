"""The list narrowed down, and conversations found by what was said in them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Handoff, Message
from bot.desk.search.find import said, words_of
from bot.desk.search.install import install_after_migrate
from bot.shop.clock import shop_day
from bot.shop.demo.load import load_demo
from tests.desk.desk_cast import Line, begin, say


@pytest.fixture
def marc(transactional_db: None, phone: Any) -> Conversation:
    """Marc writes from the web, in English, about his order of a robot."""
    return begin(
        "Marc Vidal", Line("customer", "My robot does not find its base"), handoff="very_upset", channel="web",
        language="en",
    )  # fmt: skip


async def test_each_filter_leaves_what_it_names(ana, at_desk, waiting, marc) -> None:
    browser = await at_desk(ana)
    await Handoff.objects.filter(conversation=waiting).aupdate(created_at=timezone.now() - timedelta(minutes=30))

    async def shown(query: str) -> set[Conversation]:
        html = (await browser.get(f"/desk/list?tab=queue&{query}")).content.decode()
        return {each for each in (waiting, marc) if str(each.pk) in html}

    assert await shown("") == {waiting, marc}
    for query, left in {
        "channel=web": {marc}, "channel=whatsapp": set(), "language=es": {waiting}, "language=en": {marc},
        "reason=very_upset": {marc}, "priority=2": {marc}, "priority=3": {waiting}, "waiting=15": {waiting},
        "waiting=60": set(), "waiting=15&language=en": set(), "priority=%F0&waiting=-3": {waiting, marc},
        "product=NADA": set(), "q=vidal&channel=web": {marc}, "q=Lucia": {waiting},
    }.items():  # fmt: skip
        assert await shown(query) == left, query


async def test_a_product_is_the_orders_or_what_was_called_so(ana, at_desk, waiting, marc) -> None:
    await on_database(load_demo, shop_day())
    browser = await at_desk(ana)

    async def shown(sku: str) -> set[Conversation]:
        html = (await browser.get(f"/desk/list?tab=queue&product={sku}")).content.decode()
        return {each for each in (waiting, marc) if str(each.pk) in html}

    assert await shown("FR5") == {waiting}, "Lucía named the Fragua"
    await Conversation.objects.filter(pk=marc.pk).aupdate(facts={"order": "LB-10401"})
    assert await shown("FR5") == {waiting, marc}, "Marc has proven an order that holds one"


async def test_a_wait_ends_with_an_answer_and_not_with_another_line(ana, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    await browser.post(f"/desk/c/{waiting.pk}/take")
    await Message.objects.filter(conversation=waiting).aupdate(created_at=timezone.now() - timedelta(minutes=20))
    await on_database(say, waiting, Line("customer", "¿Hola?"))

    async def is_shown() -> bool:
        return str(waiting.pk) in (await browser.get("/desk/list?tab=mine&waiting=15")).content.decode()

    assert await is_shown()
    await browser.post(f"/desk/c/{waiting.pk}/reply", {"text": "Aquí estoy"})
    assert not await is_shown()


async def test_the_team_is_what_colleagues_have(ana, bruno, at_desk, waiting, marc) -> None:
    anas, brunos = await at_desk(ana), await at_desk(bruno)
    await brunos.post(f"/desk/c/{waiting.pk}/take")
    await anas.post(f"/desk/c/{marc.pk}/take")
    html = (await anas.get("/desk/list?tab=team")).content.decode()
    assert str(waiting.pk) in html and str(marc.pk) not in html
    assert 'id="n-team">1</span>' in html
    html = (await brunos.get("/desk/list?tab=team")).content.decode()
    assert str(marc.pk) in html and str(waiting.pk) not in html


def test_words_are_found_without_accents_case_or_order(waiting) -> None:
    say(waiting, Line("customer", "La CAFETERA pierde água y huele a quemado, ¿qué año la compré?"))
    for words in ("cafetera agua", "AGUA cafetera", "quem", "ano", "año compre", "QUÉ"):
        assert waiting in said(words), words
    for words in ("cafetera vapor", "quemados", "", "?!", "AND", "NEAR(x)", '"'):
        assert waiting not in said(words), words


def test_what_is_changed_or_erased_is_no_longer_found(waiting) -> None:
    line = say(waiting, Line("customer", "mi teléfono es el seiscientos"))
    assert waiting in said("seiscientos")
    Message.objects.filter(pk=line.pk).update(text="…")
    assert waiting not in said("seiscientos")
    assert waiting in said("freidora")
    waiting.messages.all().delete()
    assert waiting not in said("freidora")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL searches the lines themselves")
def test_lines_from_before_the_search_are_taken_in(waiting) -> None:
    with connection.cursor() as cursor:
        for table in ("desk_said", "desk_said_words"):
            cursor.execute(f"DROP TABLE {table}")
        for trigger in ("added", "removed", "changed"):
            cursor.execute(f"DROP TRIGGER desk_said_{trigger}")
    install_after_migrate()
    install_after_migrate()
    assert waiting in said("freidora")
    say(waiting, Line("customer", "otra cosa"))
    assert waiting in said("cosa")


@given(st.text(max_size=200))
def test_no_query_holds_an_operator(text: str) -> None:
    assert all(word.isalnum() for word in words_of(text))
