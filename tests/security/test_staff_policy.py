"""Pages on which agents read what strangers wrote run our own files and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import AsyncClient

from tests.desk.desk_cast import Line, begin

INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*[\"']|javascript:|<style|\sstyle\s*=", re.I)
# Read by mail programmes, not by a browser on our pages.
MAILS = {"digest.html"}
STAFF = ("bot/templates/desk", "bot/templates/staff", "bot/templates/registration", "bot/templates/floor",
         "bot/insights/templates", "bot/outreach/templates", "bot/privacy/templates")  # fmt: skip


@pytest.mark.parametrize("address", ["/desk", "/insights", "/outreach", "/account", "/login", "/desk/audit"])
async def test_every_page_of_the_team_has_the_policy(accounts: dict[str, Any], address: str) -> None:
    browser = AsyncClient()
    await browser.aforce_login(accounts["supervisor"])
    policy = (await browser.get(address)).headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy and "base-uri 'none'" in policy


async def test_what_a_customer_wrote_is_text_there(accounts: dict[str, Any]) -> None:
    from asgiref.sync import sync_to_async

    said = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    talk = await sync_to_async(begin)(said, Line("customer", said), handoff="asked_for_person")
    browser = AsyncClient()
    await browser.aforce_login(accounts["agent"])
    page = (await browser.get(f"/desk/c/{talk.pk}")).content.decode()
    assert "&lt;script&gt;" in page and not INLINE.search(page)


def test_no_template_of_these_pages_needs_more_than_the_policy_gives() -> None:
    root = Path(settings.BASE_DIR)
    pages = [path for folder in STAFF for path in sorted((root / folder).rglob("*.html")) if path.name not in MAILS]
    assert len(pages) > 40
    found = {path.name: INLINE.findall(path.read_text()) for path in pages}
    assert {name: parts for name, parts in found.items() if parts} == {}
