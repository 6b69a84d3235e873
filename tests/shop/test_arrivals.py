"""The day of delivery, as customers tell it in a question."""

from datetime import date

import pytest

from bot.shop.understand import delivered_on, plainly_placed, way_back

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(("text", "day"), [
    ("si me llegó el 2 de noviembre, ¿hasta cuándo puedo devolverlo?", date(2026, 11, 2)),
    ("it was delivered on 2 November, until when can it go back?", date(2026, 11, 2)),
    ("got here on November 2nd", date(2026, 11, 2)), ("lo recibí el 5 nov", date(2026, 11, 5)),
    ("bought on the 2nd of October, delivered on the 9th of October", date(2026, 10, 9)),
    ("me lo trajeron hace 20 días", date(2026, 11, 3)), ("it came three weeks ago", date(2026, 11, 2)),
    ("me llegó el 10 de enero", date(2027, 1, 10)), ("me llegó ayer", date(2026, 11, 22)),
    ("it came this morning", TODAY),
])  # fmt: skip
def test_the_day_of_delivery(text: str, day: date) -> None:
    assert delivered_on(text, TODAY) == day


@pytest.mark.parametrize("text", [
    "lo compré el 2 de noviembre", "llegó el 30 de febrero", "me llegó hace un año", "lo pedí el 3 de mayo y llegó",
    "pedido el 13 de noviembre, no llegó hasta el 16", "¿cuándo llega?", "",
])  # fmt: skip
def test_no_day_of_delivery(text: str) -> None:
    assert delivered_on(text, TODAY) is None


@pytest.mark.parametrize(("text", "read"), [
    ("un envío a Palma", "un envío a Mallorca"), ("a flat in palma", "a flat in Mallorca"),
    ("envío a La Palma", "envío a La Palma"), ("a Las Palmas", "a Las Palmas"),
    ("Palma de Mallorca", "Palma de Mallorca"), ("la palma de la mano", "la palma de la mano"),
])  # fmt: skip
def test_palma_is_in_mallorca(text: str, read: str) -> None:
    assert plainly_placed(text) == read


@pytest.mark.parametrize(("text", "pickup"), [
    ("freidora no me cabe la llevo al punto", False), ("lo dejo yo en el punto de entrega", False),
    ("will bring it to your Valencia shop", False), ("que lo recojan en casa", True), ("me lo trajo el cartero", None),
])  # fmt: skip
def test_the_way_back_is_heard_unasked(text: str, pickup: bool | None) -> None:
    assert way_back(text) is pickup
