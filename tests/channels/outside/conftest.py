from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.channels.outside.prism import serving


@pytest.fixture(scope="session")
def twilio_prism() -> Iterator[str]:
    with serving("twilio.json") as address:
        yield address


@pytest.fixture(scope="session")
def telegram_prism() -> Iterator[str]:
    with serving("telegram.json") as address:
        yield address
