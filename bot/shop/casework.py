"""What a person of the team does with a case. Each act is safe to repeat and logged with their name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from django.db import transaction

from bot.shop.cases import close, log, open_case
from bot.shop.decisions import Decision, Facts, team
from bot.shop.explain import stored_decision, stored_facts
from bot.shop.models import Case
from bot.shop.rulebook import current


class NotNow(Exception):
    """This cannot be done to the case as it is; the text is a code: closed, decided, undecided, not_approved, refunded,
    drafted, drafting, amount, clause, nothing_to_send or unreadable."""


@dataclass(frozen=True)
class Person:
    """Who acts; `seconded` is who confirmed it, where the four-eyes rule asks for a second person."""

    id: int
    name: str
    seconded: str = ""

    @property
    def actor(self) -> str:
        return f"agent:{self.id}"

    @property
    def told(self) -> Mapping[str, str]:
        return {"name": self.name, **({"seconded": self.seconded} if self.seconded else {})}


def needs_two(amount: Decimal) -> bool:
    """Whether a second person has to confirm an act over this many euros (policies.yml, people.four_eyes)."""
    return amount > current().policies.people.four_eyes.above


def read(case: Case) -> tuple[Facts, Decision]:
    """What was known and decided. Raises `NotNow` for a case that an older release wrote in another form."""
    try:
        return stored_facts(case), stored_decision(case)
    except ValueError as error:
        raise NotNow("unreadable") from error


def exception(case: Case) -> bool:
    """Whether approving it grants what the rules alone would not. Raises `NotNow`."""
    return team.by_the_rules(read(case)[1]) is None


def amount_of(case: Case, verb: str, amount: Decimal | None = None) -> Decimal:
    """Euros at stake in an act. An exception is always worth the whole: the rules would have given nothing."""
    if verb == "refund":
        return amount if amount is not None else refundable(case)
    if verb != "approve":
        return Decimal(0)
    facts, decision = read(case)
    return team.at_stake(facts, decision, current())


def refundable(case: Case) -> Decimal:
    """The most euros that may be marked as refunded: what was decided, else what the items cost."""
    facts, decision = read(case)
    if decision.refund:
        return decision.refund.total
    chosen = facts.chosen or facts.order.items
    return sum((item.unit_price * item.qty for item in chosen), Decimal(0))


def decide(case: Case, verb: str, person: Person, now: datetime, *, clause: str = "", note: str = "") -> Case:
    """Approve or refuse a case that waits for a person, or grant an exception for a refused one. A case's decision
    never changes: this opens another one that takes its place, and gives that. Raises `NotNow`."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        facts, before = read(case)
        message_id = f"person:{case.number}:{verb}"
        if done := Case.objects.filter(conversation=case.conversation, message_id=message_id).first():
            return done
        if not may_decide(case, verb):
            raise NotNow("closed" if case.state != Case.State.OPEN else "decided")
        decision = _decided(facts, before, verb, clause)
        opened = open_case(
            case.order, cast(Any, case.asked_kind), decision, facts, conversation=case.conversation,
            message_id=message_id, now=now, identity=case.identity, actor=person.actor,
        ).case  # fmt: skip
        log(opened, "decided", now, actor=person.actor, instead_of=case.number, verb=verb, note=note, **person.told)
        log(case, "decided", now, actor=person.actor, by=opened.number, verb=verb, note=note, **person.told)
        if opened.pk != case.pk:
            close(case, now, actor=person.actor, note=note)
        return opened


def may_decide(case: Case, verb: str) -> bool:
    """A case that waits can be approved and refused; a refused one that nothing has replaced can be approved."""
    if case.decision == "pending_person":
        return case.state == Case.State.OPEN
    return verb == "approve" and case.decision == "refused" and case.state == Case.State.CLOSED


def _decided(facts: Facts, before: Decision, verb: str, clause: str) -> Decision:
    if verb == "approve":
        return team.approve(facts, before, current())
    try:
        return team.refuse(facts, before, clause, current())
    except KeyError as error:
        raise NotNow("clause") from error


def new_label(case: Case, person: Person, now: datetime, note: str = "") -> str:
    """Note that the customer gets another label; its reference. Raises `NotNow`."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        if not may_send_label(case):
            raise NotNow("nothing_to_send")
        number = case.events.filter(event="label").count() + 2
        reference = f"{case.number}-{number}"
        log(case, "label", now, actor=person.actor, reference=reference, note=note, **person.told)
        return reference


def may_send_label(case: Case) -> bool:
    """Only what is granted and travels back has a label."""
    granted = case.decision in ("approved", "technician") and case.state == Case.State.OPEN
    return granted and bool((case.result or {}).get("shipping"))


def finish(case: Case, person: Person, now: datetime, note: str = "") -> None:
    """The matter is over: mended, replaced, found, or nothing came back. Raises `NotNow`."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        if not may_finish(case):
            raise NotNow("closed" if case.state != Case.State.OPEN else "undecided")
        close(case, now, actor=person.actor, note=note)


def may_finish(case: Case) -> bool:
    """What was decided and is open can end; what waits for a decision needs one."""
    return case.state == Case.State.OPEN and case.decision != "pending_person"


def mark_refund(case: Case, amount: Decimal, person: Person, now: datetime, note: str = "") -> None:
    """Note that the money went back, which ends the case. Raises `NotNow`."""
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=case.pk)
        if case.events.filter(event="refunded").exists():
            raise NotNow("refunded")
        if case.decision != "approved" or case.state != Case.State.OPEN:
            raise NotNow("not_approved")
        if not 0 < amount <= refundable(case):
            raise NotNow("amount")
        log(case, "refunded", now, actor=person.actor, amount=str(amount), note=note, **person.told)
        close(case, now, actor=person.actor, note=note)
