"""The editor's loop in two browser windows: asked, drafted, its effect seen, published, answered. And for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from deploy.local.stack import Stack
from tests.chromium import AXE, needs_axe, needs_chromium
from tests.road.windows import picture, sign_in

PATIENCE = 60_000
QUESTION = "¿puedo pagar con bitcoin?"
ALIKE = "¿se puede pagar en bitcoin?"
ANSWER = "No aceptamos bitcoin ni otras criptomonedas. Puedes pagar con tarjeta o Bizum."

pytestmark = needs_chromium


@pytest.fixture
def customer(browser: Browser, stack: Stack) -> Iterator[Page]:
    context = browser.new_context(locale="es-ES", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{stack.urls['web']}/es/ayuda/")
    yield page
    context.close()


@pytest.fixture
def pau(browser: Browser, stack: Stack) -> Iterator[Page]:
    """A publisher, signed in to Wagtail."""
    context = browser.new_context(locale="es-ES", viewport={"width": 1500, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    sign_in(page, f"{stack.urls['web']}/cms/login/", "publisher", "**/cms/")
    yield page
    context.close()


def seen(page: Page, what: Locator) -> None:
    """Look again until it is there: what customers do reaches the editors' list a moment later."""
    for _look in range(60):
        if what.count():
            return
        page.wait_for_timeout(500)
        page.reload()


def ask(page: Page, text: str) -> None:
    box = page.get_by_role("dialog").get_by_role("textbox")
    box.fill(text)
    box.press("Enter")


def test_a_question_without_an_answer_becomes_an_article_and_the_next_customer_gets_it(
    customer: Page, pau: Page, stack: Stack
) -> None:
    customer.get_by_role("button", name="Pregúntanos en el chat").click()
    ask(customer, QUESTION)
    expect(customer.get_by_role("log")).to_contain_text("persona", timeout=PATIENCE)

    pau.goto(f"{stack.urls['web']}/cms/gaps/")
    gap = pau.locator(".kn-card", has_text=QUESTION)
    seen(pau, gap)
    picture(pau, "gaps")
    gap.get_by_role("button", name="Hacer un borrador").click()

    expect(pau.locator("#id_title")).to_have_value("¿Puedo pagar con bitcoin?")
    pau.locator("#id_short_answer").fill(ANSWER)
    pau.locator("#id_questions").fill("pagar con criptomonedas\n¿aceptáis bitcoin?\npago en cripto")
    pau.locator("#id_body").fill("Tampoco aceptamos pagos en otras monedas que el euro.")
    pau.get_by_role("button", name="Guardar borrador").click()
    expect(pau.locator(".messages .success").first).to_be_visible(timeout=PATIENCE)
    pau.locator("[data-side-panel-toggle=preview]").click()
    box = pau.locator(".kn-box")
    expect(box).to_have_attribute("data-done", "", timeout=PATIENCE * 2)
    assert int(box.locator("[data-count=new]").inner_text()) >= 1
    picture(pau, "effect-beside-preview")

    with pau.context.expect_page() as opened:
        box.get_by_role("link", name="Ver lo de ahora y lo nuevo").click()
    effect = opened.value
    card = effect.locator(".kn-change[data-kind=new]", has_text=QUESTION)
    expect(card).to_contain_text("No aceptamos bitcoin", timeout=PATIENCE * 2)
    effect.get_by_label("Haz una pregunta al borrador").fill(ALIKE)
    effect.get_by_role("button", name="Preguntar").click()
    expect(effect.locator("[data-knowledge-told]")).to_contain_text("No aceptamos bitcoin", timeout=PATIENCE)
    picture(effect, "effect")
    effect.close()

    pau.locator("[data-side-panel-toggle=preview]").click()
    pau.locator(".actions--primary [aria-expanded], footer [data-w-dropdown-target=toggle]").first.click()
    pau.locator("button[name=action-publish]").click()
    anyway = pau.get_by_role("button", name="Publicar de todos modos")
    expect(anyway.or_(pau.locator(".messages .success")).first).to_be_visible(timeout=PATIENCE)
    if anyway.is_visible():
        anyway.click()

    def heard() -> bool:
        ask(customer, ALIKE)
        try:
            expect(customer.get_by_role("log")).to_contain_text("No aceptamos bitcoin", timeout=8_000)
        except AssertionError:
            return False
        return True

    assert heard() or heard(), "the next customer gets the published answer"
    expect(customer.get_by_role("log").get_by_role("link").last).to_be_visible()
    picture(customer, "answered")

    pau.goto(f"{stack.urls['web']}/cms/gaps/?state=closed")
    closed = pau.locator(".kn-card", has_text=QUESTION)
    seen(pau, closed)
    expect(closed).to_contain_text("puedo-pagar-con-bitcoin")


LOOKS: list[tuple[str, dict[str, Any]]] = [
    ("desktop light", {"viewport": {"width": 1280, "height": 900}}),
    ("phone dark", {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}),
]


def violations(page: Page) -> list[str]:
    """What axe finds in our part of the page, against WCAG 2.2 A and AA and its best practices."""
    page.add_script_tag(path=AXE)
    ours = "document.querySelector('.kn') || document"
    found = page.evaluate(f"async () => (await axe.run({ours})).violations")
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


@needs_axe
@pytest.mark.parametrize(("look", "options"), LOOKS, ids=[name for name, _options in LOOKS])
def test_axe_finds_nothing_in_the_help_centre(
    browser: Browser, stack: Stack, look: str, options: dict[str, Any]
) -> None:
    context = browser.new_context(locale="es-ES", bypass_csp=True, **options)
    page = context.new_page()
    for path in ("/es/ayuda/", "/es/ayuda/brasa-20-errores/", "/es/ayuda/?q=plazo+de+reembolso", "/en/help/"):
        page.goto(stack.urls["web"] + path)
        assert not violations(page), path
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, f"{path} is wider than the window"
    context.close()


@needs_axe
def test_axe_finds_nothing_in_the_editors_pages(pau: Page, stack: Stack) -> None:
    for path in ("/cms/gaps/?state=all", "/cms/health/"):
        pau.goto(stack.urls["web"] + path)
        expect(pau.locator(".kn")).to_be_visible()
        assert not violations(pau), path
