"""What customers come for. Each script is said line by line; what an order is called is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LUCIA, MARC = "lucia.romero@correo.example", "marc.vidal@correo.example"
FIRST_ORDER = 30_001


@dataclass(frozen=True)
class Script:
    """`lines` said in turn; a line of several is sent without waiting. `order` is the demo's order that a copy is made
    of, when the script is about one and must end in a case. `person`: it asks for one."""

    name: str
    lines: Sequence[tuple[str, ...]]
    order: str = ""
    person: bool = False


SCRIPTS = (
    Script("questions", [("¿cuánto tengo para devolver un robot?",), ("¿cómo se descalcifica la Brasa 20?",)]),
    Script(
        "return",
        [("quiero devolver la freidora del pedido {order}, hace demasiado ruido",), (LUCIA,), ("lo llevo yo",)],
        order="LB-10401",
    ),
    Script("refused", [("quiero devolver el pedido {order}",), (MARC,)], order="LB-10403"),
    Script("burst", [("hola", "¿cuánto dura la garantía?"), ("¿cuánto tengo para devolver un robot?", "gracias")]),
    Script(
        "person",
        [("¿cuánto dura la garantía?",), ("quiero hablar con una persona",), ("¿cómo se descalcifica la Brasa 20?",)],
        person=True,
    ),
)


def copy_order(like: str, number: int) -> str:
    """Another order like one of the demo's, so that no two conversations are about the same; its number."""
    from bot.shop.models import Order

    order = Order.objects.get(number=like)
    items = list(order.items.all())
    order.pk, order.number, order._state.adding = None, f"LB-{number}", True
    order.save()
    for item in items:
        item.pk, item.order, item._state.adding = None, order, True
        item.save()
    return order.number


def cases_of(order: str) -> list[tuple[Any, ...]]:
    """What was decided about an order, case by case."""
    from bot.shop.models import Case

    found = Case.objects.filter(order__number=order).order_by("pk")
    return list(found.values_list("kind", "decision", "reason_code", "clause", "state"))
