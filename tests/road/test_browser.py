"""A customer and an agent in two real browser windows: the widget asks, is handed over, and gets the agent's answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.stack import Stack
from tests.chromium import needs_chromium
from tests.road.windows import picture, sign_in

pytestmark = needs_chromium


@pytest.fixture
def lucia(browser: Browser, stack: Stack) -> Iterator[Page]:
    context = browser.new_context(locale="es-ES", viewport={"width": 1200, "height": 780})
    page = context.new_page()
    page.goto(f"{stack.urls['web']}/sandbox/shop")
    yield page
    context.close()


@pytest.fixture
def ana(browser: Browser, stack: Stack) -> Iterator[Page]:
    context = browser.new_context(locale="es-ES", viewport={"width": 1400, "height": 860})
    page = context.new_page()
    sign_in(page, f"{stack.urls['web']}/login?next=/desk", "ana", "**/desk*")
    yield page
    context.close()


def write(page: Page, text: str) -> None:
    box = page.get_by_role("dialog").get_by_role("textbox")
    box.fill(text)
    box.press("Enter")


def test_lucia_asks_is_handed_over_and_hears_from_ana(lucia: Page, ana: Page) -> None:
    lucia.get_by_role("button", name="Abrir el chat de ayuda").click()
    log = lucia.get_by_role("log")
    write(lucia, "¿cuánto tengo para devolver un robot?")
    expect(log).to_contain_text("30 días", timeout=30_000)
    expect(log.get_by_role("link").first).to_be_visible()
    picture(lucia, "widget")

    write(lucia, "quiero hablar con una persona")
    expect(log).to_contain_text("Te paso con una persona del equipo", timeout=30_000)

    waiting = ana.get_by_role("link").filter(has_text="pide una persona").first
    expect(waiting).to_be_visible(timeout=30_000)
    waiting.click()
    ana.get_by_role("button", name="Tomar").first.click()
    expect(log).to_contain_text("Ana", timeout=30_000)
    box = ana.get_by_role("textbox", name="Tu texto")
    box.fill("Hola, Lucía. ¿Qué le pasa a tu robot?")
    ana.get_by_role("button", name="Enviar", exact=True).click()
    expect(log).to_contain_text("¿Qué le pasa a tu robot?", timeout=10_000)
    picture(ana, "desk")

    write(lucia, "No se conecta")
    expect(ana.get_by_text("No se conecta").first).to_be_visible(timeout=10_000)
