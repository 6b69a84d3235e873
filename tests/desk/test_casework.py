"""Cases decided from the conversation: by the shop's rules, with a second person where much is at stake, all logged."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from bot.conversations.database import on_database
from bot.conversations.models import Conversation
from bot.desk.tools.models import SecondLook
from bot.shop import casework
from bot.shop.casework import NotNow, Person
from bot.shop.clock import shop_day
from bot.shop.demo.load import load_demo
from bot.shop.models import Case
from tests.desk.desk_cast import Line, begin, said
from tests.desk.test_package import open_for


@pytest.fixture
def shop(transactional_db: None) -> None:
    load_demo(shop_day())


async def act(browser: Any, conversation: Conversation, case: Case, do: str, **said: str) -> Any:
    return await browser.post(f"/desk/c/{conversation.pk}/case", {"case": case.number, "do": do, **said})


async def page(browser: Any, conversation: Conversation) -> str:
    html: str = (await browser.get(f"/desk/c/{conversation.pk}")).content.decode()
    return html


def cheap(conversation: Conversation) -> Case:
    """A dented kettle without a photo: a person decides, and the rules alone would send a new one."""
    return open_for(conversation, "damaged", "LB-10404", photo=False)


def dear(conversation: Conversation) -> Case:
    """A return of more than the four-eyes amount, which waits for a person because of its value."""
    return open_for(conversation, "return", "LB-10413")


async def test_ana_approves_what_the_rules_would_grant(shop, ana, at_desk, waiting) -> None:
    case = await on_database(cheap, waiting)
    assert not casework.needs_two(casework.amount_of(case, "approve"))
    await Conversation.objects.filter(pk=waiting.pk).aupdate(facts={"case": case.number})
    browser = await at_desk(ana)
    assert "Las normas por sí solas lo concederían" in await page(browser, waiting)
    assert (await act(browser, waiting, case, "approve", note="Foto por teléfono")).status_code == 204
    # Pressed twice, it is one decision.
    assert (await act(browser, waiting, case, "approve")).status_code == 204
    after = await Case.objects.aget(decision="approved")
    await case.arefresh_from_db()
    await waiting.arefresh_from_db()
    assert (after.reason_code, after.clause, after.state) == ("damaged_on_arrival", "arrival.window", "open")
    assert case.state != "open" and waiting.facts["case"] == after.number
    log = [(event.event, event.actor, event.detail.get("name")) async for event in after.events.all()]
    assert ("decided", f"agent:{ana.pk}", "Ana Ruiz") in log and log[0][1] == f"agent:{ana.pk}"
    html = await page(browser, waiting)
    assert "Foto por teléfono" in html and "Registro del caso" in html
    # What the customer may be told is offered, and nothing was sent by itself.
    assert "Poner en la respuesta" in html and await said(waiting) == []


async def test_ana_refuses_with_a_clause_that_the_customer_can_read(shop, ana, at_desk, waiting) -> None:
    case = await on_database(cheap, waiting)
    browser = await at_desk(ana)
    assert (await act(browser, waiting, case, "refuse", clause="no.such")).status_code == 422
    assert (await act(browser, waiting, case, "refuse", clause="warranty.drops")).status_code == 204
    after = await Case.objects.exclude(pk=case.pk).aget()
    await case.arefresh_from_db()
    assert (after.decision, after.clause, after.state, case.state) == ("refused", "warranty.drops", "closed", "closed")
    assert "La garantía no cubre golpes ni caídas." in await page(browser, waiting)


async def test_what_costs_much_takes_two(shop, ana, bruno, at_desk, waiting) -> None:
    case = await on_database(dear, waiting)
    anas, brunos = await at_desk(ana), await at_desk(bruno)
    assert (await act(anas, waiting, case, "approve", note="Cliente del club")).status_code == 204
    assert not await Case.objects.filter(decision="approved").aexists()
    assert (await act(anas, waiting, case, "approve")).status_code == 422
    look = await SecondLook.objects.aget()
    assert look.amount > Decimal("150")
    alone = await anas.post(f"/desk/c/{waiting.pk}/confirm", {"look": look.pk})
    assert alone.status_code == 422 and "otra persona" in alone.content.decode()
    assert "Confirmar" not in await page(anas, waiting) and "Confirmar" in await page(brunos, waiting)
    assert "Lucía Romero" in (await brunos.get("/desk/second-looks")).content.decode()
    answers = await asyncio.gather(*(brunos.post(f"/desk/c/{waiting.pk}/confirm", {"look": look.pk}) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [204, 422, 422]
    after = await Case.objects.aget(decision="approved")
    decided = await after.events.aget(event="decided")
    assert (decided.detail["name"], decided.detail["seconded"]) == ("Ana Ruiz", "Bruno Sanz")
    assert "Ana Ruiz + Bruno Sanz" in await page(anas, waiting)


async def test_a_declined_act_does_nothing_and_can_be_asked_again(shop, ana, bruno, at_desk, waiting) -> None:
    case = await on_database(dear, waiting)
    anas, brunos = await at_desk(ana), await at_desk(bruno)
    await act(anas, waiting, case, "approve")
    look = await SecondLook.objects.aget()
    assert (await brunos.post(f"/desk/c/{waiting.pk}/decline", {"look": look.pk})).status_code == 204
    await case.arefresh_from_db()
    assert (case.decision, case.state) == ("pending_person", "open")
    assert [e.event async for e in case.events.all()][-1] == "declined"
    assert (await act(anas, waiting, case, "approve")).status_code == 204


async def test_an_exception_names_itself_and_needs_a_reason(shop, ana, at_desk, waiting) -> None:
    def late() -> Case:
        return open_for(waiting, "return", "LB-10402")

    case = await on_database(late)
    if case.decision != "refused":
        pytest.fail(f"the demo's LB-10402 is no late return any more: {case.decision}, {case.reason_code}")
    browser = await at_desk(ana)
    assert "Hacer una excepción" in await page(browser, waiting)
    answer = await act(browser, waiting, case, "approve")
    assert answer.status_code == 422 and "por qué es una excepción" in answer.content.decode()


async def test_a_label_and_a_refund_stand_in_the_log_once(shop, ana, at_desk, waiting) -> None:
    case = await on_database(open_for, waiting, "return", "LB-10401", skus=["FR5"], pickup=False)
    browser = await at_desk(ana)
    assert (await act(browser, waiting, case, "label")).status_code == 204
    label = await case.events.aget(event="label")
    assert (label.detail["reference"], label.detail["name"]) == (f"{case.number}-2", "Ana Ruiz")
    most = await on_database(casework.refundable, case)
    for wrong in ("0", "-1", "NaN", "x", "1e9", str(most + 1)):
        answer = await act(browser, waiting, case, "refund", amount=wrong)
        assert answer.status_code == 422, wrong
    assert (await act(browser, waiting, case, "refund", amount="10,50")).status_code == 204
    assert (await act(browser, waiting, case, "refund", amount="10,50")).status_code == 422
    await case.arefresh_from_db()
    assert case.state == "closed"
    refunds = [event.detail async for event in case.events.filter(event="refunded")]
    assert [(each["amount"], each["name"]) for each in refunds] == [("10.50", "Ana Ruiz")]


async def test_another_conversations_case_and_a_colleagues_are_left_alone(shop, ana, bruno, at_desk, waiting) -> None:
    case = await on_database(cheap, waiting)
    marc = await on_database(begin, "Marc", Line("customer", "Hola"), handoff="press")
    browser = await at_desk(ana)
    assert (await act(browser, marc, case, "approve")).status_code == 422
    assert (await act(browser, waiting, case, "delete")).status_code == 422
    await (await at_desk(bruno)).post(f"/desk/c/{waiting.pk}/take")
    assert (await act(browser, waiting, case, "approve")).status_code == 409
    assert 'id="form-approve' not in await page(browser, waiting)
    await case.arefresh_from_db()
    assert case.decision == "pending_person" and case.state == "open"


def test_two_who_approve_at_once_make_one_case(shop, waiting) -> None:
    case = cheap(waiting)
    one = casework.decide(case, "approve", Person(1, "Ana Ruiz"), timezone.now())
    two = casework.decide(case, "approve", Person(2, "Bruno Sanz"), timezone.now())
    assert one == two
    with pytest.raises(NotNow):
        casework.decide(case, "refuse", Person(2, "Bruno Sanz"), timezone.now(), clause="warranty.drops")
