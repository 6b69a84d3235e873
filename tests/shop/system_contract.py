"""What every shop system keeps, whatever it is. Inherit, and give `shop`, `standin` and what is special."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from bot.shop.systems.base import NotSupported, ShopSystem, ShopUnavailable, WebhookRequest
from tests.shop.system_standins import LUCIA, PHONE, StandIn


class SystemContract:
    number = "10401"
    # Lines are named differently everywhere.
    coffee_line = ""
    kept = False
    changes = True

    def test_an_order_by_its_number(self, shop: ShopSystem) -> None:
        order = shop.order(self.number)
        assert order is not None
        assert (order.number, order.status, order.ship_to) == (self.number, "delivered", "canaries")
        assert (order.customer.email, order.customer.phone) == (LUCIA, PHONE)
        assert order.customer.name == "Lucía Romero" and order.customer.language == "es"
        assert order.payment == "bizum"
        assert [(line.sku, line.qty, line.unit_price) for line in order.lines] == [
            ("FR5", 1, Decimal("119.00")), ("CAF", 2, Decimal("18.50")),
        ]  # fmt: skip
        assert order.ordered_at == datetime(2026, 5, 1, 8, 20, tzinfo=UTC)
        assert order.delivered_at == datetime(2026, 5, 6, 9, 0, tzinfo=UTC)

    def test_an_order_that_is_not_there(self, shop: ShopSystem) -> None:
        assert shop.order("99999") is None

    def test_orders_and_customer_by_mail_and_phone(self, shop: ShopSystem) -> None:
        for known in ({"email": LUCIA.upper()}, {"phone": PHONE}):
            assert [order.number for order in shop.orders_of(**known)] == [self.number]
            found = shop.customer(**known)
            assert found is not None and found.email == LUCIA
            order = shop.order(self.number)
            assert order is not None and found.reference == order.customer.reference

    def test_nobody_by_another_mail_or_phone(self, shop: ShopSystem) -> None:
        for unknown in ({"email": "marc@correo.example"}, {"phone": "+34600111002"}):
            assert list(shop.orders_of(**unknown)) == [] and shop.customer(**unknown) is None

    def test_what_changed(self, shop: ShopSystem) -> None:
        changed = shop.changed_since(datetime(2026, 5, 1, tzinfo=UTC))
        assert [order.number for order in changed] == ([self.number] if self.changes else [])

    def test_a_refund_is_only_prepared(self, shop: ShopSystem) -> None:
        order = shop.order(self.number)
        assert order is not None
        line = next(line.line for line in order.lines if line.sku == "CAF")
        draft = shop.draft_refund(order, {line: 1}, "llegó abierto")
        assert (draft.amount, draft.lines, draft.kept) == (Decimal("18.50"), {line: 1}, self.kept)
        assert draft.where
        with pytest.raises(ValueError, match="has no 3 units"):
            shop.draft_refund(order, {line: 3}, "x")


class RestContract(SystemContract):
    @pytest.mark.parametrize("how", [500, 503, 401, 403, 200, httpx.ConnectError, httpx.ReadTimeout])
    def test_a_system_that_is_down_says_so_and_tells_no_key(
        self, shop: ShopSystem, standin: StandIn, how: int | type[Exception]
    ) -> None:
        standin.down = how
        for call in (lambda: shop.order(self.number), lambda: shop.orders_of(email=LUCIA)):
            with pytest.raises(ShopUnavailable) as failed:
                call()
            assert not any(secret in f"{failed.value} {shop!r}" for secret in ("ck_key", "cs_secret", "shpat", "PSKEY"))


class NoWebhooks:
    def test_it_sends_no_webhooks_and_says_what_to_do(self, shop: ShopSystem) -> None:
        with pytest.raises(NotSupported, match=r"shop_sync|SHOP_SYSTEM"):
            shop.event(WebhookRequest(headers={}, body=b"{}"))
