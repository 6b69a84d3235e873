from __future__ import annotations

import pytest

from bot.shop.days import national_holidays
from bot.shop.rulebook import current
from tests.stand_ins import engine as engine
from tests.stand_ins import phone as phone


@pytest.fixture(scope="session", autouse=True)
def rules_are_read() -> None:
    """Reading files and the calendar once takes longer than Hypothesis allows an example."""
    current()
    for year in range(2024, 2029):
        national_holidays("ES", year)
