"""Which of somebody's orders is meant, where they name none. Carmen has four, of which one is still to come."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.facts import Known
from actions.orders import find_order
from actions.outcomes import Asked
from actions.turn import Turn
from bot.shop.clock import shop_day
from bot.shop.demo.load import load_demo


@pytest.fixture(autouse=True)
def shop(db: None) -> None:
    load_demo(shop_day(timezone.now()))


def found(text: str, flow: str) -> str | None:
    """The number of the order that these words of Carmen's are about; None where she is asked."""
    message: dict[str, Any] = {
        "text": text,
        "intent": {"name": "inform_fact", "confidence": 1.0},
        "metadata": {"identity": "whatsapp:carmen", "verified": {"channel": "whatsapp", "address": "+34600111008"}},
    }
    event = {"event": "user", "metadata": message["metadata"]}
    tracker = Tracker("carmen", {"language": "es"}, message, [event], False, None, {}, None)
    try:
        return find_order(
            Turn(CollectingDispatcher(), tracker), Known.of(tracker, ()), frozenset(), flow, begins=True
        ).number
    except Asked:
        return None


@pytest.mark.parametrize(
    ("text", "flow", "number"),
    [
        ("no me ha llegado el pedido", "lost_parcel", "LB-10417"),
        ("my order hasn't arrived", "lost_parcel", "LB-10417"),
        ("pone entregado y yo no tengo nada", "lost_parcel", None),
        ("it says delivered but I have nothing", "lost_parcel", None),
        ("¿dónde está mi pedido?", "order_status", "LB-10417"),
        ("quiero devolver una cosa", "return", None),
    ],
)
def test_the_order_that_is_meant(text: str, flow: str, number: str | None) -> None:
    assert found(text, flow) == number
