"""What the shop keeps of a customer (`bot.privacy.holders`).

Orders, invoices and decisions are the shop's own books and stay for as long as the law wants them; what tied them to
a conversation goes at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from bot.shop.models import (
    Case,
    CaseEvent,
    Customer,
    CustomerChannel,
    IdentityAttempt,
    IdentityLock,
    Order,
    OrderContact,
    OrderItem,
    OrderProof,
)

_BOOKS = "the shop's books: six years in Spain (Código de Comercio, art. 30), then `orders` of retention.yml"
MODELS: Mapping[str, tuple[str, str]] = {
    "shop.Customer": ("kept", f"where there are orders, as part of {_BOOKS}; else deleted"),
    "shop.CustomerChannel": ("deleted", ""),
    "shop.Order": ("kept", _BOOKS),
    "shop.OrderItem": ("kept", _BOOKS),
    "shop.Case": ("unlinked", f"what was decided about an order and why, as part of {_BOOKS}"),
    "shop.CaseItem": ("kept", _BOOKS),
    "shop.CaseEvent": ("unlinked", _BOOKS),
    "shop.CaseCounter": ("nothing", ""),
    "shop.OrderContact": ("unlinked", "how often an order was a problem"),
    "shop.IdentityLock": ("deleted", "but one that still locks an order's number"),
    "shop.IdentityAttempt": ("deleted", ""),
    "shop.OrderProof": ("deleted", ""),
    "shop.SystemEvent": ("nothing", "names of webhooks, never their content"),
    "shop.SystemSync": ("kept", "the number of an order and when it was fetched"),
}
GONE = "erased-"
AT_ONCE = 200
# What somebody wrote freely into a case's log.
FREE_WORDS = ("note", "text", "comment", "address", "message_id", "media")


class Person(Protocol):
    """What is read of `bot.privacy.person.Person`."""

    @property
    def talks(self) -> Collection[str]: ...
    @property
    def addresses(self) -> Collection[str]: ...
    @property
    def references(self) -> Collection[str]: ...


def export(person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """The shop's own record, orders with their lines, and cases with their log."""
    buyers = Customer.objects.filter(reference__in=person.references)
    orders = Order.objects.filter(customer__in=buyers)
    cases = Case.objects.filter(Q(order__in=orders) | Q(conversation__in=person.talks)).distinct()
    return {
        "shop_customer": _rows(buyers, "reference", "name", "email", "phone", "language", "company", "points"),
        "shop_addresses": _rows(CustomerChannel.objects.filter(customer__in=buyers), "channel", "address"),
        "orders": _rows(
            orders, "number", "email", "phone", "status", "ship_to", "payment", "ordered_at", "delivered_at"
        ),
        "order_lines": _rows(
            OrderItem.objects.filter(order__in=orders), "order__number", "sku", "qty", "unit_price", "personalised",
            "unsealed", "lot",
        ),
        "cases": _rows(
            cases, "number", "order__number", "asked_kind", "kind", "decision", "reason_code", "clause", "deadline",
            "instructions", "inputs", "state", "decided_on", "opened_at",
        ),
        "case_log": _rows(CaseEvent.objects.filter(case__in=cases), "case__number", "at", "event", "detail"),
        "tries": _rows(_tries(person), "outcome", "at"),
    }  # fmt: skip


def _rows(rows: QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    return list(rows.values(*fields))


def _tries(person: Person) -> QuerySet[IdentityAttempt]:
    return IdentityAttempt.objects.filter(_theirs(person))


def _theirs(person: Person) -> Q:
    return Q(conversation__in=person.talks) | Q(identity__in=person.addresses)


def open_cases(person: Person) -> list[str]:
    """Numbers of open cases about their orders or from their conversations: somebody still waits for something."""
    mine = _theirs(person) | Q(order__customer__reference__in=person.references)
    return sorted(Case.objects.filter(mine, state=Case.State.OPEN).values_list("number", flat=True).distinct())


def erase(person: Person) -> Mapping[str, int]:
    """Cut what ties the books to conversations; delete what was only for telling who writes."""
    cases = list(Case.objects.filter(_theirs(person)).exclude(conversation__startswith=GONE))
    for case in cases:
        # The constraint that a message opens a case of a kind once has to hold among these too.
        case.conversation, case.message_id, case.identity = f"{GONE}{case.number}", case.number, ""
        case.inputs, case.result = _without_address(case.inputs), _without_address(case.result)
        case.save(update_fields=["conversation", "message_id", "identity", "inputs", "result"])
    logged = CaseEvent.objects.filter(Q(conversation__in=person.talks) | Q(case__in=cases)).exclude(detail={})
    _without_words(logged)
    CaseEvent.objects.filter(conversation__in=person.talks).update(conversation="")
    for contact in _contacts(person):
        contact.conversation = f"{GONE}{contact.pk}"
        contact.save(update_fields=["conversation"])
    digests = [hashlib.sha256(each.encode()).hexdigest() for each in person.addresses]
    gone = IdentityLock.objects.filter(scope="identity", key__in=digests).delete()[0]
    gone += _tries(person).delete()[0] + OrderProof.objects.filter(_theirs(person)).delete()[0]
    buyers = Customer.objects.filter(reference__in=person.references)
    gone += CustomerChannel.objects.filter(customer__in=buyers).delete()[0]
    gone += buyers.filter(orders=None).delete()[0]
    return {"cases": len(cases), "proofs": gone}


def _without_address(told: Any) -> Any:
    """A case about another address is still one, and can still be replayed, without saying which."""
    if isinstance(told, dict):
        hidden = {name: "[…]" for name in ("new_address", "address") if isinstance(told.get(name), str) and told[name]}
        return {name: _without_address(value) for name, value in told.items()} | hidden
    return [_without_address(each) for each in told] if isinstance(told, list) else told


def _without_words(logged: QuerySet[CaseEvent]) -> None:
    for event in logged:
        kept = {name: value for name, value in event.detail.items() if name not in FREE_WORDS}
        if kept != event.detail:
            event.detail = kept
            event.save(update_fields=["detail"])


def _contacts(person: Person) -> QuerySet[OrderContact]:
    """By conversation, or by one of its episodes: "<conversation>:<number>"."""
    mine = [Q(conversation__startswith=talk) for talk in person.talks]
    return OrderContact.objects.filter(reduce(or_, mine)) if mine else OrderContact.objects.none()


def expire(before: Mapping[str, datetime]) -> Mapping[str, int]:
    """Tries and proofs that ran out, and who ordered what the books need no longer."""
    gone = IdentityAttempt.objects.filter(at__lt=before["proofs"]).delete()[0]
    gone += OrderProof.objects.filter(expires_at__lt=before["proofs"]).delete()[0]
    stale = IdentityLock.objects.filter(since__lt=before["proofs"])
    gone += stale.filter(Q(locked_until=None) | Q(locked_until__lt=before["proofs"])).delete()[0]
    return {"proofs": gone, "orders": _old_orders(before["orders"])}


def _old_orders(before: datetime) -> int:
    """The order stays, for the figures of its product; who ordered it does not."""
    old = Order.objects.filter(ordered_at__lt=before).exclude(email="", phone="")
    ids = list(old.values_list("pk", flat=True)[:AT_ONCE])
    Order.objects.filter(pk__in=ids).update(email="", phone="")
    past = Customer.objects.filter(orders__in=ids).exclude(orders__ordered_at__gte=before).distinct()
    for buyer in past:
        buyer.name, buyer.email, buyer.phone, buyer.points = "", "", "", 0
        buyer.save(update_fields=["name", "email", "phone", "points"])
        buyer.channels.all().delete()
    return len(ids)
