"""The demo shop's own server: it tells the widget who is signed in there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.conversations.database import on_database
from bot.shop.demo.load import load_demo


async def test_lucia_is_signed_in_with_the_demo_shops_word(sandbox: Any, settings: Any) -> None:
    await on_database(load_demo, datetime(2026, 11, 22, 10, tzinfo=UTC))
    told = (await sandbox.http.get("/sandbox/api/web/identity?as=c01")).text
    session = (await sandbox.http.post("/web/session", json={"identity": told})).json()
    assert session["signed_in"] is True
    assert (await sandbox.http.get("/sandbox/api/web/identity")).status_code == 204


async def test_it_never_signs_with_a_real_shops_secret(sandbox: Any, settings: Any) -> None:
    settings.WEB_IDENTITY_SECRETS = ["the secret of a shop that is in business"]
    refused = await sandbox.http.get("/sandbox/api/web/identity?as=c01")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "real_account")
