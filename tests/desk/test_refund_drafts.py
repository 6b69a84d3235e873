"""A refund is prepared in the shop's system from the desk: once, seen by the agent, and nothing is paid."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.conversations.database import on_database
from bot.conversations.models import Conversation
from bot.shop.clock import shop_day
from bot.shop.demo.load import load_demo
from bot.shop.models import Case, Order
from bot.shop.systems import registry
from tests.desk.test_casework import act, page
from tests.desk.test_package import open_for
from tests.shop.system_standins import WooStandIn
from tests.shop.test_shop_systems import woo


@pytest.fixture
def shop(transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[WooStandIn]:
    """Lumbre's orders as WooCommerce has them."""
    load_demo(shop_day())
    standin = WooStandIn()
    settings.SHOP_SYSTEM = "woocommerce"
    monkeypatch.setitem(registry.SYSTEMS, "woocommerce", lambda: woo(standin))
    registry.system.cache_clear()
    yield standin
    registry.system.cache_clear()


def approved(conversation: Conversation) -> Case:
    """Lucía may return her Fragua; her order has the number that WooCommerce gave it."""
    case = open_for(conversation, "return", "LB-10401", skus=["FR5"], pickup=False)
    Order.objects.filter(pk=case.order_id).update(number="10401")
    return case


async def events(case: Case) -> list[str]:
    return [event.event async for event in case.events.all()]


async def test_ana_prepares_it_once_and_sees_where_it_is_paid(shop: WooStandIn, ana, at_desk, waiting) -> None:
    case = await on_database(approved, waiting)
    browser = await at_desk(ana)
    assert "Preparar el reembolso en la tienda" in await page(browser, waiting)
    answers = await asyncio.gather(*(act(browser, waiting, case, "draft") for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [204, 422, 422]
    [note] = shop.notes
    assert case.number in note["note"] and "119.00 €" in note["note"] and note["customer_note"] is False
    html = await page(browser, waiting)
    assert "Hay preparado un reembolso de 119.00 €" in html
    assert 'href="https://shop.example/wp-admin/post.php?post=727&amp;action=edit"' in html
    assert "Preparar el reembolso en la tienda" not in html
    await case.arefresh_from_db()
    assert case.state == "open", "prepared is not paid"


@pytest.mark.parametrize("how", [503, httpx.ConnectError])
async def test_what_the_system_says_is_shown_and_it_can_be_tried_again(
    shop: WooStandIn, ana, at_desk, waiting, how: Any
) -> None:
    case = await on_database(approved, waiting)
    browser = await at_desk(ana)
    shop.down = how
    answer = await act(browser, waiting, case, "draft")
    told = answer.content.decode()
    assert answer.status_code == 422 and "woocommerce" in told and "cs_secret" not in told
    assert "no preparó nada" in await page(browser, waiting)
    shop.down = None
    assert (await act(browser, waiting, case, "draft")).status_code == 204
    assert (await events(case))[-4:] == ["draft_asked", "draft_failed", "draft_asked", "refund_draft"]


async def test_an_answer_that_was_lost_leaves_one_note(shop: WooStandIn, ana, at_desk, waiting) -> None:
    case = await on_database(approved, waiting)
    browser = await at_desk(ana)
    shop.loses_answers = True
    assert (await act(browser, waiting, case, "draft")).status_code == 422
    shop.loses_answers = False
    assert (await act(browser, waiting, case, "draft")).status_code == 204
    assert len(shop.notes) == 1


async def test_an_order_that_the_system_does_not_have(shop: WooStandIn, ana, at_desk, waiting) -> None:
    case = await on_database(approved, waiting)
    await Order.objects.filter(pk=case.order_id).aupdate(number="99999")
    answer = await act(await at_desk(ana), waiting, case, "draft")
    assert answer.status_code == 422 and "99999" in answer.content.decode()


async def test_ana_ends_a_case_that_is_decided_and_no_other(shop: WooStandIn, ana, at_desk, waiting) -> None:
    undecided = await on_database(open_for, waiting, "damaged", "LB-10404", photo=False)
    mended = await on_database(open_for, waiting, "return", "LB-10401", skus=["FR5"], pickup=False)
    browser = await at_desk(ana)
    answer = await act(browser, waiting, undecided, "finish")
    assert answer.status_code == 422 and "espera una decisión" in answer.content.decode()
    assert (await act(browser, waiting, mended, "finish", note="No ha devuelto nada")).status_code == 204
    assert (await act(browser, waiting, mended, "finish")).status_code == 422
    await mended.arefresh_from_db()
    assert (mended.state, (await events(mended))[-1]) == ("closed", "closed")
