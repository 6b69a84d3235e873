"""Two agents in two browsers, on a server of its own; what customers do is committed by another process than the
server's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings
from django.db import connection
from playwright.async_api import Page, async_playwright, expect

from bot.conversations.database import on_database
from tests.chromium import ARGUMENTS, CHROMIUM, needs_chromium
from tests.desk.desk_cast import Line, begin, say

pytestmark = needs_chromium
# Milliseconds: a busy machine may take its time, and says so by a slow test rather than a red one.
PATIENCE = 90_000


@pytest.fixture
def server(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The web process over the tests' database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": _of_the_tests(),
        "POSTVENTA_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "uvicorn", "bot.asgi:application", "--port", str(port), "--log-level", "warning"]
    with (tmp_path / "web.log").open("w") as log:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process, tmp_path / "web.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _of_the_tests() -> str:
    """The tests' database as another process is told of it."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(address, timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    pytest.fail(f"the web process did not start: {log.read_text()[-2000:]}")


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        yield running
        await running.close()


async def sign_in(browser: Any, server: str, account: Any, **context: Any) -> Page:
    account.set_password("lumbre")
    await account.asave()
    page = await (await browser.new_context(**{"locale": "es-ES", **context})).new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{server}/desk")
    await page.fill("[name=username]", account.username)
    await page.fill("[name=password]", "lumbre")
    await page.click("button.main")
    await page.wait_for_selector(".wire.on")
    return page


async def test_ana_and_bruno_share_a_queue_without_reloading(server, browser, ana, bruno, phone) -> None:
    anas, brunos = await sign_in(browser, server, ana), await sign_in(browser, server, bruno)
    lucia = await on_database(begin, "Lucía Romero", Line("customer", "<b>Ayuda</b>"), handoff="press")
    entry = f"#o-{lucia.pk}"
    await anas.wait_for_selector(entry)
    assert (await anas.title()).startswith("(1) ")
    assert "Nueva en la cola" in await anas.inner_text("#announce")
    await anas.keyboard.press("j")
    await brunos.click(entry)
    await anas.wait_for_selector("#lines >> text=<b>Ayuda</b>")

    # What Ana types stays while lines come in, while Bruno is faster, and when she reloads.
    await anas.keyboard.press("r")
    await anas.keyboard.type("Hola, Lucía")
    await on_database(say, lucia, Line("customer", "¿Hay alguien?"))
    await anas.wait_for_selector("#lines >> text=¿Hay alguien?")
    assert await anas.evaluate("document.activeElement.id") == "text"
    await brunos.keyboard.press("t")
    await brunos.wait_for_selector(".bar[data-owner=mine]")
    await anas.wait_for_selector("text=la tiene Bruno Sanz")
    assert await anas.is_disabled("#send-reply")
    await anas.reload()
    await anas.wait_for_selector("#conversation")
    assert await anas.input_value("#text") == "Hola, Lucía"

    # Bruno writes and gives it back with a note, by keyboard; Ana sees both.
    await brunos.keyboard.press("r")
    await brunos.keyboard.type("Soy Bruno")
    await brunos.keyboard.press("Control+Enter")
    await anas.wait_for_selector(".line.agent >> text=Soy Bruno")
    await expect(brunos.locator("#text")).to_have_value("")
    await brunos.keyboard.press("Escape")
    await brunos.keyboard.press("b")
    await brunos.keyboard.type("Llamar el lunes")
    await brunos.keyboard.press("Control+Enter")
    await anas.wait_for_selector(".line.note >> text=Llamar el lunes")
    await brunos.wait_for_selector("text=responde el bot")
    assert await anas.locator(".line.agent:not(.note)").count() == 1


async def test_a_line_is_unread_once_however_the_page_hears_of_it(server, browser, ana, phone) -> None:
    page = await sign_in(browser, server, ana)
    lucia = await on_database(begin, "Lucía Romero", Line("customer", "Ayuda"), handoff="press")
    entry = f'.entry[data-id="{lucia.pk}"]'
    await expect(page.locator(f"{entry} .dot .n")).to_have_text("1")
    await on_database(say, lucia, Line("customer", "¿Hay alguien?"))
    await expect(page.locator(f"{entry} .dot .n")).to_have_text("2")

    # A list that is fetched just then has counted the line of which the stream tells afterwards.
    told = {"conversation": str(lucia.pk), "kind": "message", "actor": "customer"}
    await page.evaluate("told => desk.entries.show({...told, entry: document.querySelector(told.at).outerHTML})",
                        {**told, "at": entry})  # fmt: skip
    await expect(page.locator(f"{entry} .dot .n")).to_have_text("2")

    # Two lines at once may come as one entry.
    for words in ("Hola", "¿Oiga?"):
        await on_database(say, lucia, Line("customer", words))
    await expect(page.locator(f"{entry} .dot .n")).to_have_text("4")
