"""What stands beside a conversation: its cases and orders as the shop has them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Identity
from bot.shop.cases import open_case
from bot.shop.clock import shop_day
from bot.shop.decisions import decide
from bot.shop.demo.load import load_demo
from bot.shop.gather import facts_for
from bot.shop.identity import prove_order
from bot.shop.models import Case, Order
from tests.desk.desk_cast import Line, Programme, begin, say


def open_for(conversation: Conversation, kind: str, number: str, **said: Any) -> Case:
    """The case that the dialogue opens in this conversation's first episode."""
    now = timezone.now()
    order = Order.objects.get(number=number)
    facts = facts_for(order, shop_day(now), **said)
    decision = decide(kind, facts)
    where = f"{conversation.pk}:1"
    return open_case(order, kind, decision, facts, conversation=where, message_id=f"m-{kind}", now=now).case


@pytest.fixture
def shop(transactional_db: None) -> None:
    load_demo(shop_day())


async def test_a_case_and_its_order_are_shown_and_summarised(shop, ana, at_desk, waiting) -> None:
    case = await on_database(open_for, waiting, "return", "LB-10401", skus=["FR5"], pickup=False)
    proven = ("memory:lucia", f"{waiting.pk}:1", "LB-10401")
    await on_database(prove_order, *proven, now=timezone.now(), email="lucia.romero@correo.example")
    await on_database(say, waiting, Line("bot", f"Tu caso es el {case.number}."))
    html = (await (await at_desk(ana)).get(f"/desk/c/{waiting.pk}")).content.decode()
    assert f"Caso {case.number}" in html
    assert "returns.window" in html
    assert "Fragua 5L" in html
    assert "lucia.romero@correo.example" in html
    assert "comprobado aquí" in html
    body = (await (await on_database(Programme, ana)).get(f"/api/conversations/{waiting.pk}")).json()
    assert [(each["number"], each["decision"]) for each in body["cases"]] == [(case.number, "approved")]
    said = [each for each in body["summary"] if each["case"] == case.number]
    assert said[0]["lines"] == [waiting.last_seq + 1]
    assert "devolución, aprobado (returns.window)" in said[0]["text"]


async def test_a_case_that_waits_for_a_person_is_the_next_step(shop, ana, at_desk, waiting) -> None:
    case = await on_database(open_for, waiting, "damaged", "LB-10404", photo=False)
    assert case.decision == "pending_person"
    html = (await (await at_desk(ana)).get(f"/desk/c/{waiting.pk}")).content.decode()
    assert f"Decidir el caso {case.number}" in html
    assert f'href="#case-{case.number}"' in html
    assert f'id="case-{case.number}"' in html


async def test_a_case_by_its_number(shop, ana, waiting) -> None:
    case = await on_database(open_for, waiting, "return", "LB-10401", skus=["FR5"])
    programme = await on_database(Programme, ana)
    body = (await programme.get(f"/api/cases/{case.number.lower()}")).json()
    assert (body["number"], body["order"], body["conversation"]) == (case.number, "LB-10401", str(waiting.pk))
    assert [line["event"] for line in body["log"]] == ["opened"]
    assert body["why"]


async def test_another_conversations_case_is_not_shown(shop, ana, at_desk, waiting) -> None:
    other = Conversation(pk="00000000-0000-0000-0000-000000000001")
    case = await on_database(open_for, other, "return", "LB-10401", skus=["FR5"])
    html = (await (await at_desk(ana)).get(f"/desk/c/{waiting.pk}")).content.decode()
    assert case.number not in html
    assert "lucia.romero@correo.example" not in html


async def test_the_customers_earlier_cases_and_other_conversations_stand_beside_it(shop, ana, bruno, at_desk, waiting):
    other = await on_database(begin, "Lucía Romero", Line("customer", "Hola"), handoff="press", channel="telegram")
    stranger = await on_database(begin, "Marc", Line("customer", "Hola"), channel="telegram")
    await Identity.objects.filter(pk=other.identity_id).aupdate(customer=(await customer_of(waiting)))
    case = await on_database(open_for, other, "return", "LB-10401", skus=["FR5"], pickup=False)
    html = (await (await at_desk(ana)).get(f"/desk/c/{waiting.pk}")).content.decode()
    before = html[html.index('<ul class="past">') :]
    assert case.number in before and "en la cola" in before
    assert str(other.pk) in before and str(stranger.pk) not in before
    await (await at_desk(bruno)).post(f"/desk/c/{other.pk}/take")
    html = (await (await at_desk(ana)).get(f"/desk/c/{waiting.pk}")).content.decode()
    assert "Bruno Sanz" in html[html.index('<ul class="past">') :]


async def customer_of(conversation: Conversation) -> Any:
    return (await Identity.objects.select_related("customer").aget(pk=conversation.identity_id)).customer


async def test_why_it_came_links_to_its_line(ana, at_desk, waiting) -> None:
    html = (await (await at_desk(ana)).get(f"/desk/c/{waiting.pk}")).content.decode()
    why = html[html.index('class="card why') :]
    assert 'href="#l-6"' in why[: why.index("</section>")]
    assert ">generado<" in html or "generado" in html
