"""What the systems' answers have in common: addresses to zones, words to languages, signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.conf import settings
from django.utils import timezone

from bot.shop.policy_rules import Zone
from bot.shop.systems.base import BadSignature, Payment, SystemLine, SystemOrder

# Provinces of Spain by the first two digits of the postcode.
PROVINCES: dict[str, Zone] = {
    "07": "balearics", "35": "canaries", "38": "canaries", "51": "ceuta_melilla", "52": "ceuta_melilla",
}  # fmt: skip
PAYMENTS: tuple[tuple[str, Payment], ...] = (
    ("bizum", "bizum"), ("paypal", "paypal"), ("ppcp", "paypal"), ("bacs", "bank_transfer"), ("wire", "bank_transfer"),
    ("transfer", "bank_transfer"), ("klarna", "instalments"), ("instal", "instalments"), ("sequra", "instalments"),
)  # fmt: skip


def zone(country: str, postcode: str) -> Zone:
    """Where an order went, from an ISO country code and a postcode."""
    if country.upper() == "ES":
        return PROVINCES.get(postcode.strip()[:2], "mainland")
    return "portugal" if country.upper() == "PT" else "eu"


def payment(told: str) -> Payment:
    """A system's name of a means of payment in our words; what is not known counts as a card."""
    said = told.lower()
    return next((ours for word, ours in PAYMENTS if word in said), "card")


def language(told: str) -> Literal["es", "en"]:
    """ "es-ES" is es; what is neither is the shop's own."""
    return "en" if told.lower().startswith("en") else "es"


def moment(told: Any) -> datetime | None:
    """An ISO moment; without a zone it is UTC. None for nothing."""
    if not told or str(told).startswith("0000"):
        return None
    found = datetime.fromisoformat(str(told).replace(" ", "T", 1))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def arrived(sent: datetime | None) -> datetime | None:
    """When an order came, for systems that only know when it left: some days later, in the customer's favour.

    None while that is in the future: then it is on its way.
    """
    if sent is None:
        return None
    at = sent + timedelta(days=settings.SHOP_DAYS_ON_THE_WAY)
    return at if at <= timezone.now() else None


def guest(email: str) -> str:
    """The reference of somebody who ordered without an account."""
    return f"guest-{hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]}"


def check_signature(secrets: Sequence[str], body: bytes, told: str) -> None:
    """Base64 of HMAC-SHA256 over the raw body. Several secrets hold while one is being changed.

    Raises `BadSignature`, also where no secret is set.
    """
    good = False
    for secret in secrets:
        made = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
        good |= hmac.compare_digest(made, told.encode("utf-8", "replace"))
    if not good:
        raise BadSignature("the signature is missing or does not match SHOP_WEBHOOK_SECRET")


def amount(order: SystemOrder, lines: dict[str, int]) -> Decimal:
    """What so many units of these lines cost. Raises ValueError for a line that is not there or has fewer units."""
    known: dict[str, SystemLine] = {line.line: line for line in order.lines}
    for name, count in lines.items():
        if name not in known or not 0 < count <= known[name].qty:
            raise ValueError(f"order {order.number} has no {count} units of line {name!r}")
    return sum((known[name].unit_price * count for name, count in lines.items()), Decimal(0))
