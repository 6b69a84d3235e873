"""Every way that a call-back changes. Each verb runs in one transaction and is safe to repeat."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import phonenumbers
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from bot.conversations import notices
from bot.conversations.calls.models import CallBack
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Message, record
from bot.conversations.writing import append, lock
from channels import registry
from channels.base import ChannelError
from channels.voice.calls import CallReport

State = CallBack.State
# A report that comes late never takes a call back to where it was before.
RANK = {State.CALLING: 1, State.RINGING: 2, State.TALKING: 3}


class BadCall(ValueError):
    """The call cannot be asked for or made like this; the text says what to change."""


def normal_phone(text: str) -> str:
    """`text` as E.164; a number without country code is taken as the shop's. Raises `BadCall`."""
    try:
        number = phonenumbers.parse(text, settings.SHOP_PHONE_REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise BadCall(_("That is not a telephone number that can be called. Write it with its country code, such as "
                        "+34 600 111 222."))  # fmt: skip
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def inside_hours(wanted: datetime | None, now: datetime) -> datetime:
    """The first moment from `wanted` on, and not before `now`, at which the team is there."""
    moment = max(wanted or now, now)
    opening: datetime = moment if notices.hours.open_now(moment) else notices.hours.next_opening(moment)
    return opening.astimezone(now.tzinfo)


@transaction.atomic
def ask(
    conversation_id: UUID, phone: str, actor: str, wanted: datetime | None = None, about: str = "", *, tell: bool = True
) -> CallBack:
    """Make a call-back, or change the open one: there is one a conversation. Raises `BadCall`.

    `wanted` is moved to the opening hours; the customer is told the moment unless `tell` is off.
    """
    conversation = lock(conversation_id)
    with translation.override(conversation.language):
        number = normal_phone(phone)
    due = inside_hours(wanted, timezone.now())
    call, created = CallBack.objects.get_or_create(
        conversation=conversation, closed_at=None, defaults={"phone": number, "due_at": due, "about": about[:300]}
    )
    same = call.state == State.WANTED and call.phone == number and (wanted is None or call.due_at == due)
    if call.state in RANK or (same and not created):
        return call
    call.phone, call.due_at, call.about = number, due, about[:300] or call.about
    call.state, call.problem = State.WANTED, ""
    call.save()
    _note(call, actor, "asked")
    if tell:
        append(conversation, Message.Author.SYSTEM, notices.will_call(conversation.language, number, due))
    return call


@transaction.atomic
def begin(call_id: UUID, agent_id: int, agent_phone: str) -> CallBack:
    """The agent starts the call: a new try. Raises `BadCall` for one that runs or is over."""
    call = _locked(call_id)
    if call.closed_at or call.state in RANK:
        raise BadCall(_("This call is being made, or is over: reload the page."))
    call.agent_phone = normal_phone(agent_phone)
    call.agent_id, call.state, call.problem, call.call_id = agent_id, State.CALLING, "", ""
    call.attempt += 1
    call.save()
    _note(call, f"agent:{agent_id}", "calling")
    return call


async def connect(call: CallBack) -> None:
    """Ring both, and keep what Twilio says. Where nobody knows, the call is `uncertain` and not made again."""
    try:
        sid = await registry.telephone().connect(call.reference, call.agent_phone, call.phone)
    except ChannelError as error:
        await on_database(_refused, call, error)
    else:
        await on_database(_placed, call, sid)


@transaction.atomic
def _placed(call: CallBack, sid: str) -> None:
    CallBack.objects.filter(pk=call.pk, attempt=call.attempt).update(call_id=sid)


@transaction.atomic
def _refused(call: CallBack, error: ChannelError) -> None:
    present = _locked(call.pk)
    if present.attempt != call.attempt or present.state != State.CALLING:
        return
    present.state = State.UNCERTAIN if error.kind == "uncertain" else State.FAILED
    present.problem = (error.code or error.kind)[:40]
    present.save()
    _note(present, "system", present.state)


@transaction.atomic
def merge(report: CallReport) -> None:
    """Take in a report: in whatever order and however often they come, the call goes only forward."""
    call_id, _dot, attempt = report.reference.partition(".")
    try:
        call = _locked(UUID(call_id))
    except (ValueError, CallBack.DoesNotExist):
        return
    if attempt != str(call.attempt) or call.state not in (*RANK, State.UNCERTAIN):
        return
    state = _after(report)
    if state is None or (state in RANK and RANK[state] <= RANK.get(State(call.state), 0)):
        return
    call.state, call.seconds = state, max(call.seconds, report.seconds if report.leg == "customer" else 0)
    call.problem = f"{report.leg}:{report.progress}" if state in (State.MISSED, State.FAILED, State.WANTED) else ""
    if state == State.DONE:
        call.closed_at = timezone.now()
    call.save()
    _note(call, "provider", state)


def _after(report: CallReport) -> CallBack.State | None:
    """What a report makes of the call. That the agent picked up is not yet a talk, that they hung up not its end."""
    if report.leg == "agent":
        unreached = report.progress in ("busy", "no_answer", "failed")
        return State.WANTED if unreached else None
    if report.progress in ("busy", "no_answer"):
        return State.MISSED
    ends = {"ringing": State.RINGING, "talking": State.TALKING, "over": State.DONE, "failed": State.FAILED}
    return ends[report.progress]


@transaction.atomic
def close(call_id: UUID, actor: str, state: str, note: str = "") -> CallBack:
    """The agent says how it ended: `done`, `missed` (tried again later) or `cancelled`. Raises `BadCall`."""
    if state not in (State.DONE, State.MISSED, State.CANCELLED):
        raise BadCall(_("A call ends as done, missed or cancelled."))
    call = _locked(call_id)
    if call.closed_at:
        return call
    call.state, call.note = state, note or call.note
    call.closed_at = None if state == State.MISSED else timezone.now()
    call.save()
    _note(call, actor, state)
    return call


def _locked(call_id: UUID) -> CallBack:
    conversation = CallBack.objects.values_list("conversation", flat=True).get(pk=call_id)
    lock(conversation)
    return CallBack.objects.select_related("conversation").get(pk=call_id)


def _note(call: CallBack, actor: str, verb: str) -> None:
    conversation: Conversation = call.conversation
    record(conversation, "call", actor, id=str(call.pk), verb=str(verb), attempt=call.attempt)
