"""The pages in a real browser: nothing for axe to object to, on a desk and on a phone, by day and by night."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import sync_playwright

from bot.insights import reading
from bot.insights.models import Alarm
from tests.chromium import ARGUMENTS, AXE, CHROMIUM, needs_axe, needs_chromium
from tests.insights.small_log import LATER, at

pytestmark = [needs_chromium, needs_axe]
JANUARY = "period=own&since=2026-01-01&until=2026-01-31"


@pytest.fixture
def pages(small_log: None, vera: Any, at_desk: Any) -> dict[str, str]:
    """Each page as the server renders it, with its styles in it."""
    reading.refresh(LATER)
    evidence = {"window": 30, "contacts": 4, "compared": 1, "exposure": 900.0, "exposure_compared": 9000.0,
                "chance": 1e-5, "expected": 0.1}  # fmt: skip
    alarm = Alarm.objects.create(product="BR20", lot="BR20-25L", problem="pump", evidence=evidence,
                                 raised_at=at(5, 9) + timedelta(hours=1))  # fmt: skip
    browser = at_desk(vera)
    addresses = (f"/insights?{JANUARY}", "/insights/radar", f"/insights/radar/{alarm.pk}", "/insights/radar/likely",
                 "/insights/monthly?month=2026-01")  # fmt: skip
    return {address: _with_styles(browser.get(address).content.decode()) for address in addresses}


def _with_styles(html: str) -> str:
    def style(found: re.Match[str]) -> str:
        path = finders.find(found[1].removeprefix(settings.STATIC_URL))
        assert isinstance(path, str)
        return f"<style>{Path(path).read_text(encoding='utf-8')}</style>"

    return re.sub(r'<link rel="stylesheet" href="([^"]+)">', style, html)


def _looked_at(pages: dict[str, str], width: int, scheme: Any) -> dict[str, Any]:
    """What axe objects to and how wide the page is, by address."""
    told = {}
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        page = running.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        for address, html in pages.items():
            page.set_content(html)
            page.add_script_tag(path=str(AXE))
            found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
            told[address] = (found, page.evaluate("document.documentElement.scrollWidth"))
        running.close()
    return told


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_and_no_page_is_too_wide(
    pages: dict[str, str], width: int, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    told = _looked_at(pages, width, scheme)
    assert {address: found for address, (found, _wide) in told.items() if found} == {}
    assert {address: wide for address, (_found, wide) in told.items() if wide > width} == {}
