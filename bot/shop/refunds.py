"""A refund prepared in the shop's own system for whoever pays it: once a case, and nothing is paid by us."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from bot.shop.cases import log
from bot.shop.casework import NotNow, Person, read
from bot.shop.models import Case
from bot.shop.systems.base import RefundDraft, ShopUnavailable, SystemOrder
from bot.shop.systems.registry import NotConfigured, system

# A call to a system ends sooner; after this a process that asked has died, and asking again is safe: what the system
# has kept already it is not given twice.
UNDER_WAY = timedelta(minutes=1)


class NotDrafted(Exception):
    """The shop's system did not prepare it; the text says why, for an agent."""


def may_draft(case: Case) -> bool:
    """Money that was granted, has not gone back and is not prepared yet."""
    if case.decision != "approved" or case.state != Case.State.OPEN or not (case.result or {}).get("refund"):
        return False
    return not case.events.filter(event__in=("refund_draft", "refunded")).exists()


def draft(case: Case, person: Person) -> RefundDraft:
    """Ask the system, outside any transaction. Raises `NotNow` (not_approved, drafted, drafting, unreadable), and
    `NotDrafted` where the system would not or could not; that may be tried again."""
    reason = _begin(case, person)
    try:
        order = system().order(case.order.number)
        if order is None:
            raise NotDrafted(f"it has no order {case.order.number}")
        made = system().draft_refund(order, _lines(case, order), reason)
    except (ShopUnavailable, NotConfigured, ValueError, NotDrafted) as error:
        log(case, "draft_failed", timezone.now(), actor=person.actor, why=str(error)[:300], **person.told)
        raise NotDrafted(str(error)) from error
    log(case, "refund_draft", timezone.now(), actor=person.actor, amount=str(made.amount), where=made.where,
        kept=made.kept, **person.told)  # fmt: skip
    return made


@transaction.atomic
def _begin(case: Case, person: Person) -> str:
    """Note that somebody asks, so that of two at once one does; what the system is told."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if not may_draft(case):
        raise NotNow("drafted" if case.events.filter(event="refund_draft").exists() else "not_approved")
    _facts, decision = read(case)
    last = case.events.filter(event__in=("draft_asked", "draft_failed")).last()
    now = timezone.now()
    if last is not None and last.event == "draft_asked" and last.at > now - UNDER_WAY:
        raise NotNow("drafting")
    log(case, "draft_asked", now, actor=person.actor, **person.told)
    decided = f"{decision.refund.total} €" if decision.refund else ""
    return f"{case.number}: {decided} ({decision.reason_code}, {decision.clause})"


def _lines(case: Case, order: SystemOrder) -> Mapping[str, int]:
    """The case's units under the system's names of their lines. Raises `NotDrafted` where one is not there."""
    left = list(order.lines)
    found: dict[str, int] = {}
    for each in case.items.select_related("item"):
        same = [line for line in left if line.sku == each.item.sku]
        line = next((line for line in same if line.unit_price == each.item.unit_price), next(iter(same), None))
        if line is None:
            raise NotDrafted(f"its order {order.number} has no {each.item.sku}")
        left.remove(line)
        found[line.line] = each.qty
    return found


def drafted(case: Case) -> tuple[str, str, datetime] | None:
    """(euros, where it is to be paid, when it was prepared)."""
    last = case.events.filter(event="refund_draft").last()
    return (last.detail["amount"], last.detail["where"], last.at) if last else None
