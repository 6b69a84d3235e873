"""The order and the cases that a conversation is about, as the shop has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language

from bot.conversations.media.store import shape
from bot.conversations.models import Conversation, Media
from bot.desk.labels import DECISIONS, KINDS, PAYMENTS, STATUSES, ZONES, word
from bot.desk.thread import attachments
from bot.shop import rulebook, sentences
from bot.shop.decisions import decision as decisions
from bot.shop.models import Case, CaseEvent, Order, OrderProof


@dataclass(frozen=True)
class CaseView:
    """A case in words. `proposal` is what the rules alone would have decided where a person has to."""

    number: str
    kind: str
    decision: str
    decision_code: str
    reason_code: str
    why: str
    clause: str
    clause_text: str
    state: str
    deadline: date | None
    proposal: str
    steps: tuple[str, ...]
    order: str
    opened_at: datetime
    files: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class OrderView:
    """`proven_until` (UTC) is None where this conversation has not proven that the order is the customer's."""

    number: str
    status: str
    zone: str
    payment: str
    customer: str
    email: str
    phone: str
    ordered_at: datetime
    delivered_at: datetime | None
    items: tuple[str, ...]
    proven_until: datetime | None


def cases(conversation: Conversation) -> list[CaseView]:
    """The conversation's cases, newest first: those of all its episodes, and open ones that it came back to."""
    about = set(Case.objects.filter(_of(conversation)).values_list("pk", flat=True))
    came_back = CaseEvent.objects.filter(_of(conversation), event="asked_again")
    about |= set(came_back.values_list("case", flat=True))
    found = Case.objects.filter(pk__in=about).select_related("order").order_by("-opened_at", "-pk")[:10]
    return [case_view(case) for case in found]


def case_by_number(number: str) -> Case | None:
    # PostgreSQL takes no NUL, not even to find nothing by it.
    known = number.strip().replace("\0", "")
    return Case.objects.select_related("order").filter(number__iexact=known).first()


def orders(conversation: Conversation) -> list[OrderView]:
    """The orders that the customer has proven here, and those of the cases."""
    proofs = {proof.order_id: proof.expires_at for proof in OrderProof.objects.filter(_of(conversation))}
    about = Case.objects.filter(_of(conversation)).values_list("order_id", flat=True)
    found = Order.objects.filter(pk__in={*proofs, *about}).select_related("customer").prefetch_related("items")
    return [_order_view(order, proofs.get(order.pk)) for order in found.order_by("-ordered_at")[:5]]


def _of(conversation: Conversation) -> Q:
    # The dialogue names an episode of a conversation as "<id>:<episode>".
    pk = str(conversation.pk)
    return Q(conversation=pk) | Q(conversation__startswith=f"{pk}:")


def case_view(case: Case) -> CaseView:
    language = get_language() or "es"
    decided = _decision(case)
    proposal = decided.proposal if decided else None
    return CaseView(
        number=case.number,
        kind=word(KINDS, case.kind),
        decision=word(DECISIONS, case.decision),
        decision_code=case.decision,
        reason_code=case.reason_code,
        why=_why(case, decided, language),
        clause=case.clause,
        clause_text=_clause(case.clause, language),
        state=case.state,
        deadline=case.deadline,
        proposal=f"{word(DECISIONS, proposal.outcome)} · {proposal.clause}" if proposal else "",
        steps=_steps(case, decided, language),
        order=case.order.number,
        opened_at=case.opened_at,
        files=tuple(attachments(shape(media) for media in Media.objects.filter(case=case.number))),
    )


def _decision(case: Case) -> decisions.Decision | None:
    """The decision as it was stored; None for one that an older release wrote in another form."""
    try:
        return decisions.from_json(case.result)
    except ValueError:
        return None


def _why(case: Case, decided: decisions.Decision | None, language: str) -> str:
    if decided is None:
        return case.reason_code
    try:
        return sentences.reason(decided, language, order=case.order.number, delivered=_day(case.order.delivered_at))
    except (KeyError, StopIteration):
        return case.reason_code


def _steps(case: Case, decided: decisions.Decision | None, language: str) -> tuple[str, ...]:
    if decided is None:
        return tuple(str(step) for step in case.instructions)
    try:
        told = sentences.steps(decided, language, order=case.order.number, delivered=_day(case.order.delivered_at))
    except KeyError:
        return tuple(str(step) for step in case.instructions)
    return tuple(told)


def _clause(clause: str, language: str) -> str:
    try:
        return sentences.clause(clause, language)
    except (KeyError, ValueError):
        return ""


def _day(moment: datetime | None) -> Any:
    from bot.shop.clock import shop_day

    return shop_day(moment) if moment else None


def _order_view(order: Order, proven_until: datetime | None) -> OrderView:
    return OrderView(
        number=order.number,
        status=word(STATUSES, order.status),
        zone=word(ZONES, order.ship_to),
        payment=word(PAYMENTS, order.payment),
        customer=order.customer.name,
        email=order.email,
        phone=order.phone,
        ordered_at=order.ordered_at,
        delivered_at=order.delivered_at,
        items=tuple(f"{item.qty} × {_product(item.sku)}" for item in order.items.all()),
        proven_until=proven_until,
    )


def _product(sku: str) -> str:
    try:
        return rulebook.current().catalogue.get(sku).called(get_language() or "es")
    except KeyError:
        return sku
