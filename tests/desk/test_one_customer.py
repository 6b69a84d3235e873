"""A customer over all their channels, as Ana sees and changes it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversations import customers, move_requests, moving, ownership
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Identity, Merge
from tests.desk.desk_cast import Line, Programme, begin, settled


@pytest.fixture
def moved(waiting: Conversation, settings: Any) -> Conversation:
    """Lucía, who waits in the queue, has taken the conversation from her phone to the web."""
    settings.MOVES_NOT_TO = []
    page = begin("", Line("customer", "hola"), channel="web").identity
    code = _code(waiting)
    made = moving.use(page, code)
    assert not isinstance(made, moving.Failed)
    waiting.refresh_from_db()
    moving.tell_arrived(waiting, made)
    return waiting


def _code(conversation: Conversation) -> str:
    from django.db import transaction

    from bot.conversations.writing import lock

    with transaction.atomic():
        return moving.offer(lock(conversation.pk), "web", "customer").code


async def test_every_line_says_its_channel_and_the_history_spans_conversations(moved, ana, at_desk) -> None:
    body = (await (await on_database(Programme, ana)).get(f"/api/conversations/{moved.pk}")).json()
    assert [line["channel"] for line in body["messages"]][:6] == ["memory"] * 6
    assert body["messages"][-1]["channel"] == "web"
    told = (await (await on_database(Programme, ana)).get(f"/api/conversations/{moved.pk}/history")).json()
    assert {line["conversation"] for line in told["lines"]} == {str(pk) async for pk in _all_conversations()}
    assert {line["channel"] for line in told["lines"]} == {"memory", "web"}
    html = (await (await at_desk(ana)).get(f"/desk/c/{moved.pk}/history")).content.decode()
    assert "Quiero devolver la freidora Fragua" in html and "otra conversación" in html
    assert html.index("Quiero devolver") < html.index("Seguimos aquí donde lo dejamos"), "in the order it was said"


def _all_conversations() -> Any:
    return Conversation.objects.values_list("pk", flat=True)


async def test_the_desk_explains_why_it_is_one_customer_and_ana_can_take_it_apart(moved, ana, bruno, at_desk) -> None:
    browser = await at_desk(ana)
    html = (await browser.get(f"/desk/c/{moved.pk}")).content.decode()
    assert "un código de un solo uso dado en uno y escrito en el otro" in html
    merge = await Merge.objects.aget()
    answer = await browser.post(f"/desk/c/{moved.pk}/apart", {"merge": str(merge.pk)})
    assert answer.status_code == 204
    one, other = [each async for each in Identity.objects.order_by("pk")]
    assert one.customer_id != other.customer_id
    html = (await browser.get(f"/desk/c/{moved.pk}")).content.decode()
    assert "separados · Ana Ruiz" in html
    assert (await browser.post(f"/desk/c/{moved.pk}/apart", {"merge": str(merge.pk)})).status_code == 422
    assert (await browser.post(f"/desk/c/{moved.pk}/apart", {"merge": "x' or 1"})).status_code == 422


async def test_a_merge_of_other_customers_cannot_be_reached_from_here(moved, ana, at_desk) -> None:
    for name in ("Marc", "Marc V."):
        await on_database(begin, name, Line("customer", "hola"))
    one, other = [each async for each in Identity.objects.filter(name__startswith="Marc").order_by("pk")]
    merge = await on_database(customers.merge, one, other, Merge.Proof.CODE, actor="customer")
    assert isinstance(merge, Merge)
    answer = await (await at_desk(ana)).post(f"/desk/c/{moved.pk}/apart", {"merge": str(merge.pk)})
    assert answer.status_code == 422
    assert await Merge.objects.filter(pk=merge.pk, undone_at=None).aexists()


async def test_ana_takes_a_move_back(moved, ana, at_desk, phone) -> None:
    browser = await at_desk(ana)
    assert (await browser.post(f"/desk/c/{moved.pk}/undo_move")).status_code == 204
    await settled()
    await moved.arefresh_from_db()
    assert (moved.channel, moved.owner) == ("memory", "queue")
    assert phone.sent[-1].payload["text"].startswith("Esta conversación vuelve a estar aquí")
    assert (await browser.post(f"/desk/c/{moved.pk}/undo_move")).status_code == 422, "once"


async def test_ana_sends_a_code_and_bruno_may_not_meanwhile(waiting, ana, bruno, at_desk, phone, settings) -> None:
    settings.MOVES_NOT_TO = []
    browser = await at_desk(ana)
    assert (await browser.post(f"/desk/c/{waiting.pk}/take")).status_code == 204
    assert (await browser.post(f"/desk/c/{waiting.pk}/continue", {"channel": "web"})).status_code == 204
    await settled()
    assert "Ana Ruiz te propone seguir en el chat de la web" in phone.sent[-1].payload["text"]
    assert "/continue#" in phone.sent[-1].payload["text"]
    assert (await (await at_desk(bruno)).post(f"/desk/c/{waiting.pk}/continue", {"channel": "web"})).status_code == 409
    for wrong in ("memory", "fax", ""):
        assert (await browser.post(f"/desk/c/{waiting.pk}/continue", {"channel": wrong})).status_code == 422
    await on_database(ownership.resolve, waiting.pk, f"agent:{ana.pk}")
    assert (await browser.post(f"/desk/c/{waiting.pk}/continue", {"channel": "web"})).status_code == 422
    assert "web" in move_requests.reachable()
