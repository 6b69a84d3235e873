"""Deciding a case from the conversation: by the shop's own rules, with a second person where much is at stake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from bot.conversations.models import Conversation, Message, record
from bot.conversations.writing import append, lock
from bot.desk import actions
from bot.desk.access import Agent
from bot.desk.labels import Words, word
from bot.desk.refusals import Refused
from bot.desk.shop_view import cases
from bot.desk.tools.models import SecondLook
from bot.shop import casework, explain, refunds, rulebook, sentences
from bot.shop.cases import log
from bot.shop.casework import NotNow, Person
from bot.shop.models import Case

VERBS: Words = {
    "approve": pgettext_lazy("case", "approve"),
    "refuse": pgettext_lazy("case", "refuse"),
    "label": pgettext_lazy("case", "send another label"),
    "draft": pgettext_lazy("case", "prepare the refund in the shop's system"),
    "refund": pgettext_lazy("case", "mark the refund"),
    "finish": pgettext_lazy("case", "end the case"),
}
DONE: Words = {
    "opened": pgettext_lazy("case log", "opened"),
    "asked_again": pgettext_lazy("case log", "asked about again"),
    "superseded": pgettext_lazy("case log", "replaced"),
    "closed": pgettext_lazy("case log", "closed"),
    "file": pgettext_lazy("case log", "a file was added"),
    "decided": pgettext_lazy("case log", "decided"),
    "label": pgettext_lazy("case log", "another label"),
    "draft_asked": pgettext_lazy("case log", "asked the shop's system for a refund draft"),
    "draft_failed": pgettext_lazy("case log", "the shop's system prepared nothing"),
    "refund_draft": pgettext_lazy("case log", "the refund is prepared"),
    "refunded": pgettext_lazy("case log", "refunded"),
    "second_look": pgettext_lazy("case log", "waits for a second person"),
    "declined": pgettext_lazy("case log", "the second person declined"),
}


@dataclass(frozen=True)
class LogLine:
    at: datetime
    what: str
    who: str
    more: str


@dataclass(frozen=True)
class CaseTools:
    """What can be done to a case now. `tell` is what the customer may be told of it, in their language."""

    verbs: tuple[str, ...]
    clauses: tuple[tuple[str, str], ...]
    amount: Decimal
    by_rule: bool
    needs_two: bool
    waiting: SecondLook | None
    mine: bool
    tell: str
    log: tuple[LogLine, ...]
    draft: tuple[str, str, datetime] | None = None


def tools_of(agent: Agent, conversation: Conversation, views: Any = None) -> dict[str, CaseTools]:
    """By case number, for every case that the conversation is about."""
    numbers = [view.number for view in (cases(conversation) if views is None else views)]
    found = Case.objects.filter(number__in=numbers).select_related("order").prefetch_related("events")
    return {case.number: _tools(agent, conversation, case) for case in found}


def _tools(agent: Agent, conversation: Conversation, case: Case) -> CaseTools:
    waiting = SecondLook.objects.filter(case=case.number, state="waiting").select_related("asked_by").first()
    try:
        amount = casework.amount_of(case, "approve")
        refundable = casework.refundable(case)
        tell = explain.customer_text(case, conversation.language)
    except (NotNow, KeyError, StopIteration):
        return CaseTools((), (), Decimal(0), False, False, waiting, False, "", _log(case))
    return CaseTools(
        verbs=tuple(_possible(case)) if conversation.agent_id in (None, agent.id) and conversation.owner else (),
        clauses=_clauses(case), amount=refundable if case.decision == "approved" else amount,
        by_rule=not casework.exception(case), needs_two=casework.needs_two(amount), waiting=waiting,
        mine=bool(waiting and waiting.asked_by_id == agent.id),
        tell="" if case.decision == "pending_person" else tell, log=_log(case), draft=refunds.drafted(case),
    )  # fmt: skip


def _possible(case: Case) -> list[str]:
    verbs = [verb for verb in ("approve", "refuse") if casework.may_decide(case, verb)]
    verbs += ["label"] if casework.may_send_label(case) else []
    verbs += ["draft"] if refunds.may_draft(case) else []
    verbs += ["finish"] if casework.may_finish(case) else []
    refunded = any(event.event == "refunded" for event in case.events.all())
    return verbs + (["refund"] if case.decision == "approved" and case.state == "open" and not refunded else [])


def _clauses(case: Case) -> tuple[tuple[str, str], ...]:
    """The clauses to refuse with: the rules' own proposal first, then those of the same matter."""
    book, language = rulebook.current(), get_language() or "es"
    proposal = (case.result or {}).get("proposal") or {}
    section = {"warranty": "warranty", "lost_parcel": "parcel", "cancel": "changes", "address_change": "changes"}
    wanted = section.get(case.kind, "returns")
    found = [rule.id for rule in book.policies.rules() if rule.id.startswith((f"{wanted}.", "arrival."))]
    first = [proposal["clause"]] if proposal.get("outcome") == "refused" else []
    return tuple((each, sentences.clause(each, language)) for each in dict.fromkeys([*first, *found]))


def _log(case: Case) -> tuple[LogLine, ...]:
    return tuple(
        LogLine(event.at, word(DONE, event.event), _who(event.actor, event.detail), _more(event.detail))
        for event in case.events.all()
    )


def _who(actor: str, detail: Mapping[str, Any]) -> str:
    name = str(detail.get("name") or "")
    if not name:
        kind, _colon, number = actor.partition(":")
        name = actions.name_of(int(number)) if kind == "agent" and number.isdecimal() else actor
    return f"{name} + {detail['seconded']}" if detail.get("seconded") else name


def _more(detail: Mapping[str, Any]) -> str:
    parts = [word(VERBS, str(detail["verb"])) if detail.get("verb") else "", str(detail.get("reference") or "")]
    parts += [f"{detail['amount']} €" if detail.get("amount") else "", str(detail.get("note") or "")]
    parts += [str(detail.get("why") or "")]
    return " · ".join(part for part in parts if part)


def act(agent: Agent, conversation_id: UUID, number: str, verb: str, said: Mapping[str, str]) -> None:
    """Do it, or ask for the second person that it takes. Raises `Refused` and `Taken`."""
    if verb == "draft":
        _draft(agent, conversation_id, number)
    else:
        _act(agent, conversation_id, number, verb, said)


def _draft(agent: Agent, conversation_id: UUID, number: str) -> None:
    """Another system is asked, which may take seconds: nothing is locked meanwhile."""
    person = Person(agent.id, agent.name)
    with transaction.atomic():
        conversation, case = _mine(agent, conversation_id, number, "draft")
    try:
        refunds.draft(case, person)
    except NotNow as problem:
        raise Refused(told(str(problem))) from problem
    except refunds.NotDrafted as problem:
        words = _("The shop's system prepared nothing: %(why)s. Try again in a while, or do it there by hand.")
        raise Refused(words % {"why": problem}) from problem
    record(conversation, "case", person.actor, case=case.number, verb="draft")


def _mine(agent: Agent, conversation_id: UUID, number: str, verb: str) -> tuple[Conversation, Case]:
    """The conversation, locked, and the case that the agent may act on. Raises `Refused` and `Taken`."""
    conversation = lock(conversation_id)
    actions.not_a_colleagues(agent, conversation)
    if not conversation.owner:
        raise Refused(_("This conversation is resolved. Open it again first."))
    case = next((each for each in _cases(conversation) if each.number == number), None)
    if case is None or verb not in VERBS:
        raise Refused(_("This case is not one of this conversation."))
    return conversation, case


@transaction.atomic
def _act(agent: Agent, conversation_id: UUID, number: str, verb: str, said: Mapping[str, str]) -> None:
    conversation, case = _mine(agent, conversation_id, number, verb)
    clean = {name: actions.clean(said.get(name, ""), required=False)[:500] for name in ("clause", "note", "amount")}
    amount = _amount(case, verb, clean["amount"])
    if verb == "approve" and casework.exception(case) and not clean["note"]:
        raise Refused(_("The rules would not grant this: write down why it is an exception."))
    if casework.needs_two(amount):
        _ask(agent, conversation, case, verb, clean, amount)
    else:
        _perform(conversation, case, verb, clean, Person(agent.id, agent.name))


def _cases(conversation: Conversation) -> list[Case]:
    numbers = [view.number for view in cases(conversation)]
    return list(Case.objects.filter(number__in=numbers).select_related("order"))


def _amount(case: Case, verb: str, said: str) -> Decimal:
    """Euros at stake. Raises `Refused` for an amount that is none, or more than was decided."""
    try:
        given = Decimal(said.replace("€", "").strip().replace(",", ".")) if verb == "refund" and said else None
        if given is not None and (not given.is_finite() or not 0 < given <= casework.refundable(case)):
            raise NotNow("amount")
        return casework.amount_of(case, verb, given).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Refused(told("amount")) from None
    except NotNow as problem:
        raise Refused(told(str(problem))) from problem


def told(code: str) -> str:
    """Why an act is not possible, for an agent."""
    return {
        "closed": _("This case is closed, so there is nothing to decide."),
        "decided": _("This case has been decided already."),
        "not_approved": _("Only a case that was approved and is open can be marked as refunded."),
        "undecided": _("This case waits for a decision: approve or refuse it first."),
        "refunded": _("This refund has been marked already."),
        "drafted": _("This refund is prepared already: the case says where."),
        "drafting": _("A colleague is preparing this refund at this moment."),
        "amount": _("Write an amount in euros that is not more than what was decided."),
        "clause": _("Choose the clause that it is refused with."),
        "nothing_to_send": _("There is nothing to send back in this case, so it has no label."),
    }.get(code, _("This case cannot be changed here."))


def _ask(
    agent: Agent, conversation: Conversation, case: Case, verb: str, said: dict[str, str], amount: Decimal
) -> None:
    try:
        casework.read(case)
        with transaction.atomic():
            SecondLook.objects.create(
                conversation=conversation, case=case.number, verb=verb, said=said, amount=amount, asked_by_id=agent.id
            )
    except NotNow as problem:
        raise Refused(told(str(problem))) from problem
    except IntegrityError:
        raise Refused(_("A second person has been asked for this already.")) from None
    log(case, "second_look", timezone.now(), actor=agent.owner, verb=verb, amount=str(amount), name=agent.name)
    words = _("%(name)s asks for a second person: %(verb)s, case %(case)s, %(amount)s €.")
    text = words % {"name": agent.name, "verb": word(VERBS, verb), "case": case.number, "amount": amount}
    append(conversation, Message.Author.SYSTEM, text, note=True)
    record(conversation, "second_look", agent.owner, case=case.number, verb=verb)


def _perform(conversation: Conversation, case: Case, verb: str, said: Mapping[str, str], person: Person) -> None:
    now, note = timezone.now(), said.get("note", "")
    try:
        if verb in ("approve", "refuse"):
            after = casework.decide(case, verb, person, now, clause=said.get("clause", ""), note=note)
            if conversation.facts.get("case") == case.number:
                conversation.facts = {**conversation.facts, "case": after.number}
                conversation.save()
        elif verb == "label":
            casework.new_label(case, person, now, note)
        elif verb == "finish":
            casework.finish(case, person, now, note)
        else:
            amount = _amount(case, "refund", said.get("amount", ""))
            casework.mark_refund(case, amount, person, now, note)
    except NotNow as problem:
        raise Refused(told(str(problem))) from problem
    record(conversation, "case", person.actor, case=case.number, verb=verb)


@transaction.atomic
def second(agent: Agent, conversation_id: UUID, look: str, *, confirm: bool) -> None:
    """The second person confirms or declines. Raises `Refused` for the one who asked, and for what is over."""
    conversation = lock(conversation_id)
    number = int(look) if look.isascii() and look.isdecimal() and len(look) < 10 else 0
    waiting = SecondLook.objects.select_for_update().filter(pk=number, conversation=conversation, state="waiting")
    asked = waiting.select_related("asked_by").first()
    if asked is None:
        raise Refused(_("Somebody has looked at this already."))
    if asked.asked_by_id == agent.id:
        raise Refused(_("A second person has to confirm this: you asked for it yourself."))
    state = SecondLook.State.CONFIRMED if confirm else SecondLook.State.DECLINED
    SecondLook.objects.filter(pk=asked.pk).update(state=state, decided_by_id=agent.id, decided_at=timezone.now())
    case = Case.objects.select_related("order").get(number=asked.case)
    first = actions.name_of(asked.asked_by_id)
    if confirm:
        _perform(conversation, case, asked.verb, asked.said, Person(asked.asked_by_id, first, agent.name))
        return
    log(case, "declined", timezone.now(), actor=agent.owner, verb=asked.verb, name=agent.name)
    record(conversation, "second_look", agent.owner, case=case.number, declined=True)


def waiting() -> list[SecondLook]:
    """Everything that waits for a second person, the oldest first."""
    found = SecondLook.objects.filter(state="waiting").select_related("asked_by", "conversation__identity__customer")
    return list(found.order_by("asked_at")[:200])
