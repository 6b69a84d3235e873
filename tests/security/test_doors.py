"""Programs come straight to their view, and what protects them stays: headers, CORS, limits, and a clear 404."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import AsyncClient

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = {"origin": "http://127.0.0.1:8000"}


@pytest.mark.parametrize("path", ["/web/messages", "/web/events", "/channels/telegram/webhook"])
async def test_a_call_without_a_key_is_refused_with_every_header_and_no_cookie(path: str) -> None:
    answer = await AsyncClient().get(path, headers=PAGE)
    assert answer.status_code in (401, 403)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert not answer.cookies
    assert (answer.get("Access-Control-Allow-Origin") == PAGE["origin"]) is path.startswith("/web/")


async def test_a_door_that_does_not_exist_says_so() -> None:
    assert (await AsyncClient().post("/web/nothing", headers=PAGE)).status_code == 404


async def test_a_door_that_is_no_coroutine_is_served_like_any_page() -> None:
    answer = await AsyncClient().get("/web/app.js")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/javascript")


async def test_a_flood_is_still_stopped(settings: Any) -> None:
    settings.LIMITS = True
    client, headers = AsyncClient(), {"authorization": "Bearer nobody"}
    answers = [await client.post("/web/messages", b"{}", "application/json", headers=headers) for _ in range(61)]
    assert [answer.status_code for answer in answers] == [401] * 60 + [429]
