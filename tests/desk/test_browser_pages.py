"""Every page of the desk in a browser, in both languages, light and dark, wide and on a phone: axe finds nothing, and
nothing sticks out."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from playwright.async_api import Page

from bot.conversations import ownership
from bot.conversations.database import on_database
from bot.conversations.models import Conversation
from bot.desk.sorting.models import Skills, Sort
from bot.desk.tools.models import Canned, SecondLook, Team
from bot.shop.clock import shop_day
from bot.shop.demo.load import load_demo
from tests.chromium import AXE, needs_axe
from tests.desk.desk_cast import CITED, Line, begin
from tests.desk.test_browser import browser, pytestmark, server, sign_in
from tests.desk.test_browser_files import look
from tests.desk.test_package import open_for

__all__ = ["browser", "pytestmark", "server"]

PAGES = (
    "/desk", "/desk?tab=all", "/desk?tab=mine", "/desk?tab=resolved&q=factura", "/desk/floor", "/desk/teams",
    "/desk/calls", "/desk/replies", "/desk/second-looks", "/desk/audit", "/account",
)  # fmt: skip
DIALOGS = ("do-return", "do-resolve", "do-pass", "do-snooze", "do-canned", "do-articles")


@pytest.fixture(autouse=True)
def no_index(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No articles are asked for: what they look like is not what is looked at here."""
    settings.CHROMA_URL = "http://127.0.0.1:9"
    monkeypatch.setenv("CHROMA_URL", "http://127.0.0.1:9")


def busy_shop(ana: Any, bruno: Any) -> Conversation:
    """Something stands on every page: a danger, a case that waits, a team, a canned reply, a resolved conversation."""
    ana.groups.add(Group.objects.get(name="supervisors"))
    load_demo(shop_day())
    Canned.objects.create(shortcut="etiqueta", title="Otra etiqueta", es="Hola, {customer}", en="Hello {customer}")
    Team.objects.create(name="Taller").members.add(bruno)
    Skills.objects.create(agent=bruno, languages=["en"], topics=["warranty"], most=3)
    begin("Marc Vidal", Line("customer", "¡Echa humo!"), handoff="safety", channel="telegram")
    done = begin("Júlia Costa", Line("customer", "¿Me mandáis la factura?"), handoff="technical", channel="mail")
    ownership.take(done.pk, bruno.pk, agent_name="Bruno Sanz")
    ownership.resolve(done.pk, f"agent:{bruno.pk}")
    lucia = begin(
        "Lucía Romero",
        Line("customer", "Quiero devolver la freidora"),
        Line("bot", "Tienes 30 días.", citations=(CITED,)),
        Line("customer", "Prefiero hablar con una persona"),
        handoff="asked_for_person",
        channel="whatsapp",
    )
    case = open_for(lucia, "damaged", "LB-10404", photo=False)
    SecondLook.objects.create(conversation=lucia, case=case.number, verb="approve", amount=900, asked_by=bruno)
    ownership.take(lucia.pk, ana.pk, agent_name="Ana Ruiz")
    for aspect, value in (("topic", "return"), ("priority", "3"), ("sentiment", "upset"), ("language", "es")):
        Sort.objects.create(conversation=lucia, aspect=aspect, value=value, confidence=0.8, source="words", seq=9)
    return lucia


async def faults(page: Page) -> list[str]:
    """What axe finds, and what makes the page wider than its window."""
    await page.add_script_tag(path=AXE)
    found: list[Any] = await page.evaluate("async () => (await axe.run()).violations")
    told = [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
    wide = await page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1")
    return [*told, *(["wider than the window"] if wide else [])]


@needs_axe
@pytest.mark.parametrize(
    ("locale", "scheme", "width"), [("es-ES", "light", 1440), ("en-GB", "dark", 1440), ("es-ES", "dark", 390)]
)
async def test_axe_finds_nothing_on_any_page(server, browser, ana, bruno, phone, locale, scheme, width) -> None:
    lucia = await on_database(busy_shop, ana, bruno)
    # The page's own policy would keep axe out.
    context = {
        "locale": locale,
        "color_scheme": scheme,
        "viewport": {"width": width, "height": 900},
        "bypass_csp": True,
    }
    page = await sign_in(browser, server, ana, **context)
    found: dict[str, list[str]] = {}

    async def judge(name: str) -> None:
        await look(page, f"desk-page-{locale[:2]}-{scheme}-{width}-{name.strip('/').replace('/', '-')}")
        if told := await faults(page):
            found[name] = told

    for address in PAGES:
        await page.goto(f"{server}{address}")
        await page.wait_for_selector("h1, .wire.on")
        await page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true; })")
        await judge(address)
    await page.goto(f"{server}/desk/c/{lucia.pk}")
    await page.wait_for_selector(".wire.on")
    await judge("conversation")
    if width < 1180:
        await page.click("#do-details")
        await judge("details")
        await page.click(".package .narrow")
    for button in DIALOGS:
        if await page.locator(f"#{button}").count():
            await page.click(f"#{button}")
            await page.wait_for_selector("dialog[open]")
            await judge(button)
            await page.evaluate("document.querySelector('dialog[open]').close()")
    await page.goto(f"{server}/desk/c/{lucia.pk}/history")
    await judge("history")
    assert found == {}


@needs_axe
async def test_axe_finds_nothing_at_the_doors(server, browser, elena) -> None:
    page = await (await browser.new_context(locale="es-ES", color_scheme="dark", bypass_csp=True)).new_page()
    await page.goto(f"{server}/login?next=/desk")
    assert await faults(page) == []
    elena.set_password("lumbre")
    await elena.asave()
    await page.fill("[name=username]", elena.username)
    await page.fill("[name=password]", "lumbre")
    await page.click("button.main")
    await page.wait_for_url("**/desk*")
    assert await faults(page) == []
