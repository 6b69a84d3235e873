"""What the stream carries: entries as the list shows them, counts, and everything after a cut, for every page alike."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Event
from bot.desk import board, stream
from tests.desk.desk_cast import Line, begin, say


async def heard(source: Any, name: str, within: float = 5.0) -> list[dict[str, Any]]:
    """The data of the next chunk that holds events of that name, with their numbers."""
    while True:
        chunk = (await asyncio.wait_for(anext(source), within)).decode()
        found = []
        for part in chunk.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in part.splitlines() if ": " in line)
            if fields.get("event") == name:
                found.append({**json.loads(fields["data"]), "number": int(fields.get("id", 0))})
        if found:
            return found


async def opened(browser: Any, address: str = "/desk/events", **headers: str) -> Any:
    source = aiter((await browser.get(address, headers=headers)).streaming_content)
    assert b"retry" in await asyncio.wait_for(anext(source), 5)
    return source


async def test_the_entry_travels_with_the_event_in_each_pages_language(ana, bruno, at_desk, waiting) -> None:
    anas, brunos = await at_desk(ana), await at_desk(bruno)
    spanish = await opened(anas)
    english = await opened(brunos, **{"accept-language": "en"})
    await on_database(say, waiting, Line("customer", "<i>¿Hay alguien?</i>"))
    for source, words in ((spanish, "pide una persona"), (english, "asked for a person")):
        (change,) = await heard(source, "change")
        assert change["conversation"] == str(waiting.pk) and change["actor"] == "customer"
        assert words in change["entry"] and "&lt;i&gt;¿Hay alguien?" in change["entry"]
        assert f'data-id="{waiting.pk}"' in change["entry"] and 'data-owner="queue"' in change["entry"]
        await source.aclose()


async def test_the_entry_is_the_one_of_the_list(ana, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    source = await opened(browser)
    await browser.post(f"/desk/c/{waiting.pk}/take")
    changes = await heard(source, "change")
    drawn = next(change["entry"] for change in reversed(changes) if "entry" in change)
    listed = (await browser.get("/desk/list?tab=mine")).content.decode()
    start = listed.index('<li class="entry')
    assert alike(drawn) == alike(listed[start : listed.index("</li>", start) + 5])
    await source.aclose()


def alike(entry: str) -> str:
    """What is each agent's own left out: whose it is and what they have not read their page says."""
    entry = re.sub(r'class="holder">[^<]*<', 'class="holder"><', entry.replace("?tab=mine", "").replace(" unread", ""))
    entry = re.sub(r'<span class="dot".*?</span></span>', "", entry, flags=re.DOTALL)
    return " ".join(entry.split())


async def test_each_agents_tabs_are_counted(ana, bruno, at_desk, waiting) -> None:
    marc = await on_database(begin, "Marc", Line("customer", "Ayuda"), handoff="press")
    anas, brunos = await at_desk(ana), await at_desk(bruno)
    sources = await opened(anas), await opened(brunos)
    await brunos.post(f"/desk/c/{marc.pk}/take")
    counted = [(await heard(source, "counts"))[-1] for source in sources]
    assert [{name: each[name] for name in ("queue", "mine", "team", "all")} for each in counted] == [
        {"queue": 1, "mine": 0, "team": 1, "all": 2},
        {"queue": 1, "mine": 1, "team": 0, "all": 2},
    ]
    for source in sources:
        await source.aclose()


async def test_after_a_cut_the_page_hears_the_rest_in_order_and_nothing_twice_later(ana, bruno, at_desk, waiting):
    first, other = await opened(await at_desk(ana)), await opened(await at_desk(bruno))
    await on_database(say, waiting, Line("customer", "uno"))
    (one,) = await heard(first, "change")
    await first.aclose()
    for words in ("dos", "tres"):
        await on_database(say, waiting, Line("customer", words))
        await heard(other, "change")
    again = await opened(await at_desk(ana), **{"last-event-id": str(one["number"])})
    missed = await heard(again, "change")
    numbers = [
        pk async for pk in Event.objects.filter(pk__gt=one["number"]).order_by("pk").values_list("pk", flat=True)
    ]
    # Where a lower number may be committed later, the last ones before the cut are told once more.
    told_again = 1 if board.overlap() else 0
    assert [change["number"] for change in missed][told_again:] == numbers
    assert "tres" in missed[-1]["entry"]
    await on_database(say, waiting, Line("customer", "cuatro"))
    (last,) = await heard(again, "change")
    assert last["number"] > numbers[-1] and "cuatro" in last["entry"]
    for source in (again, other):
        await source.aclose()


async def test_a_page_that_does_not_read_is_told_to_fetch_everything(ana, at_desk, waiting) -> None:
    desk = board.Desk("es")
    for number in range(board.BEHIND + 1):
        desk.offer(board.News({"es": ""}, {}, number))
    assert desk.lost and desk.chunks.qsize() == 1
    assert [told.newest for told in await stream._wait(desk)] == [board.BEHIND]


async def test_what_a_page_asks_for_after_a_restored_database_is_everything(ana, at_desk, waiting) -> None:
    source = aiter((await (await at_desk(ana)).get("/desk/events?after=999999")).streaming_content)
    assert b"retry" in await asyncio.wait_for(anext(source), 5)
    (reload,) = await heard(source, "reload")
    assert reload["number"] == (await Event.objects.order_by("-pk").afirst()).pk
    await source.aclose()


async def test_many_conversations_at_once_are_drawn_in_a_few_queries(
    ana, waiting, django_assert_max_num_queries
) -> None:
    def draw() -> None:
        made = [begin(f"Marc {number}", Line("customer", "Ayuda"), handoff="press") for number in range(12)]
        events = list(Event.objects.filter(conversation__in=made).order_by("pk"))
        with django_assert_max_num_queries(12):
            told = board.news(events, {"es", "en"})
        assert all(f'data-id=\\"{each.pk}\\"' in told.text["es"] for each in made)
        assert told.held["queue"] == 13

    await on_database(draw)
    assert await Conversation.objects.filter(owner="queue").acount() == 13
