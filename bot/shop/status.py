"""Where an order is and what happens next, as facts and as sentences."""

from dataclasses import dataclass
from datetime import date

from bot.shop.days import add_working_days
from bot.shop.decisions import OrderFacts
from bot.shop.rulebook import current
from bot.shop.sentences import day


@dataclass(frozen=True)
class OrderStatus:
    """`expected_from`/`expected_until`: when an order under way should arrive (working days of its zone, counted
    from the last day that is known to have moved it); None once it is delivered or cancelled."""

    number: str
    status: str
    ordered_on: date
    delivered_on: date | None
    last_movement_on: date | None
    expected_from: date | None
    expected_until: date | None


def status_of(order: OrderFacts) -> OrderStatus:
    """Raises nothing: every status has an answer."""
    expected: tuple[date | None, date | None] = (None, None)
    if order.status in ("paid", "preparing", "shipped"):
        zone = current().policies.shipping.prices.zones[order.zone]
        expected = tuple(add_working_days(order.ordered_on, days) for days in (zone.days_min, zone.days_max))  # type: ignore[assignment]
    return OrderStatus(
        order.number, order.status, order.ordered_on, order.delivered_on, order.last_movement_on, *expected
    )


def status_text(status: OrderStatus, language: str, today: date) -> str:
    """One or two sentences for the customer."""
    spanish = language != "en"
    number, last = status.number, status.last_movement_on
    if status.status == "delivered" and status.delivered_on:
        when = day(status.delivered_on, language)
        return f"El pedido {number} se entregó el {when}." if spanish else f"Order {number} was delivered on {when}."
    if status.status == "cancelled":
        return f"El pedido {number} está cancelado." if spanish else f"Order {number} is cancelled."
    said = {
        "paid": ("está pagado y aún no se está preparando", "is paid and not being prepared yet"),
        "preparing": ("se está preparando en el almacén", "is being prepared in the warehouse"),
        "shipped": ("está en camino", "is on its way"),
    }[status.status]
    text = f"El pedido {number} {said[0]}." if spanish else f"Order {number} {said[1]}."
    if last:
        when = day(last, language)
        text += f" Su último movimiento fue el {when}." if spanish else f" Its last movement was on {when}."
    if status.expected_until and status.expected_until >= today:
        when = day(status.expected_until, language)
        text += f" Debería llegar como tarde el {when}." if spanish else f" It should arrive by {when}."
    return text
