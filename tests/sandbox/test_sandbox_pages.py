"""The page /sandbox: it says what it is, in both languages, and works under a strict policy."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from bot.shop.demo.load import load_demo

PAGES = ["/sandbox", "/sandbox/shop"]


@pytest.fixture
def shop(db: None) -> None:
    load_demo(datetime(2026, 11, 22, 10, tzinfo=UTC))


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(("language", "words"), [("es", "Aquí nada es real"), ("en", "Nothing here is real")])
def test_every_page_says_that_it_is_a_sandbox(
    client: Client, shop: None, address: str, language: str, words: str
) -> None:
    page = client.get(address, headers={"accept-language": language}).content.decode()
    assert words in page and f'<html lang="{language}">' in page


@pytest.mark.parametrize("address", PAGES)
def test_nothing_on_a_page_needs_an_exception_to_the_policy(client: Client, shop: None, address: str) -> None:
    response = client.get(address)
    page = response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]
    assert " style=" not in page and not re.search(r"\son\w+=", page)
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in each or 'type="application/json"' in each for each in scripts)


def test_the_phones_can_be_any_known_customers_or_a_strangers(client: Client, shop: None) -> None:
    page = client.get("/sandbox").content.decode()
    assert "Lucía Romero · +34600111001" in page and "Marc Vidal · 700100002" in page
    assert "Alguien desconocido · +34600999999" in page


def test_orders_accounts_and_places_are_listed(client: Client, shop: None, settings: Any) -> None:
    settings.DEMO_STAFF = {"ana": "lumbre-ana"}
    page = client.get("/sandbox").content.decode()
    assert all(each in page for each in ("LB-10401", "lucia.romero@correo.example", "lumbre-ana", "/desk", "/cms/"))


def test_the_shop_carries_the_widget_by_one_line(client: Client, shop: None) -> None:
    page = client.get("/sandbox/shop", headers={"accept-language": "en"}).content.decode()
    assert '<script async src="/web/loader.js" data-language="en" data-title="Lumbre" data-identity-url=' in page


def test_a_customer_can_be_signed_in_on_the_shops_page(client: Client, shop: None) -> None:
    page = client.get("/sandbox/shop?as=c01").content.decode()
    assert 'data-identity-url="/sandbox/api/web/identity?as=c01"' in page and "selected>Lucía Romero" in page


@pytest.mark.parametrize(
    "address",
    [
        *PAGES,
        "/sandbox/api/whatsapp/+34600111001",
        "/sandbox/provider/twilio/v1/Content",
        "/sandbox/provider/telegram/bot1:x/getMe",
        "/sandbox/provider/files/0",
    ],
)
def test_nothing_answers_where_the_sandbox_is_off(client: Client, db: None, settings: Any, address: str) -> None:
    settings.SANDBOX = False
    # An unknown address is first tried under a language.
    assert client.get(address, follow=True).status_code == 404
