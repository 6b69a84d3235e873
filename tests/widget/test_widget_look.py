"""For everybody: axe, keyboard, phone, dark, right to left, the shop's own colours, dictation."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.chromium import needs_axe
from tests.conversations.media.files import photo
from tests.widget.customers import Opener, Tab
from tests.widget.test_widget_files import choose, file

PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
LOOKS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "light": ({}, {}),
    "dark": ({"color_scheme": "dark"}, {}),
    "phone": (PHONE, {}),
    "dark-phone": (PHONE | {"color_scheme": "dark"}, {}),
    "right-to-left": ({}, {"dir": "rtl"}),
    "dark-by-the-shop": ({}, {"theme": "dark", "position": "start"}),
    "more-contrast": ({"forced_colors": "active"}, {}),
}


async def everything(tab: Tab) -> None:
    """One of each thing that the widget can show."""
    await tab.write("¿Qué plazo tengo?")
    await tab.hears("Tienes 30 días")
    await choose(tab, file("golpe.jpg", "image/jpeg", photo(800, 600)))
    await tab.box.press("Enter")
    await tab.hears("Recibido")
    await choose(tab, file("nada.exe", "application/octet-stream", b"MZ" + bytes(300)))
    await tab.box.press("Enter")
    await expect(tab.log.get_by_text("No se ha podido enviar")).to_be_visible(timeout=20_000)
    await tab.write("Llegó roto")
    await tab.hears("Mándame una foto")
    await tab.write("Quiero devolver otro")
    await tab.hears("¿Cómo está el producto?")
    await tab.write("Es por el pedido")
    await tab.hears("número de pedido")
    await choose(tab, file("caja.jpg", "image/jpeg", photo(400, 400)))


@needs_axe
@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing(customer: Opener, look: str) -> None:
    options, customer.site.attributes = LOOKS[look]
    if look == "right-to-left":
        customer.site.direction = "rtl"
    lucia = await customer(bypass_csp=True, **options)
    assert await lucia.faults() == []
    await everything(lucia)
    await lucia.picture(look)
    assert await lucia.faults() == []
    await lucia.panel.press("Escape")
    assert await lucia.faults() == []


async def test_by_keyboard_alone(customer: Opener) -> None:
    lucia = await customer()
    await lucia.page.reload()
    await lucia.page.get_by_role("link", name="Otra página").focus()
    await expect(lucia.panel).to_be_visible()  # it was open on the page before
    await lucia.panel.get_by_role("button", name="Cerrar el chat").press("Enter")
    await expect(lucia.launcher).to_be_focused()
    await lucia.page.keyboard.press("Enter")
    await expect(lucia.box).to_be_focused()
    await lucia.page.keyboard.type("Quiero devolver uno")
    await lucia.page.keyboard.press("Enter")
    await lucia.hears("¿Cómo está el producto?")
    await expect(lucia.box).to_be_focused()
    for name in ("Adjuntar fotos o archivos", "Usado", "Sin abrir"):
        await lucia.page.keyboard.press("Shift+Tab")
        await expect(lucia.panel.get_by_role("button", name=name)).to_be_focused()
    await lucia.page.keyboard.press("Space")
    await lucia.hears("Has elegido /a.")
    await expect(lucia.box).to_be_focused()
    await lucia.page.keyboard.press("Escape")
    await expect(lucia.panel).to_be_hidden()
    await expect(lucia.launcher).to_be_focused()


async def test_on_a_phone_it_fills_the_page_and_keeps_the_focus(customer: Opener) -> None:
    lucia = await customer(**PHONE)
    await lucia.write("Quiero devolver uno")
    await lucia.hears("¿Cómo está el producto?")
    box = await lucia.panel.bounding_box()
    assert box is not None and (box["x"], box["y"], box["width"]) == (0, 0, 320) and box["height"] >= 630
    wide = await lucia.page.evaluate("document.documentElement.scrollWidth")
    assert wide == 320
    small = await lucia.panel.evaluate(
        """(panel) => [...panel.querySelectorAll('button, a, textarea')].filter((each) => each.offsetParent)
          .map((each) => each.getBoundingClientRect()).filter((each) => each.width < 24 || each.height < 24).length"""
    )
    assert small == 0, "WCAG 2.2, 2.5.8"
    inside = "document.querySelector('postventa-chat').shadowRoot.activeElement?.closest('.panel') !== null"
    for _ in range(12):
        await lucia.page.keyboard.press("Tab")
        assert await lucia.page.evaluate(inside)


async def colour(tab: Tab, part: str, name: str) -> str:
    return str(await tab.page.locator(f"postventa-chat {part}").evaluate(f"each => getComputedStyle(each).{name}"))


async def test_dark_follows_the_system_unless_the_shop_says_otherwise(customer: Opener) -> None:
    dark, light = "rgb(22, 25, 28)", "rgb(255, 255, 255)"
    lucia = await customer(color_scheme="dark")
    assert await colour(lucia, ".panel", "backgroundColor") == dark
    customer.site.attributes = {"theme": "light"}
    await lucia.go()
    assert await colour(lucia, ".panel", "backgroundColor") == light
    customer.site.attributes = {"theme": "dark"}
    marc = await customer()
    assert await colour(marc, ".panel", "backgroundColor") == dark


async def test_the_shops_colours_by_custom_properties(customer: Opener) -> None:
    lucia = await customer(bypass_csp=True)
    await lucia.page.add_style_tag(
        content="postventa-chat { --postventa-accent: #7a1f5c; --postventa-radius: 4px; --postventa-font: Georgia }"
    )
    assert await colour(lucia, ".head", "backgroundColor") == "rgb(122, 31, 92)"
    assert await colour(lucia, ".panel", "borderRadius") == "4px"
    assert await colour(lucia, ".panel", "fontFamily") == "Georgia"
    await lucia.picture("themed")


async def test_on_a_page_from_right_to_left(customer: Opener) -> None:
    """The button moves to the page's end; our own words keep their direction, and a message has its own."""
    customer.site.direction = "rtl"
    marc = await customer()
    where = await marc.launcher.bounding_box()
    assert where is not None and where["x"] < 100
    assert await colour(marc, ".panel", "direction") == "ltr"
    await marc.write("أين طلبي؟")
    await marc.hears("Dices: أين طلبي؟")
    assert await colour(marc, "li.customer .bubble", "direction") == "rtl"
    customer.site.attributes = {"dir": "rtl"}
    await marc.go()
    await marc.hears("Dices: أين طلبي؟")
    assert await colour(marc, ".panel", "direction") == "rtl"
    close = await marc.panel.get_by_role("button", name="Cerrar el chat").bounding_box()
    title = await marc.panel.get_by_role("heading").bounding_box()
    assert close is not None and title is not None and close["x"] < title["x"]


SPEECH = """
  window.SpeechRecognition = window.webkitSpeechRecognition = class {
    static async available({ langs, processLocally }) { return processLocally && langs[0] === 'es' ? 'available' : ''; }
    start() { window.hearing = this; }
    stop() { this.onend(); }
  };
  window.heard = (...words) => window.hearing.onresult({ results: words.map((transcript) => [{ transcript }]) });
"""


async def test_dictating(customer: Opener) -> None:
    lucia = await customer()
    await lucia.page.context.add_init_script(SPEECH)
    await lucia.go()
    await lucia.panel.get_by_role("button", name="Dictar").click()
    stop = lucia.panel.get_by_role("button", name="Dictar", pressed=True)
    await expect(stop).to_be_visible()
    await lucia.page.wait_for_function("window.hearing")
    assert await lucia.page.evaluate("[hearing.lang, hearing.processLocally]") == ["es", True]
    await lucia.page.evaluate("heard('la batidora', ' no arranca')")
    await expect(lucia.box).to_have_value("la batidora no arranca")
    await lucia.picture("dictating")
    assert await lucia.lines() == [], "nothing is sent by itself"
    await stop.click()
    await expect(lucia.box).to_be_focused()
    await lucia.box.press("Enter")
    await lucia.hears("Dices: la batidora no arranca")


async def test_a_microphone_that_is_not_allowed_is_explained(customer: Opener) -> None:
    lucia = await customer()
    await lucia.page.context.add_init_script(SPEECH)
    await lucia.go()
    await lucia.panel.get_by_role("button", name="Dictar").click()
    await lucia.page.wait_for_function("window.hearing")
    await lucia.page.evaluate("hearing.onerror({ error: 'not-allowed' })")
    await expect(lucia.panel.get_by_role("alert")).to_have_text(
        "El navegador no deja usar el micrófono en esta página."
    )


@pytest.mark.parametrize("why", ["the browser has none", "the shop does not want it"])
async def test_no_dictating_where_there_is_none(customer: Opener, why: str) -> None:
    if why == "the shop does not want it":
        customer.site.attributes = {"voice": "off"}
    lucia = await customer()
    if why == "the browser has none":
        await lucia.page.context.add_init_script(
            "delete window.SpeechRecognition; delete window.webkitSpeechRecognition"
        )
        await lucia.go()
    await expect(lucia.panel.get_by_role("button", name="Enviar")).to_be_visible()
    assert await lucia.panel.get_by_role("button", name="Dictar").count() == 0
