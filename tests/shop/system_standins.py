"""Answers of the three systems in their published shapes, and stand-ins that check how they are asked."""

# ruff: noqa: E501 - answers as the systems write them
from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs

import httpx

LUCIA = "lucia.romero@correo.example"
PHONE = "+34600111001"

WOO_ORDER: dict[str, Any] = {
    "id": 727, "parent_id": 0, "number": "10401", "order_key": "wc_order_58d2d042d1d", "created_via": "checkout",
    "version": "9.4.2", "status": "completed", "currency": "EUR", "date_created": "2026-05-01T10:20:00",
    "date_created_gmt": "2026-05-01T08:20:00", "date_modified_gmt": "2026-05-02T09:00:00",
    "date_completed_gmt": "2026-05-02T09:00:00", "total": "156.00", "customer_id": 26, "payment_method": "bizum_gateway",
    "billing": {"first_name": "Lucía", "last_name": "Romero", "company": "", "address_1": "C/ Mayor 1", "city": "Madrid",
                "state": "M", "postcode": "28013", "country": "ES", "email": LUCIA, "phone": "600 111 001"},
    "shipping": {"first_name": "Lucía", "last_name": "Romero", "city": "Arrecife", "postcode": "35500", "country": "ES"},
    "line_items": [
        {"id": 315, "name": "Fragua 5L", "product_id": 93, "variation_id": 0, "quantity": 1, "subtotal": "98.35",
         "total": "98.35", "total_tax": "20.65", "sku": "FR5", "price": 98.35, "meta_data": []},
        {"id": 316, "name": "Café", "product_id": 94, "variation_id": 0, "quantity": 2, "subtotal": "33.64",
         "total": "33.64", "total_tax": "3.36", "sku": "CAF", "price": 16.82,
         "meta_data": [{"id": 1, "key": "lot", "value": "K-7"}]},
    ],
}  # fmt: skip

SHOPIFY_CUSTOMER: dict[str, Any] = {
    "id": 207119551, "email": LUCIA, "phone": PHONE, "first_name": "Lucía", "last_name": "Romero", "state": "enabled",
    "verified_email": True,
}  # fmt: skip
SHOPIFY_ORDER: dict[str, Any] = {
    "id": 450789469, "name": "#10401", "order_number": 10401, "email": LUCIA, "phone": None,
    "created_at": "2026-05-01T10:20:00+02:00", "updated_at": "2026-05-04T12:00:00+02:00", "cancelled_at": None,
    "financial_status": "paid", "fulfillment_status": "fulfilled", "customer_locale": "es-ES",
    "payment_gateway_names": ["bizum"], "customer": SHOPIFY_CUSTOMER,
    "billing_address": {"first_name": "Lucía", "last_name": "Romero", "country_code": "ES", "zip": "28013", "phone": None},
    "shipping_address": {"country_code": "ES", "zip": "35500"},
    "fulfillments": [{"id": 255858046, "status": "success", "shipment_status": "delivered",
                      "created_at": "2026-05-02T11:00:00+02:00", "updated_at": "2026-05-06T11:00:00+02:00"}],
    "line_items": [
        {"id": 466157049, "sku": "FR5", "quantity": 1, "price": "119.00", "discount_allocations": [], "properties": []},
        {"id": 518995019, "sku": "CAF", "quantity": 2, "price": "20.50",
         "discount_allocations": [{"amount": "4.00", "discount_application_index": 0}],
         "properties": [{"name": "lot", "value": "K-7"}]},
    ],
}  # fmt: skip

PS_ORDER: dict[str, Any] = {
    "id": 5, "id_address_delivery": "9", "id_customer": "3", "current_state": "5", "module": "bizum", "payment": "Bizum",
    "date_add": "2026-05-01 10:20:00", "date_upd": "2026-05-06 11:00:00", "delivery_date": "2026-05-02 11:00:00",
    "reference": "10401", "total_paid": "156.000000",
    "associations": {"order_rows": [
        {"id": "11", "product_id": "1", "product_quantity": "1", "product_name": "Fragua 5L", "product_reference": "FR5",
         "unit_price_tax_incl": "119.000000", "id_customization": "0"},
        {"id": "12", "product_id": "2", "product_quantity": "2", "product_name": "Café", "product_reference": "CAF",
         "unit_price_tax_incl": "18.500000", "id_customization": "0"},
    ]},
}  # fmt: skip
PS_CUSTOMER: dict[str, Any] = {"id": 3, "firstname": "Lucía", "lastname": "Romero", "email": LUCIA, "company": ""}
PS_ADDRESS: dict[str, Any] = {"id": 9, "id_customer": "3", "id_country": "6", "postcode": "35500", "phone": "",
                              "phone_mobile": "600 11 10 01", "company": ""}  # fmt: skip


class StandIn(httpx.BaseTransport):
    """Answers like the system; `asked` lists what it was asked; `down` makes it fail in a way."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.down: int | type[Exception] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if isinstance(self.down, int):
            return httpx.Response(self.down, text="<html>maintenance</html>")
        if self.down:
            raise self.down("the stand-in is down")
        told = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        answer = self.answer(request, request.url.path, told)
        return httpx.Response(404, json={"code": "not_found"}) if answer is None else httpx.Response(200, json=answer)

    def answer(self, request: httpx.Request, path: str, told: dict[str, str]) -> Any:
        raise NotImplementedError


def basic(request: httpx.Request) -> str:
    return base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()


class WooStandIn(StandIn):
    """It keeps the notes on order 727; `loses_answers`: what is written is kept and the answer gets lost."""

    def __init__(self) -> None:
        super().__init__()
        self.loses_answers = False
        self.notes: list[dict[str, Any]] = []

    def answer(self, request: httpx.Request, path: str, told: dict[str, str]) -> Any:
        assert basic(request) == "ck_key:cs_secret"
        if path == "/wp-json/wc/v3/orders/727/notes":
            if request.method == "GET":
                assert told["type"] == "internal"
                return self.notes
            assert json.loads(request.content)["customer_note"] is False
            self.notes.append({"id": 281 + len(self.notes), **json.loads(request.content)})
            if self.loses_answers:
                raise httpx.ReadTimeout("the answer was lost")
            return self.notes[-1]
        if path == "/wp-json/wc/v3/orders":
            if "modified_after" in told:
                return [WOO_ORDER]
            wanted = told.get("search", "")
            return [WOO_ORDER] if wanted in ("10401", LUCIA, PHONE.removeprefix("+")) else []
        return None


class ShopifyStandIn(StandIn):
    def answer(self, request: httpx.Request, path: str, told: dict[str, str]) -> Any:
        assert request.headers["x-shopify-access-token"] == "shpat_token"
        path = path.removeprefix("/admin/api/2025-10")
        if path == "/orders/450789469/refunds/calculate.json":
            lines = json.loads(request.content)["refund"]["refund_line_items"]
            assert lines == [{"line_item_id": 518995019, "quantity": 1, "restock_type": "no_restock"}]
            return {"refund": {"refund_line_items": [{"quantity": 1, "subtotal": "18.50", "total_tax": "0.00"}],
                               "transactions": []}}  # fmt: skip
        if path == "/orders.json":
            assert told["status"] == "any"
            known = told.get("name", "10401") == "10401"
            return {"orders": [SHOPIFY_ORDER] if known else []}
        if path == "/customers/search.json":
            return {"customers": [SHOPIFY_CUSTOMER] if told["query"] in (f"email:{LUCIA}", f"phone:{PHONE}") else []}
        return {"orders": [SHOPIFY_ORDER]} if path == "/customers/207119551/orders.json" else None


class PrestaStandIn(StandIn):
    def answer(self, request: httpx.Request, path: str, told: dict[str, str]) -> Any:
        assert basic(request) == "PSKEY:" and told["output_format"] == "JSON" and told["display"] == "full"
        resource = path.removeprefix("/api/")
        rows = {"orders": PS_ORDER, "customers": PS_CUSTOMER, "addresses": PS_ADDRESS,
                "countries": {"id": 6, "iso_code": "ES"}}  # fmt: skip
        good = {"filter[reference]": "[10401]", "filter[email]": f"[{LUCIA}]", "filter[id_customer]": "[3]",
                "filter[phone_mobile]": "%[1001]", "filter[date_upd]": told.get("filter[date_upd]"),
                "filter[id]": f"[{rows[resource]['id']}]"}  # fmt: skip
        [(name, value)] = [(name, value) for name, value in told.items() if name.startswith("filter")]
        # PrestaShop answers an empty list, not an object, where nothing is found.
        return {resource: [rows[resource]]} if good.get(name) == value else []
