"""Two agents in two browsers, three customers at once on three channels, and what goes wrong between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.chromium import AXE, needs_axe, needs_chromium
from tests.road.people import Agent, Customer, until
from tests.road.windows import picture, sign_in

pytestmark = needs_chromium
LONG = 50_000


def desk_of(browser: Browser, stack: Stack, account: str, **context: object) -> Page:
    page = browser.new_context(locale="es-ES", viewport={"width": 1400, "height": 860}, **context).new_page()
    sign_in(page, f"{stack.urls['web']}/login?next=/desk", account, "**/desk*")
    page.wait_for_selector(".wire.on")
    return page


@pytest.fixture
def desks(browser: Browser, stack: Stack) -> Iterator[tuple[Page, Page]]:
    """Ana's and Bruno's."""
    pages = desk_of(browser, stack, "ana"), desk_of(browser, stack, "bruno")
    yield pages
    for page in pages:
        page.context.close()


@pytest.fixture
def crowd(stranger: Callable[[str], Customer]) -> dict[str, Customer]:
    """Three customers who ask for a person at the same time."""
    people = {channel: stranger(channel) for channel in ("web", "whatsapp", "telegram")}
    for customer in people.values():
        customer.send("quiero hablar con una persona")
    for channel, customer in people.items():
        until(lambda customer=customer: customer.state()["owner"] == "queue", f"the handoff on {channel}")
    return people


def entry(page: Page, customer: Customer) -> str:
    return f"#o-{customer.conversation}"


def test_two_agents_and_three_customers_at_once(
    desks: tuple[Page, Page], crowd: dict[str, Customer], ana: Agent
) -> None:
    anas, brunos = desks
    for page in desks:
        for customer in crowd.values():
            expect(page.locator(entry(page, customer))).to_be_visible(timeout=15_000)

    # Both go for the same one: one has it, the other is told by whom.
    wanted = crowd["web"]
    for page in desks:
        page.click(entry(page, wanted))
        page.wait_for_selector(f"#conversation[data-id='{wanted.conversation}'] #do-take")
    for page in desks:
        page.evaluate("document.getElementById('do-take').click()")
    until(lambda: ana.read(wanted.conversation)["owner"].startswith("agent:"), "somebody has it")
    expect(anas.locator(".bar .owner")).to_contain_text("tiene", timeout=10_000)
    expect(brunos.locator(".bar .owner")).to_contain_text("tiene", timeout=10_000)
    owned = [page.locator(".bar").get_attribute("data-owner") for page in desks]
    assert owned.count("mine") == 1
    winner, loser = (anas, brunos) if owned[0] == "mine" else (brunos, anas)
    expect(loser.locator("#send-reply")).to_be_disabled()

    # The other one takes the next two by keyboard, and every customer hears their own agent.
    for channel in ("whatsapp", "telegram"):
        loser.click(entry(loser, crowd[channel]))
        loser.wait_for_selector(f"#conversation[data-id='{crowd[channel].conversation}'] #do-take")
        loser.keyboard.press("r")
        loser.keyboard.type(f"Hola desde el {channel}")
        loser.keyboard.press("Control+Enter")
        until(lambda channel=channel: f"Hola desde el {channel}" in crowd[channel].heard(), f"the words on {channel}")
    winner.fill("#text", "Hola desde la web")
    winner.click("#send-reply")
    until(lambda: "Hola desde la web" in wanted.heard(), "the words on the web")
    assert not any("Hola desde el" in text for text in wanted.heard())

    # New lines appear in the open conversation, and as unread in the list of whoever has another one open.
    crowd["whatsapp"].send("<b>¿sigues ahí?</b>")
    expect(loser.locator(f".entry[data-id='{crowd['whatsapp'].conversation}'] .last")).to_contain_text(
        "<b>¿sigues ahí?</b>", timeout=10_000
    )
    wanted.send("gracias, Ana o Bruno")
    expect(winner.locator("#lines")).to_contain_text("gracias, Ana o Bruno", timeout=10_000)
    picture(winner, "desk-crowd")


def test_fifty_thousand_characters_and_two_returns_at_once(
    desks: tuple[Page, Page], stranger: Callable[[str], Customer], ana: Agent
) -> None:
    anas, _ = desks
    customer = stranger("whatsapp")
    customer.say("quiero hablar con una persona")
    anas.click(entry(anas, customer))
    anas.wait_for_selector(f"#conversation[data-id='{customer.conversation}'] #do-take")
    anas.fill("#text", "<script>alert(1)</script>" + "ñ" * LONG)
    anas.click("#send-reply")
    expect(anas.locator("#problem")).to_contain_text("son demasiados", timeout=15_000)
    assert len(anas.input_value("#text")) > LONG, "what was pasted is still there"
    assert ana.read(customer.conversation)["owner"] == "queue"
    anas.fill("#text", "<script>alert(1)</script>")
    anas.click("#send-reply")
    until(lambda: "<script>alert(1)</script>" in customer.heard(), "the markup as plain words")
    expect(anas.locator(".line.agent .text")).to_have_text("<script>alert(1)</script>")

    # Two returns at once are one.
    anas.wait_for_selector("#do-return")
    anas.keyboard.press("Escape")
    anas.keyboard.press("b")
    twice = "const give = document.querySelector('#dialog-return button.main');"
    anas.evaluate(f"{twice} give.click(); give.disabled = false; give.click()")
    until(lambda: customer.state()["owner"] == "bot", "the conversation back with the bot")
    states = [handoff["state"] for handoff in ana.read(customer.conversation)["handoffs"]]
    assert states.count("returned") == 1


@needs_axe
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_nothing_at_the_desk(
    browser: Browser, stack: Stack, stranger: Callable[[str], Customer], width: int
) -> None:
    customer = stranger("telegram")
    customer.say("quiero hablar con una persona")
    page = desk_of(browser, stack, "ana", color_scheme="dark" if width < 500 else "light")
    page.set_viewport_size({"width": width, "height": 860})
    page.click("#sieve")
    assert axe(page) == []
    page.click(entry(page, customer))
    page.wait_for_selector(f"#conversation[data-id='{customer.conversation}']")
    assert axe(page) == []
    page.context.close()


def axe(page: Page) -> list[str]:
    page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(found => found.violations)")
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]
