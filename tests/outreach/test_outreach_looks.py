"""The pages on which customers say what they want, and the supervisors' plan, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from bot.conversations.models import Customer, Identity
from bot.outreach import wishes
from tests.chromium import needs_axe, needs_chromium
from tests.looks import DEVICES, faults

pytestmark = [needs_chromium, needs_axe, pytest.mark.django_db]
LUCIA = ("mail", "lucia.romero@correo.example")


@pytest.fixture(params=["es", "en"])
def pages(request: pytest.FixtureRequest, settings: Any) -> dict[str, str]:
    """Each page as the server renders it, in one language."""
    settings.MAIL_SMTP_URL = "smtp://mail.example"
    identity = Identity.objects.create(
        customer=Customer.objects.create(name="Lucía"), channel="mail", account="a", external_id=LUCIA[1]
    )
    wishes.remind(LUCIA, [identity], False, wishes.Consent.Source.CHAT)
    browser = Client(headers={"accept-language": request.param})
    browser.force_login(get_user_model().objects.create_superuser("vera"))
    change = wishes.link(LUCIA, wishes.CHANGE).partition("/our-messages")[2]
    confirm = wishes.link(LUCIA, wishes.JOIN).partition("/our-messages")[2]
    addresses = {
        "join": "/our-messages", "sent": "/our-messages?said=sent", "confirm": f"/our-messages{confirm}",
        "change": f"/our-messages{change}", "saved": f"/our-messages{change}?said=saved",
        "gone": "/our-messages/made-up", "plan": "/outreach",
    }  # fmt: skip
    told = {f"{request.param}-{name}": browser.get(address).text for name, address in addresses.items()}
    return told | {f"{request.param}-wrong": browser.post("/our-messages", {"mail": "lucia"}).text}


@pytest.mark.parametrize(("width", "scheme"), DEVICES)
def test_axe_finds_nothing_and_no_page_is_too_wide(
    pages: dict[str, str], width: int, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    assert faults(pages, width, scheme) == {}
