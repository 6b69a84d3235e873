"""Opening and finding cases. Every function may be called again with the same arguments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from bot.shop import contacts
from bot.shop.case_numbers import next_number
from bot.shop.clock import shop_day
from bot.shop.decisions import Decision, Facts
from bot.shop.decisions import decision as decisions
from bot.shop.decisions import facts as all_facts
from bot.shop.models import Case, CaseEvent, CaseItem, Order
from bot.shop.policy_rules import Kind
from bot.shop.rulebook import current

CLOSED_AT_ONCE = ("refused",)


@dataclass(frozen=True)
class Opened:
    """`created`: a new case. Otherwise the case of a replayed turn, or an open one that says the same.
    `other_open`: another case about the same items that stays open (a refusal does not close an approval)."""

    case: Case
    created: bool
    other_open: Case | None = None


def open_case(
    order: Order,
    kind: Kind,
    decision: Decision,
    facts: Facts,
    *,
    conversation: str,
    message_id: str,
    now: datetime,
    identity: str = "",
    actor: str = "bot",
) -> Opened:
    """Store a decision as a case of the order.

    The same (conversation, message, kind, order) always gives the same case. An open case about the same items
    with the same decision is reused, whichever conversation asks; another decision supersedes it, so that there is
    one open case per order line and kind. A refusal is stored closed and supersedes nothing.
    """
    try:
        with transaction.atomic():
            return _open(order, kind, decision, facts, conversation, message_id, now, identity, actor)
    except IntegrityError:  # another process opened it between our look and our write
        with transaction.atomic():
            return _open(order, kind, decision, facts, conversation, message_id, now, identity, actor)


def _open(
    order: Order, kind: Kind, decision: Decision, facts: Facts,
    conversation: str, message_id: str, now: datetime, identity: str, actor: str,
) -> Opened:  # fmt: skip
    Order.objects.select_for_update().get(pk=order.pk)
    replayed = Case.objects.filter(
        conversation=conversation, message_id=message_id, asked_kind=kind, order=order
    ).first()
    if replayed:
        return Opened(replayed, created=False)
    _note_problem(order, decision, conversation, facts)
    touching = _open_about_same_items(order, decision)
    same = next((case for case in touching if _says_the_same(case, decision, facts)), None)
    if same is None and decision.outcome in CLOSED_AT_ONCE:
        same = _same_refusal(order, decision, facts, conversation)
    if same:
        if not same.events.filter(conversation=conversation, detail__message_id=message_id).exists():
            log(same, "asked_again", now, actor=actor, conversation=conversation, message_id=message_id)
        return Opened(same, created=False)
    closes = decision.outcome in CLOSED_AT_ONCE
    if not closes:
        CaseItem.objects.filter(case__in=touching).update(open_key=None)
    case = _store(order, kind, decision, facts, conversation, message_id, now, identity, actor)
    if closes:
        return Opened(case, created=True, other_open=touching[0] if touching else None)
    for old in touching:
        Case.objects.filter(pk=old.pk).update(state=Case.State.SUPERSEDED, superseded_by=case)
        log(old, "superseded", now, actor=actor, conversation=conversation, by=case.number)
    return Opened(case, created=True)


def _store(
    order: Order, kind: Kind, decision: Decision, facts: Facts,
    conversation: str, message_id: str, now: datetime, identity: str, actor: str,
) -> Case:  # fmt: skip
    closed = decision.outcome in CLOSED_AT_ONCE
    case = Case.objects.create(
        number=next_number(shop_day(now)), order=order, asked_kind=kind, kind=decision.kind,
        decision=decision.outcome, reason_code=decision.reason_code, clause=decision.clause,
        deadline=decision.deadline, needs_person=decision.needs_person or "",
        instructions=list(decision.next_steps), inputs=all_facts.to_json(facts), result=decisions.to_json(decision),
        rules=current().fingerprint, state=Case.State.CLOSED if closed else Case.State.OPEN,
        identity=identity, conversation=conversation, message_id=message_id,
        decided_on=facts.today, opened_at=now,
    )  # fmt: skip
    CaseItem.objects.bulk_create(
        CaseItem(case=case, item_id=line, qty=qty, open_key=None if closed else f"{line}:{decision.kind}")
        for line, qty in _units(decision).items()
    )
    told = {"decision": decision.outcome, "reason": decision.reason_code}
    log(case, "opened", now, actor=actor, conversation=conversation, **told)
    return case


def log(case: Case, event: str, at: datetime, *, actor: str = "bot", conversation: str = "", **detail: Any) -> None:
    """Add a line to the case's log."""
    CaseEvent.objects.create(case=case, event=event, at=at, actor=actor, conversation=conversation, detail=detail)


def file_given(number: str, conversation: str, media: str, kind: str, at: datetime) -> None:
    """Note in the case's log that the customer's file `media` (a photo of the damage, say) belongs to it."""
    case = Case.objects.filter(number=number).first()
    if case and not case.events.filter(event="file", detail__media=media).exists():
        log(case, "file", at, actor="customer", conversation=conversation, media=media, kind=kind)


def close(case: Case, at: datetime, *, actor: str, note: str = "") -> None:
    """A person (or the shop's system) ends an open case; nothing happens to one that is not open."""
    with transaction.atomic():
        if Case.objects.filter(pk=case.pk, state=Case.State.OPEN).update(state=Case.State.CLOSED):
            case.items.update(open_key=None)
            log(case, "closed", at, actor=actor, note=note)


def cases_of(conversation: str) -> QuerySet[Case]:
    """Cases that a conversation opened or came back to, newest first."""
    mine = Q(conversation=conversation) | Q(events__conversation=conversation, events__event="asked_again")
    return Case.objects.filter(mine).select_related("order", "order__customer").distinct()


def open_cases(orders: Iterable[Order]) -> QuerySet[Case]:
    """Open cases about these orders, newest first."""
    return Case.objects.filter(order__in=list(orders), state=Case.State.OPEN).select_related("order")


def _note_problem(order: Order, decision: Decision, conversation: str, facts: Facts) -> None:
    if decision.kind in current().policies.people.third_contact.kinds:
        contacts.note(order, conversation, facts.today)


def _units(decision: Decision) -> dict[int, int]:
    units: dict[int, int] = {}
    for line in decision.lines:
        units[line.line] = units.get(line.line, 0) + line.qty
    return units


def _open_about_same_items(order: Order, decision: Decision) -> list[Case]:
    found = Case.objects.filter(
        order=order, kind=decision.kind, state=Case.State.OPEN, items__item__in=list(_units(decision))
    )
    return list(found.distinct())


def _same_refusal(order: Order, decision: Decision, facts: Facts, conversation: str) -> Case | None:
    refused = Case.objects.filter(order=order, kind=decision.kind, conversation=conversation, decision="refused")
    return next((case for case in refused if _says_the_same(case, decision, facts)), None)


def _says_the_same(case: Case, decision: Decision, facts: Facts) -> bool:
    """The decision and the wish that the new one has too; the same units, the same choices."""
    same = (case.decision, case.reason_code, case.clause) == (decision.outcome, decision.reason_code, decision.clause)
    units = {item.item_id: item.qty for item in case.items.all()}
    asked = all_facts.to_json(facts)
    choices = ("resolution", "pickup", "new_address")
    return same and units == _units(decision) and all(case.inputs.get(name) == asked[name] for name in choices)
