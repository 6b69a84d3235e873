"""Two agents in two browsers, three customers at once on three channels, and what goes wrong between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.chromium import needs_chromium
from tests.road.people import PATIENCE, Agent, Customer, until
from tests.road.windows import picture, sign_in

pytestmark = needs_chromium
LONG = 50_000
SOON = PATIENCE * 1_000


def desk_of(browser: Browser, stack: Stack, account: str) -> Page:
    page = browser.new_context(locale="es-ES", viewport={"width": 1400, "height": 860}).new_page()
    page.set_default_timeout(SOON)
    sign_in(page, f"{stack.urls['web']}/login?next=/desk", account, "**/desk*")
    page.wait_for_selector(".wire.on")
    return page


@pytest.fixture(scope="module")
def desks(browser: Browser, stack: Stack) -> Iterator[tuple[Page, Page]]:
    """Ana's and Bruno's."""
    pages = desk_of(browser, stack, "ana"), desk_of(browser, stack, "bruno")
    yield pages
    for page in pages:
        page.context.close()


def crowd(stranger: Callable[[str], Customer]) -> dict[str, Customer]:
    """Three customers who ask for a person at the same time."""
    people = {channel: stranger(channel) for channel in ("web", "whatsapp", "telegram")}
    for customer in people.values():
        customer.send("quiero hablar con una persona")
    for channel, customer in people.items():
        until(lambda customer=customer: customer.state()["owner"] == "queue", f"the handoff on {channel}")
    return people


def open_at(page: Page, customer: Customer) -> None:
    """Click the customer in the list; once the composer has its key, what is typed is kept."""
    page.click(f"#o-{customer.conversation}")
    expect(page.locator("#conversation")).to_have_attribute("data-id", customer.conversation)
    expect(page.locator("#key")).not_to_have_value("")


def test_two_agents_and_three_customers_at_once(
    desks: tuple[Page, Page], stranger: Callable[[str], Customer], ana: Agent
) -> None:
    customers = crowd(stranger)
    for page in desks:
        for customer in customers.values():
            page.wait_for_selector(f"#o-{customer.conversation}")

    # Both go for the same one: one has it, the other is told so.
    wanted = customers["web"]
    for page in desks:
        open_at(page, wanted)
    for page in desks:
        page.evaluate("document.getElementById('do-take').click()")
    for page in desks:
        expect(page.locator(".bar .owner")).to_contain_text("tiene", timeout=SOON)
    owned = [page.locator(".bar").get_attribute("data-owner") for page in desks]
    assert owned.count("mine") == 1 and ana.read(wanted.conversation)["owner"].startswith("agent:")
    winner, loser = desks if owned[0] == "mine" else reversed(desks)
    expect(loser.locator("#send-reply")).to_be_disabled(timeout=SOON)

    # The other one answers the next two by keyboard, and every customer hears their own agent.
    for channel in ("whatsapp", "telegram"):
        open_at(loser, customers[channel])
        loser.keyboard.press("r")
        loser.keyboard.type(f"Hola desde el {channel}")
        loser.keyboard.press("Control+Enter")
        until(lambda channel=channel: f"Hola desde el {channel}" in customers[channel].heard(), f"words on {channel}")
    winner.fill("#text", "Hola desde la web")
    winner.click("#send-reply")
    until(lambda: "Hola desde la web" in wanted.heard(), "the words on the web")
    for channel, customer in customers.items():
        assert sum("Hola desde" in text for text in customer.heard()) == 1, f"only their own agent's, on {channel}"

    # New lines appear in the open conversation, and as unread in the list of whoever has another one open.
    customers["whatsapp"].send("<b>¿sigues ahí?</b>")
    there = loser.locator(f".entry[data-id='{customers['whatsapp'].conversation}']")
    loser.click("#tab-mine")
    expect(there.locator(".last")).to_contain_text("<b>¿sigues ahí?</b>", timeout=SOON)
    expect(there.locator(".dot .n")).to_have_text("1", timeout=SOON)
    wanted.send("gracias, Ana o Bruno")
    expect(winner.locator("#lines")).to_contain_text("gracias, Ana o Bruno", timeout=SOON)
    picture(winner, "desk-crowd")


def test_fifty_thousand_characters_and_two_returns_at_once(
    desks: tuple[Page, Page], stranger: Callable[[str], Customer], ana: Agent
) -> None:
    page, _ = desks
    customer = stranger("whatsapp")
    customer.send("quiero hablar con una persona")
    page.click("#tab-queue")
    until(lambda: customer.state()["owner"] == "queue", "the handoff")
    open_at(page, customer)
    page.fill("#text", "<script>alert(1)</script>" + "ñ" * LONG)
    page.click("#send-reply")
    expect(page.locator("#problem")).to_contain_text("son demasiados", timeout=SOON)
    assert len(page.input_value("#text")) > LONG, "what was pasted is still there"
    assert ana.read(customer.conversation)["owner"] == "queue"
    page.fill("#text", "<script>alert(1)</script>")
    page.click("#send-reply")
    until(lambda: "<script>alert(1)</script>" in customer.heard(), "the markup as plain words")
    expect(page.locator(".line.agent .text")).to_have_text("<script>alert(1)</script>", timeout=SOON)

    # Two returns at once are one.
    page.wait_for_selector("#do-return")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.evaluate(
        "const give = document.querySelector('#dialog-return button.main'); give.click(); give.disabled = false;"
        " give.click()"
    )
    until(lambda: customer.state()["owner"] == "bot", "the conversation back with the bot")
    states = [handoff["state"] for handoff in ana.read(customer.conversation)["handoffs"]]
    assert states.count("returned") == 1
