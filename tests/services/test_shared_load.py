"""Two web and two Rasa processes share the load on PostgreSQL and Redis; of each kind one is killed with -9.

Every line of a customer is stored once and answered once, and every page shows all of it once and in order, although
its process was killed under it. The dialogue goes on where it was, at the other Rasa.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import httpx
import psycopg
import pytest
import pytest_asyncio

from deploy.local.layout import Layout
from tests.services import shop as shops
from tests.services.conftest import needed
from tests.services.shoppers import Shopper, shopper

NAMES = ("Lucía", "Marc", "Nuria", "Pau", "Inés", "Hugo")
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[shops.Shop]:
    postgres, redis = needed("DATABASE_URL", "postgres"), needed("REDIS_URL", "redis")
    if Layout.of().model() is None:
        pytest.skip("there is no trained dialogue: make train")
    with shops.running(postgres, redis, tmp_path_factory.mktemp("shop")) as running:
        yield running


@pytest_asyncio.fixture
async def people(shop: shops.Shop) -> AsyncIterator[list[Shopper]]:
    """Half of them post to each web process, and listen at the other one."""
    webs = [shop.url("web-a"), shop.url("web-b")]
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(timeout=30))
        yield [
            await stack.enter_async_context(shopper(name, client, webs if number % 2 else webs[::-1]))
            for number, name in enumerate(NAMES)
        ]


async def test_nothing_is_lost_and_nothing_comes_twice(shop: shops.Shop, people: list[Shopper]) -> None:
    await asyncio.gather(*(one.ask("hola") for one in people))
    asked = await asyncio.gather(*(one.ask("quiero devolver un producto") for one in people))
    assert {line["asks"] for line in asked} == {"order_number"}

    said = await asyncio.gather(*(one.say("LB-10401") for one in people))
    for name in ("web-a", "rasa-a"):
        await asyncio.to_thread(shop.kill, name)
    asked = await asyncio.gather(*(one.answer(message) for one, message in zip(people, said, strict=True)))
    assert "order_number" not in {line["asks"] for line in asked}, "a Rasa did not know what the other one had asked"

    await asyncio.to_thread(shop.start, "rasa-a")
    await asyncio.to_thread(shop.wait, "rasa-a")
    await asyncio.to_thread(shop.kill, "rasa-b")
    await asyncio.gather(*(one.ask("quiero cancelar la devolución, gracias") for one in people))

    for one in people:
        _right(shop, one)


def _right(shop: shops.Shop, one: Shopper) -> None:
    """What is stored, and what the page showed, of one customer."""
    with psycopg.connect(shop.database) as database:
        stored = database.execute(
            "SELECT id::text, author, text, seq, in_reply_to::text FROM conversations_message "
            "WHERE conversation_id = %s ORDER BY seq",
            (one.conversation,),
        ).fetchall()
        (owner,) = database.execute(
            "SELECT owner FROM conversations_conversation WHERE id = %s", (one.conversation,)
        ).fetchone() or ("nobody at all",)
        turns = database.execute(
            "SELECT message_id::text, state FROM conversations_turn WHERE conversation_id = %s", (one.conversation,)
        ).fetchall()
    assert [(row[0], row[2]) for row in stored if row[1] == "customer"] == one.said, one.name
    assert [row[3] for row in stored] == list(range(1, len(stored) + 1)), one.name
    assert sorted(turns) == sorted((message, "answered") for message, _ in one.said), one.name
    answers = [(row[4], row[2]) for row in stored if row[1] == "bot"]
    assert len(set(answers)) == len(answers), f"{one.name} was told the same twice: {answers}"
    assert {reply for reply, _ in answers} == {message for message, _ in one.said}, one.name
    assert [line["id"] for line in one.lines] == [row[0] for row in stored], f"{one.name}: {one.shown()}"
    assert owner == "bot", one.name
