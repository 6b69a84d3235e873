"""The shop systems against the one contract, and what is special about each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client

from bot.shop import identity, understand
from bot.shop.marked_yaml import FileMistake
from bot.shop.models import Customer, Order, OrderItem, SystemEvent
from bot.shop.systems import mirror, registry
from bot.shop.systems.base import BadSignature, ShopSystem, ShopUnavailable, WebhookRequest
from bot.shop.systems.csvfile import CsvFile
from bot.shop.systems.prestashop import PrestaShop
from bot.shop.systems.shopify import Shopify
from bot.shop.systems.store import OwnStore
from bot.shop.systems.woocommerce import WooCommerce
from tests.shop.system_contract import NoWebhooks, RestContract, SystemContract
from tests.shop.system_standins import (
    LUCIA,
    PHONE,
    SHOPIFY_ORDER,
    WOO_ORDER,
    PrestaStandIn,
    ShopifyStandIn,
    StandIn,
    WooStandIn,
)

MADRID = ZoneInfo("Europe/Madrid")
SECRETS = ("old-secret", "new-secret")


def sign(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def woo(standin: StandIn | None = None) -> WooCommerce:
    return WooCommerce("https://shop.example/", "ck_key", "cs_secret", SECRETS, transport=standin or WooStandIn())


def shopify(standin: StandIn | None = None) -> Shopify:
    return Shopify("https://lumbre.myshopify.com", "shpat_token", SECRETS, transport=standin or ShopifyStandIn())


class TestWooCommerce(RestContract):
    kept = True

    @pytest.fixture
    def standin(self) -> StandIn:
        return WooStandIn()

    @pytest.fixture
    def shop(self, standin: StandIn) -> ShopSystem:
        return woo(standin)

    def test_the_draft_is_a_note_and_no_refund(self, shop: ShopSystem, standin: StandIn) -> None:
        order = shop.order("10401")
        assert order is not None
        for _again in range(2):
            shop.draft_refund(order, {"316": 1}, "llegó abierto")
        posted = [request for request in standin.asked if request.method == "POST"]
        assert [request.url.path for request in posted] == ["/wp-json/wc/v3/orders/727/notes"], "and it is left once"

    def test_without_a_delivery_date_it_counts_some_days_from_the_shipping(self, shop: ShopSystem) -> None:
        with time_machine.travel(datetime(2026, 5, 4, tzinfo=UTC)):
            order = shop.order("10401")
            assert order is not None and (order.status, order.delivered_at) == ("shipped", None)

    def test_a_search_that_only_mentions_her_finds_nobody(self) -> None:
        class Mentions(WooStandIn):
            def answer(self, request: Any, path: str, told: dict[str, str]) -> Any:
                return [WOO_ORDER]

        assert list(woo(Mentions()).orders_of(email="romero@correo.example")) == []


class TestShopify(RestContract):
    @pytest.fixture
    def standin(self) -> StandIn:
        return ShopifyStandIn()

    @pytest.fixture
    def shop(self, standin: StandIn) -> ShopSystem:
        return shopify(standin)

    @pytest.mark.parametrize(
        ("more", "status"),
        [
            ({"cancelled_at": "2026-05-02T10:00:00Z"}, "cancelled"),
            ({"fulfillment_status": None, "fulfillments": []}, "paid"),
            ({"fulfillment_status": "partial"}, "preparing"),
            ({"fulfillments": [SHOPIFY_ORDER["fulfillments"][0] | {"shipment_status": "in_transit"}]}, "shipped"),
        ],
    )
    def test_states(self, more: dict[str, Any], status: str) -> None:
        from bot.shop.systems.shopify import read_order

        assert read_order(SHOPIFY_ORDER | more).status == status


class TestPrestaShop(RestContract, NoWebhooks):
    @pytest.fixture
    def standin(self) -> StandIn:
        return PrestaStandIn()

    @pytest.fixture
    def shop(self, standin: StandIn) -> ShopSystem:
        return PrestaShop("https://shop.example", "PSKEY", MADRID, transport=standin)


CSV = f"""order;status;ordered_at;delivered_at;name;email;phone;country;postcode;payment;sku;quantity;unit_price
10401;delivered;2026-05-01T08:20:00Z;2026-05-06T09:00:00Z;Lucía Romero;{LUCIA};600111001;ES;35500;Bizum;FR5;1;119,00
10401;delivered;2026-05-01T08:20:00Z;2026-05-06T09:00:00Z;Lucía Romero;{LUCIA};600111001;ES;35500;Bizum;CAF;2;18,50
"""


class TestCsv(SystemContract, NoWebhooks):
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "orders.csv"
        path.write_text(CSV, encoding="utf-8")
        return path

    @pytest.fixture
    def shop(self, file: Path) -> ShopSystem:
        return CsvFile(file)

    @pytest.mark.parametrize(
        ("before", "after", "says"),
        [("unit_price\n", "price\n", r"line 1: .*unit_price"), ("119,00", "cheap", r"line 2: order 10401"),
         (";delivered;", ";arrived;", r"line 2: order 10401")],
    )  # fmt: skip
    def test_a_mistake_is_named_with_its_line(self, file: Path, before: str, after: str, says: str) -> None:
        file.write_text(CSV.replace(before, after), encoding="utf-8")
        with pytest.raises(FileMistake, match=says):
            CsvFile(file).order("10401")


@pytest.mark.django_db
class TestOwnStore(SystemContract, NoWebhooks):
    number = "LB-10401"
    changes = False

    @pytest.fixture
    def shop(self) -> ShopSystem:
        told = woo().order("10401")
        assert told is not None
        mirror.store(told.model_copy(update={"number": "LB-10401"}))
        return OwnStore()


@pytest.mark.parametrize("make", [woo, shopify])
def test_a_webhook_counts_only_with_a_good_signature(make: Any) -> None:
    shop = make()
    header = "x-wc-webhook-signature" if shop.name == "woocommerce" else "x-shopify-hmac-sha256"
    topics = {"x-wc-webhook-topic": "order.updated", "x-shopify-topic": "orders/updated"}
    body = json.dumps(WOO_ORDER if shop.name == "woocommerce" else SHOPIFY_ORDER).encode()
    for secret in SECRETS:
        event = shop.event(WebhookRequest(headers={header: sign(secret, body), **topics}, body=body))
        assert event.order is not None and event.order.number == "10401"
    bad = [{}, {header: ""}, {header: sign("other", body)}, {header: sign(SECRETS[0], body)[:-4]}, {header: "ñ"}]
    for headers in bad:
        with pytest.raises(BadSignature):
            shop.event(WebhookRequest(headers=headers | topics, body=body))
    with pytest.raises(BadSignature):
        shop.event(WebhookRequest(headers={header: sign(SECRETS[0], body), **topics}, body=body + b" "))
    with pytest.raises(ShopUnavailable):
        odd = b'{"id": 1}'
        shop.event(WebhookRequest(headers={header: sign(SECRETS[0], odd), **topics}, body=odd))


@pytest.fixture
def woo_shop(settings: Any, monkeypatch: pytest.MonkeyPatch) -> WooStandIn:
    """SHOP_SYSTEM is WooCommerce, behind a stand-in."""
    standin = WooStandIn()
    settings.SHOP_SYSTEM, settings.SHOP_ORDER_NUMBER = "woocommerce", r"\b\d{4,6}\b"
    monkeypatch.setitem(registry.SYSTEMS, "woocommerce", lambda: woo(standin))
    registry.system.cache_clear()
    return standin


@pytest.mark.django_db
def test_a_webhook_arrives_once_and_its_body_is_not_logged(
    woo_shop: WooStandIn, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    body = json.dumps(WOO_ORDER).encode()
    headers = {"x-wc-webhook-signature": sign("new-secret", body), "x-wc-webhook-topic": "order.updated",
               "x-wc-webhook-delivery-id": "36e520"}  # fmt: skip
    with caplog.at_level(logging.DEBUG):
        for _ in range(2):
            answer = client.post("/shop/woocommerce/webhook", body, content_type="application/json", headers=headers)
            assert answer.status_code == 200
        wrong = headers | {"x-wc-webhook-signature": "AAAA"}
        refused = client.post("/shop/woocommerce/webhook", body, content_type="application/json", headers=wrong)
    assert refused.status_code == 403
    assert client.post("/shop/shopify/webhook", body, content_type="application/json").status_code == 400
    order = Order.objects.get(number="10401")
    assert {item.sku for item in order.items.all()} == {"FR5", "CAF"} and order.customer.reference == "wc-26"
    assert SystemEvent.objects.count() == 1
    assert LUCIA not in caplog.text and "Romero" not in caplog.text


@pytest.mark.django_db
def test_what_was_learnt_of_a_line_stays_when_the_order_comes_again(woo_shop: WooStandIn) -> None:
    told = woo(woo_shop).order("10401")
    assert told is not None
    mirror.store(told)
    OrderItem.objects.filter(sku="FR5").update(unsealed=True)
    mirror.store(told)
    assert OrderItem.objects.count() == 2 and OrderItem.objects.get(sku="FR5").unsealed is True
    assert Customer.objects.count() == 1


@pytest.mark.django_db
def test_a_customer_proves_an_order_that_only_the_system_knows(woo_shop: WooStandIn) -> None:
    assert understand.order_numbers("es el pedido 10401, gracias") == ["10401"]
    now = datetime(2026, 5, 19, tzinfo=UTC)
    proof = identity.prove_order("web:1", "talk", "10401", now=now, email=LUCIA)
    assert isinstance(proof, identity.Proof) and proof.order.customer.phone == PHONE
    asked = len(woo_shop.asked)
    assert isinstance(identity.prove_order("web:2", "talk2", "99999", now=now, email=LUCIA), identity.Mismatch)
    assert len(woo_shop.asked) > asked, "an unknown order is asked for like a known one"
    woo_shop.down = 503
    again = identity.prove_order("web:3", "talk3", "10401", now=now, email=LUCIA)
    assert isinstance(again, identity.Proof), "while the system is down what we have counts"


@pytest.mark.django_db
def test_sync_fetches_what_changed(woo_shop: WooStandIn) -> None:
    assert mirror.sync() == 1 and Order.objects.get().number == "10401"
    assert mirror.sync() == 1
    assert "modified_after" in woo_shop.asked[-1].url.query.decode()


def test_a_system_without_its_settings_says_which(settings: Any) -> None:
    settings.SHOP_SYSTEM = "shopify"
    registry.system.cache_clear()
    with pytest.raises(registry.NotConfigured, match="SHOP_URL, SHOP_KEY"):
        registry.system()
    settings.SHOP_SYSTEM = "magento"
    with pytest.raises(registry.NotConfigured, match="there are own, csv"):
        registry.system()
