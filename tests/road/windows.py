"""What people do in every browser window of the road: sign in, and have a picture taken."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

from tests.chromium import PICTURES


def sign_in(page: Page, address: str, account: str, arrives: str) -> None:
    """Sign in as a demo account on the form at `address` and wait for the page `arrives`."""
    page.goto(address)
    page.locator("input[name=username]").fill(account)
    page.locator("input[name=password]").fill(f"lumbre-{account}")
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(arrives)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
