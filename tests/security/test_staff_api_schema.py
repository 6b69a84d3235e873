"""The staff API against its own description: schemathesis tries what it says, and what it does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.desk.models import ApiToken
from tests.desk.desk_cast import Line, begin

QUICK = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


@pytest.fixture
def key(accounts: dict[str, Any]) -> str:
    """An agent's key, with one conversation to be had."""
    begin("Lucía Romero", Line("customer", "Hola"), Line("customer", "Una persona"), handoff="asked_for_person")
    return str(ApiToken.issue(accounts["agent"], "schema")[1])


@pytest.fixture
def operations(key: str) -> Iterator[Any]:
    headers = {"authorization": f"Bearer {key}"}
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application(), headers=headers)
    yield [found.ok() for found in schema.get_all_operations()]


@pytest.mark.timeout(600)
def test_the_staff_api_is_as_it_says(operations: list[Any], key: str) -> None:
    assert len(operations) >= 12
    problems = []
    for operation in operations:

        @QUICK
        @given(case=operation.as_strategy())
        def holds(case: Any) -> None:
            # A body of the right form may still name a colleague or an hour that does not exist: then 422 says so.
            rules = [positive_data_acceptance]
            case.call_and_validate(headers={"authorization": f"Bearer {key}"}, excluded_checks=rules)

        try:
            holds()
        except FailureGroup as error:
            problems.append(f"{operation.label}: {error}")
    assert not problems, "\n\n".join(problems)
