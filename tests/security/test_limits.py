"""Who comes too often waits; who does not is not held up by those who do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import AsyncClient

from bot import limits
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from tests.conversations.people import settled

FEW = 3


class From(AsyncClient):
    """Somebody at an address."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def _base_scope(self, **request: Any) -> Any:
        return super()._base_scope(**{**request, "client": [self.address, 4711]})


@pytest.fixture(autouse=True)
def counting(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The same limits, of three, within a minute that does not end in the middle of a test."""
    settings.LIMITS = True
    few = tuple(replace(limit, address=FEW, bearer=0) for limit in limits.LIMITS)
    monkeypatch.setattr(limits, "LIMITS", few)
    monkeypatch.setattr(limits, "clock", lambda: 60_000_001.0)
    cache.clear()
    yield
    cache.clear()


async def begin(address: str) -> Any:
    return await From(address).post("/web/session", {}, content_type="application/json")


async def test_an_address_that_floods_waits_and_others_do_not(transactional_db: None) -> None:
    assert [(await begin("192.0.2.1")).status_code for _ in range(FEW)] == [201] * FEW
    refused = await begin("192.0.2.1")
    assert refused.status_code == 429 and refused.headers["Retry-After"] == "59"
    assert refused.json()["error"]["code"] == "too_many"
    assert (await begin("192.0.2.2")).status_code == 201


async def test_the_next_minute_is_another(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(FEW + 1):
        answer = await begin("192.0.2.1")
    assert answer.status_code == 429
    monkeypatch.setattr(limits, "clock", lambda: 60_000_060.0)
    assert (await begin("192.0.2.1")).status_code == 201


async def test_a_customer_who_floods_waits_from_any_address(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LIMITS", tuple(replace(each, address=0, bearer=FEW) for each in limits.LIMITS))
    token, answers = (await begin("192.0.2.1")).json()["token"], []
    with standing_in(ScriptedDialogue()):
        for number in range(FEW + 1):
            client = From(f"192.0.2.{number}")
            body, bearer = {"client_id": "the-same-message", "text": "hola"}, {"authorization": f"Bearer {token}"}
            answer = await client.post("/web/messages", body, content_type="application/json", headers=bearer)
            answers.append(answer.status_code)
        await settled()
    assert answers == [202] * FEW + [429]


@pytest.mark.parametrize("address", ["/login", "/cms/login/", "/admin/login/"])
async def test_passwords_cannot_be_tried_for_ever(transactional_db: None, address: str) -> None:
    client = From("192.0.2.7")
    tries = [(await client.post(address, {"username": "ana", "password": str(n)})).status_code for n in range(FEW + 1)]
    assert tries[-1] == 429 and 429 not in tries[:-1]


async def test_reading_is_not_limited(transactional_db: None) -> None:
    client = From("192.0.2.8")
    assert [(await client.get("/login")).status_code for _ in range(FEW + 2)] == [200] * (FEW + 2)
