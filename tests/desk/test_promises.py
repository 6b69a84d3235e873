"""What customers were promised: the file, the arithmetic, and where the desk shows it before it is broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from hypothesis import given
from hypothesis import strategies as st

from bot.conversations.database import on_database
from bot.conversations.models import Handoff
from bot.desk.floor import presence, promises
from bot.desk.floor.load import load
from bot.shop.hours import open_now
from bot.shop.marked_yaml import FileMistake
from tests.desk.desk_cast import Line, begin

TUESDAY = datetime(2026, 5, 19, 10, 0, tzinfo=UTC)
WHOLE = promises.PATH.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("\ncounts: sometimes", "\ncounts: opening_hours", "promises.yml line 7: counts"),
        ("  first_answer_minutes: 0", "  first_answer_minutes: 5", "line 11: danger.first_answer_minutes"),
        ("  first_answer: 5", "  first_answer_minutes: 5", "this key is not known"),
        ("  first_answer_minutes: 500", "  first_answer_minutes: 5", "comes after the end"),
        ("\ncounts opening_hours", "\ncounts: opening_hours", "not valid YAML"),
        ("", "warn_percent: 25", "warn_percent: this key is missing"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, wrong: str, right: str, told: str) -> None:
    path = tmp_path / "promises.yml"
    path.write_text(WHOLE.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(FileMistake, match=told):
        promises.read(path)


def handoff(priority: int, begun: datetime, answered: datetime | None = None) -> Handoff:
    return Handoff(state="queued", priority=priority, created_at=begun, answered_at=answered, reason="press")


def test_first_the_answer_and_then_the_end() -> None:
    promised = promises.promise(handoff(3, TUESDAY))
    assert promised is not None
    assert (promised.kind, promised.due, promised.warn) == (
        "first_answer", TUESDAY + timedelta(minutes=60), TUESDAY + timedelta(minutes=45),
    )  # fmt: skip
    assert [promised.state(TUESDAY + timedelta(minutes=m)) for m in (44, 45, 59, 60)] == [
        "kept", "soon", "soon", "broken",
    ]  # fmt: skip
    after = promises.promise(handoff(3, TUESDAY, TUESDAY + timedelta(minutes=5)))
    assert after is not None and after.kind == "resolution"
    assert promises.promise(None) is None
    assert promises.promise(Handoff(state="resolved", created_at=TUESDAY)) is None


@given(st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), st.sampled_from([1, 2, 3]))
def test_a_promise_falls_due_while_somebody_is_there(begun: datetime, priority: int) -> None:
    promised = promises.promise(handoff(priority, begun))
    assert promised is not None and begun <= promised.warn <= promised.due
    assert open_now(promised.due - timedelta(microseconds=1))
    urgent = promises.promise(handoff(1, begun))
    assert urgent is not None and urgent.due <= promised.due


async def test_the_list_and_the_conversation_warn_before_it_is_late(ana, at_desk, phone) -> None:
    with time_machine.travel(TUESDAY, tick=False) as clock:
        conversation = await on_database(begin, "Marc", Line("customer", "Ayuda"), handoff="no_answer")
        browser = await at_desk(ana)
        for minutes, state in ((1, "kept"), (50, "soon"), (15, "broken")):
            clock.shift(timedelta(minutes=minutes))
            for address in ("/desk/list", f"/desk/c/{conversation.pk}"):
                html = (await browser.get(address)).content.decode()
                assert f'class="chip promise {state}"' in html, (address, state)
                assert 'data-due="2026-05-19T13:00:00+02:00"' in html


async def test_the_supervisor_sees_the_load_and_agents_do_not(ana, bruno, at_desk, phone) -> None:
    await on_database(lambda: bruno.groups.add(Group.objects.get(name="supervisors")))
    assert (await (await at_desk(ana)).get("/desk/floor")).status_code == 403
    with time_machine.travel(TUESDAY, tick=False) as clock:
        first = await on_database(begin, "Marc", Line("customer", "Ayuda"), handoff="no_answer")
        await on_database(begin, "Rosa", Line("customer", "Ayuda"), handoff="legal")
        await (await at_desk(ana)).post(f"/desk/c/{first.pk}/take")
        await on_database(presence.touch, ana.pk)
        clock.shift(timedelta(minutes=50))
        await on_database(presence.touch, bruno.pk)
        seen = await on_database(load)
        assert (seen.open, seen.queued, seen.with_agents, seen.soon, seen.broken) == (2, 1, 1, 1, 1)
        rows: dict[str, Any] = {row.name: row for row in seen.agents}
        assert (rows["Ana Ruiz"].state, rows["Ana Ruiz"].open, rows["Ana Ruiz"].soon) == ("offline", 1, 1)
        assert (rows["Bruno Sanz"].state, rows["Bruno Sanz"].open) == ("here", 0)
        assert [each.name for each in seen.pressing] == ["Rosa", "Marc"], "the one that fell due first is on top"
        html = (await (await at_desk(bruno)).get("/desk/floor")).content.decode()
        assert "Ana Ruiz" in html and "A punto de retrasarse" in html and "sin conexión" in html


async def test_an_agent_says_that_they_are_away(ana, at_desk, phone) -> None:
    browser = await at_desk(ana)
    assert "disponible" in (await browser.get("/desk")).content.decode()
    await browser.post("/desk/away", {"away": "1"})
    assert "Volver a coger conversaciones" in (await browser.get("/desk")).content.decode()
    assert await on_database(presence.is_away, ana.pk)
    await browser.post("/desk/away", {})
    assert not await on_database(presence.is_away, ana.pk)
