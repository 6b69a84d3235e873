"""What the shop's tests share: the demo store loaded for a day, and its rule files read once."""

from datetime import UTC, date, datetime

import pytest

from bot.shop.days import national_holidays
from bot.shop.demo.load import load_demo
from bot.shop.rulebook import current

NOON = datetime(2026, 5, 19, 10, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def rules_are_read() -> None:
    """Reading files and the calendar once takes longer than Hypothesis allows an example."""
    current()
    national_holidays("ES", 2026)


@pytest.fixture
def now() -> datetime:
    """Noon in Madrid on the day of the demo store, a Tuesday."""
    return NOON


@pytest.fixture
def today() -> date:
    return NOON.date()


@pytest.fixture
def store(db: None, today: date) -> None:
    load_demo(today)
