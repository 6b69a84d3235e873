"""New work reaches a page that is already open."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Event
from tests.desk.desk_cast import Line, begin, say


async def next_changes(stream: Any, within: float = 3.0) -> list[dict[str, Any]]:
    """The changes of the next chunk that tells any, with their numbers."""
    while True:
        chunk = (await asyncio.wait_for(anext(stream), within)).decode()
        changes = []
        for part in chunk.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in part.splitlines() if ": " in line)
            if fields.get("event") == "change":
                changes.append({**json.loads(fields["data"]), "number": int(fields["id"])})
        if changes:
            return changes


async def begun(stream: Any) -> None:
    assert b"retry" in await asyncio.wait_for(anext(stream), 3)


async def test_a_customers_message_is_told_within_300_ms_of_its_commit(ana, at_desk, waiting) -> None:
    response = await (await at_desk(ana)).get("/desk/events")
    assert response.headers["Content-Type"].startswith("text/event-stream")
    stream = aiter(response.streaming_content)
    await begun(stream)
    heard = asyncio.create_task(next_changes(stream))
    await on_database(say, waiting, Line("customer", "¿Hay alguien?"))
    committed = time.monotonic()
    changes = await heard
    assert time.monotonic() - committed < 0.3
    assert changes[0]["conversation"] == str(waiting.pk)
    assert changes[0]["kind"] == "message"
    assert changes[0]["seq"] == waiting.last_seq + 1
    await stream.aclose()


async def test_what_another_process_committed_is_told_too(ana, at_desk, waiting) -> None:
    stream = aiter((await (await at_desk(ana)).get("/desk/events")).streaming_content)
    await begun(stream)
    heard = asyncio.create_task(next_changes(stream))
    # Written past this process's signals, as another process would.
    event = Event(conversation=waiting, kind="message", data={"seq": 99})
    await Event.objects.abulk_create([event])
    changes = await heard
    assert [change["seq"] for change in changes] == [99]
    await stream.aclose()


async def test_a_page_that_lost_its_connection_hears_what_it_missed(ana, at_desk, waiting) -> None:
    last = (await Event.objects.order_by("-pk").afirst()).pk
    await on_database(say, waiting, Line("customer", "uno"))
    await on_database(say, waiting, Line("customer", "dos"))
    missed = [event.pk async for event in Event.objects.filter(pk__gt=last).order_by("pk")]
    response = await (await at_desk(ana)).get("/desk/events", headers={"last-event-id": str(last)})
    stream = aiter(response.streaming_content)
    changes = await next_changes(stream)
    assert [change["number"] for change in changes if change["number"] > last] == missed
    await stream.aclose()


async def test_a_page_that_missed_too_much_is_told_to_reload(ana, at_desk, waiting) -> None:
    await Event.objects.abulk_create([Event(conversation=waiting, kind="message", data={}) for _ in range(300)])
    response = await (await at_desk(ana)).get("/desk/events?after=1")
    stream = aiter(response.streaming_content)
    await begun(stream)
    chunk = (await asyncio.wait_for(anext(stream), 3)).decode()
    newest = (await Event.objects.order_by("-pk").afirst()).pk
    assert f"id: {newest}\nevent: reload" in chunk
    await stream.aclose()


async def test_news_brings_only_new_lines_and_changed_deliveries(ana, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    last = waiting.last_seq
    await on_database(say, waiting, Line("customer", "Sigo aquí"))
    html = (await browser.get(f"/desk/c/{waiting.pk}/news?after={last}&changed=2,4")).content.decode()
    assert "Sigo aquí" in html
    assert "Quiero devolver la freidora Fragua</div>" not in html
    assert f'id="s-{waiting.pk}-2"' in html
    assert f'id="s-{waiting.pk}-4"' in html
    assert "<textarea" not in html


async def test_unread_is_counted_for_each_agent_alone(ana, bruno, at_desk, waiting) -> None:
    first, second = await at_desk(ana), await at_desk(bruno)
    mark = '<span class="dot"'
    assert mark in (await first.get("/desk/list")).content.decode()
    await first.get(f"/desk/c/{waiting.pk}")
    assert mark not in (await first.get("/desk/list")).content.decode()
    assert mark in (await second.get("/desk/list")).content.decode()
    await on_database(say, waiting, Line("customer", "¿Hola?"))
    assert mark in (await first.get("/desk/list")).content.decode()


async def test_danger_is_on_top_and_the_longest_wait_next(ana, at_desk, waiting) -> None:
    later = await on_database(begin, "Marc Vidal", Line("customer", "Ayuda"), handoff="no_answer")
    danger = await on_database(begin, "Carmen Díaz", Line("customer", "Huele a quemado"), handoff="safety")
    html = (await (await at_desk(ana)).get("/desk/list")).content.decode()
    order = sorted((danger, waiting, later), key=lambda conversation: html.index(str(conversation.pk)))
    assert order == [danger, waiting, later]
    assert 'data-queue="3"' in html


async def test_the_lists_hold_what_they_say(ana, bruno, at_desk, waiting) -> None:
    mine = await on_database(begin, "Marc Vidal", Line("customer", "Ayuda"), handoff="no_answer")
    done = await on_database(begin, "Rosa Gil", Line("customer", "Gracias"))
    browser = await at_desk(ana)
    await browser.post(f"/desk/c/{mine.pk}/take")
    await browser.post(f"/desk/c/{done.pk}/resolve")

    async def shown(query: str) -> set[Conversation]:
        html = (await browser.get(f"/desk/list?{query}")).content.decode()
        return {each for each in (waiting, mine, done) if str(each.pk) in html}

    assert await shown("tab=queue") == {waiting}
    assert await shown("tab=mine") == {mine}
    assert await shown("tab=all") == {waiting, mine}
    assert await shown("tab=resolved") == {done}
    assert await shown("tab=all&q=freidora") == {waiting}
    assert await shown("tab=all&q=VIDAL") == {mine}
    assert await shown("tab=all&q=%00%25") == set()
