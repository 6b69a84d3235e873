"""Who is in which team and what each agent can do: a supervisor's page, and what the desk makes of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group

from bot.conversations.database import on_database
from bot.desk.security.models import AuditLine
from bot.desk.sorting.assignment import fits
from bot.desk.sorting.models import Skills
from bot.desk.tools.models import Team

PAGE = "/desk/teams"


@pytest.fixture
def vera(ana: Any) -> Any:
    """Ana's supervisor's hat: she may change teams now."""
    ana.groups.add(Group.objects.get(name="supervisors"))
    return ana


async def test_vera_makes_a_team_and_the_conversation_goes_to_its_members(vera, bruno, at_desk, waiting) -> None:
    browser = await at_desk(vera)
    answer = await browser.post(PAGE, {"do": "team", "name": "  Taller  de  cafeteras ", "members": [str(bruno.pk)]})
    assert (answer.status_code, answer["location"]) == (302, PAGE)
    team = await Team.objects.aget()
    assert team.name == "Taller de cafeteras"
    html = (await browser.get(PAGE)).content.decode()
    assert "Taller de cafeteras" in html and "Bruno Sanz" in html
    await browser.post(f"/desk/c/{waiting.pk}/transfer", {"to": f"team:{team.pk}"})
    assert [fit.name for fit in await on_database(fits, waiting)] == ["Bruno Sanz"]
    # Renamed with nobody in it, it is for everybody again; another one may not have its name.
    await browser.post(PAGE, {"do": "team", "id": str(team.pk), "name": "Taller"})
    assert len(await on_database(fits, waiting)) == 2
    refused = await browser.post(PAGE, {"do": "team", "name": "TALLER"})
    assert refused.status_code == 422
    assert "Ya hay otro equipo con ese nombre." in refused.content.decode()
    await browser.post(PAGE, {"do": "remove", "id": str(team.pk)})
    assert not await Team.objects.aexists()
    assert (await browser.post(PAGE, {"do": "remove", "id": str(team.pk)})).status_code == 422
    assert [line.what async for line in AuditLine.objects.order_by("pk")][-3:] == ["team", "team", "team_removed"]


async def test_skills_decide_who_is_named_first(vera, bruno, at_desk, waiting) -> None:
    browser = await at_desk(vera)
    form = {
        "do": "agent",
        "id": str(bruno.pk),
        "most": "3",
        "takes": "1",
        "languages": ["en", "xx"],
        "topics": "return",
    }
    assert (await browser.post(PAGE, form)).status_code == 302
    skills = await Skills.objects.aget(agent=bruno)
    assert (skills.most, skills.takes, skills.languages, skills.topics) == (3, True, ["en"], ["return"])
    html = (await browser.get(PAGE)).content.decode()
    assert "3 conversaciones a la vez" in html and "devolución o cambio" in html
    assert [fit.name for fit in await on_database(fits, waiting)] == ["Ana Ruiz", "Bruno Sanz"]
    await browser.post(PAGE, {"do": "agent", "id": str(bruno.pk), "most": "3"})
    assert [fit.name for fit in await on_database(fits, waiting)] == ["Ana Ruiz"]


@pytest.mark.parametrize(
    "form",
    [
        {"do": "agent", "id": "9" * 30, "most": "3"},
        {"do": "agent", "most": "3"},
        {"do": "team", "name": "x" * 61},
        {"do": "team", "name": " \x00 "},
        {"do": "team", "name": "Taller", "id": "77"},
        {"do": "everything"},
        {},
    ],
)
async def test_what_cannot_be_kept_is_refused_with_its_reason(vera, at_desk, form) -> None:
    answer = await (await at_desk(vera)).post(PAGE, form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not await Team.objects.aexists()


@pytest.mark.parametrize("most", ["0", "100", "-1", "١", "3.5", ""])
async def test_a_capacity_is_a_number_from_1_to_99(vera, at_desk, most) -> None:
    answer = await (await at_desk(vera)).post(PAGE, {"do": "agent", "id": str(vera.pk), "most": most})
    assert answer.status_code == 422
    assert "un número del 1 al 99" in answer.content.decode()
    assert not await Skills.objects.aexists()


async def test_bruno_reads_and_elena_may_not(bruno, elena, at_desk) -> None:
    brunos = await at_desk(bruno)
    page = await brunos.get(PAGE)
    assert page.status_code == 200 and "<form" not in page.content.decode()
    assert (await brunos.post(PAGE, {"do": "team", "name": "Taller"})).status_code == 403
    assert (await (await at_desk(elena)).get(PAGE)).status_code == 403
    assert not await Team.objects.aexists()
