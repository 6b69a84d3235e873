from __future__ import annotations

import os

import pytest

WHY = "needs PostgreSQL and Redis: make test-services"


@pytest.fixture
def postgres() -> str:
    """The DATABASE_URL of `make test-services`."""
    return needed("DATABASE_URL", "postgres")


def needed(name: str, scheme: str) -> str:
    """That address, or the test is skipped with the reason."""
    found = os.environ.get(name, "")
    if not found.startswith(scheme):
        pytest.skip(WHY)
    return found
