"""Putting a conversation aside until a time; it comes back by itself, also when the customer writes before that."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bot.conversations.models import Conversation, Message, record
from bot.conversations.writing import append, lock
from bot.desk.access import SHOP_TIME, Agent
from bot.desk.refusals import Refused
from bot.desk.tools.models import Snooze

LONGEST = timedelta(days=92)
MORNING = 9
CHOICES = ("hour", "afternoon", "tomorrow", "monday", "reply")


def moment(said: str, now: datetime | None = None) -> datetime | None:
    """When to come back (UTC), from one of CHOICES or a local date and time; None for "reply": when they write.

    Raises `Refused` for what is no time, past, or more than three months away.
    """
    now = now or timezone.now()
    local = timezone.localtime(now, SHOP_TIME)
    if said == "reply":
        return None
    if said == "hour":
        return now + timedelta(hours=1)
    if said in CHOICES:
        return _named(said, local)
    try:
        found = parse_datetime(said)
    except ValueError:
        found = None
    if found is None:
        raise Refused(_("Choose when it is to come back."))
    if timezone.is_naive(found):
        found = timezone.make_aware(found, SHOP_TIME)
    if not now < found <= now + LONGEST:
        raise Refused(_("Choose a time that is still to come, within three months."))
    return found


def _named(said: str, local: datetime) -> datetime:
    """Four in the afternoon (of tomorrow, when that is over), or nine in the morning of a coming day."""
    if said == "afternoon":
        at = local.replace(hour=16, minute=0, second=0, microsecond=0)
        return at if at > local else at + timedelta(days=1)
    days = 1 if said == "tomorrow" else (7 - local.weekday()) or 7
    return (local + timedelta(days=days)).replace(hour=MORNING, minute=0, second=0, microsecond=0)


def put_to_sleep(agent: Agent, conversation: Conversation, until: str, note: str) -> dict[str, Any]:
    """The caller holds the conversation. Raises `Refused`."""
    if conversation.owner != agent.owner:
        raise Refused(_("Take the conversation first: only your own can be put aside."))
    when = moment(until)
    wake(conversation, "agent")
    snooze = Snooze.objects.create(conversation=conversation, agent_id=agent.id, until=when, note=note[:300])
    record(conversation, "snooze", agent.owner, until=when.isoformat() if when else None)
    return {"snooze": snooze.pk}


def asleep(conversation: Conversation) -> Snooze | None:
    """The open snooze of a conversation."""
    return Snooze.objects.filter(conversation=conversation, ended_at=None).first()


def put_aside() -> QuerySet[Snooze, UUID]:
    """Where an agent waits on purpose, or had the conversation back only a moment ago. See `settings.PUT_ASIDE`."""
    back = Q(ended_by="time", ended_at__gt=timezone.now() - settings.AGENT_SILENCE)
    return Snooze.objects.filter(Q(ended_at=None) | back).values_list("conversation", flat=True)


def wake(conversation: Conversation, by: str) -> Snooze | None:
    """End the open snooze, if there is one, in the caller's transaction."""
    snooze = asleep(conversation)
    if snooze is None:
        return None
    ended = Snooze.objects.filter(pk=snooze.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by)
    if ended:
        record(conversation, "snooze", "", woke=by)
    return snooze if ended else None


def wake_due() -> int:
    """Bring back everything whose time has come, with what the agent wrote down then; tell how many."""
    due = Snooze.objects.filter(ended_at=None, until__lte=timezone.now()).values_list("conversation", flat=True)[:100]
    return sum(_wake_due(pk) for pk in list(due))


@transaction.atomic
def _wake_due(conversation_id: UUID) -> bool:
    conversation = lock(conversation_id)
    snooze = wake(conversation, "time")
    if snooze is None:
        return False
    since = date_format(timezone.localtime(snooze.created_at, SHOP_TIME), "j M H:i")
    words = _("Back from %(since)s.") % {"since": since}
    append(conversation, Message.Author.SYSTEM, f"{words} {snooze.note}".strip(), note=True)
    return True
