"""The pages in a real browser: nothing for axe to object to, on a desk and on a phone, by day and by night."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.insights import reading
from bot.insights.models import Alarm
from tests.chromium import needs_axe, needs_chromium
from tests.insights.small_log import LATER, at
from tests.looks import DEVICES, faults

pytestmark = [needs_chromium, needs_axe]
JANUARY = "period=own&since=2026-01-01&until=2026-01-31"


@pytest.fixture
def pages(small_log: None, vera: Any, at_desk: Any) -> dict[str, str]:
    """Each page as the server renders it."""
    reading.refresh(LATER)
    evidence = {"window": 30, "contacts": 4, "compared": 1, "exposure": 900.0, "exposure_compared": 9000.0,
                "chance": 1e-5, "expected": 0.1}  # fmt: skip
    alarm = Alarm.objects.create(product="BR20", lot="BR20-25L", problem="pump", evidence=evidence,
                                 raised_at=at(5, 9) + timedelta(hours=1))  # fmt: skip
    browser = at_desk(vera)
    addresses = (f"/insights?{JANUARY}", "/insights/radar", f"/insights/radar/{alarm.pk}", "/insights/radar/likely",
                 "/insights/monthly?month=2026-01")  # fmt: skip
    return {address: browser.get(address).content.decode() for address in addresses}


@pytest.mark.parametrize(("width", "scheme"), DEVICES)
def test_axe_finds_nothing_and_no_page_is_too_wide(
    pages: dict[str, str], width: int, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    assert faults(pages, width, scheme) == {}
