"""Pages as the server renders them, in a real browser: what axe objects to, and how wide they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from playwright.sync_api import sync_playwright

from tests.chromium import ARGUMENTS, AXE, CHROMIUM, PICTURES

# (width, colours): a desk by day and a phone by night.
DEVICES = [(1280, "light"), (390, "dark")]


def styled(html: str) -> str:
    """A page with its style sheets in it, so that no server is needed to look at it."""

    def style(found: re.Match[str]) -> str:
        path = finders.find(found[1].removeprefix(settings.STATIC_URL))
        assert isinstance(path, str)
        return f"<style>{Path(path).read_text(encoding='utf-8')}</style>"

    return re.sub(r'<link rel="stylesheet" href="([^"]+)">', style, html)


def faults(pages: Mapping[str, str], width: int, scheme: Any) -> dict[str, Any]:
    """By page, what axe objects to and, if it is wider than the screen, how wide it is; pages without either are left
    out."""
    told = {}
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS])
        page = running.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        for name, html in pages.items():
            page.set_content(styled(html))
            page.add_script_tag(path=str(AXE))
            found = page.evaluate("axe.run().then(r => r.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
            wide = page.evaluate("document.documentElement.scrollWidth")
            if found or wide > width:
                told[name] = (found, wide)
            if PICTURES:
                seen = re.sub(r"\W+", "-", name).strip("-")
                page.screenshot(path=f"{PICTURES}/{seen}-{width}-{scheme}.png", full_page=True)
        running.close()
    return told
