"""What the desk and its tools keep of a customer (`bot.privacy.holders`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from bot.conversations.models import Message
from bot.desk.desks.models import DeskEvent, Handed
from bot.desk.models import Written
from bot.desk.search import sqlite
from bot.desk.security.models import AuditLine, StaffSession
from bot.desk.sorting.models import Correction, Sort
from bot.desk.tools.models import Deed, PastReply, SecondLook, Snooze

MODELS: Mapping[str, tuple[str, str]] = {
    "desk.ApiToken": ("nothing", "of agents"),
    "desk.Seen": ("kept", "how far an agent has read"),
    "desk.Written": ("deleted", ""),
    "floor.Presence": ("nothing", "of agents"),
    "desk_tools.Canned": ("nothing", "of the shop"),
    "desk_tools.Team": ("nothing", "of agents"),
    "desk_tools.TeamOf": ("kept", "which team had how many"),
    "desk_tools.Snooze": ("emptied", "how often something was put aside"),
    "desk_tools.Join": ("kept", "that two conversations were one matter"),
    "desk_tools.Deed": ("deleted", ""),
    "desk_tools.PastReply": ("deleted", "with its vector"),
    "desk_tools.SecondLook": ("emptied", "which act about a case was confirmed by whom"),
    "desk_sorting.Sort": ("kept", "what kind of conversation it was"),
    "desk_sorting.Correction": ("deleted", "with its vector"),
    "desk_sorting.Skills": ("nothing", "of agents"),
    "desk_desks.Handed": ("deleted", "what another desk was told has to be erased there"),
    "desk_desks.DeskEvent": ("nothing", "names of webhooks"),
    "desk_security.StaffSession": ("nothing", "of agents"),
    "desk_security.AuditLine": ("nothing", "of agents"),
}


class Person(Protocol):
    """What is read of `bot.privacy.person.Person`."""

    @property
    def talks(self) -> Collection[str]: ...
    @property
    def identities(self) -> Collection[int]: ...


def export(person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """What the desk concluded and noted, beside the conversations themselves."""
    return {
        "sorted": list(_of(Sort, person).values("conversation_id", "aspect", "value", "confidence", "at")),
        "corrected": list(_of(Correction, person).values("conversation_id", "aspect", "after", "text", "at")),
        "put_aside": list(_of(Snooze, person).exclude(note="").values("conversation_id", "note", "created_at")),
        "elsewhere": list(_of(Handed, person).values("conversation_id", "desk", "external_id")),
    }


def _of(model: Any, person: Person) -> Any:
    return model._default_manager.filter(conversation__in=person.talks)


def erase(person: Person) -> Mapping[str, int]:
    """Examples that agents learn from go with their vectors; notes are emptied."""
    lines = Message.objects.filter(Q(conversation__in=person.talks) | Q(identity__in=person.identities))
    gone = PastReply.objects.filter(message__in=lines).delete()[0]
    gone += Written.objects.filter(message__in=lines).delete()[0]
    for model in (Correction, Deed, Handed):
        gone += _of(model, person).delete()[0]
    now = timezone.now()
    _of(Snooze, person).update(note="")
    _of(Snooze, person).filter(ended_at=None).update(ended_at=now, ended_by="owner")
    looks = _of(SecondLook, person)
    looks.filter(state=SecondLook.State.WAITING).update(state=SecondLook.State.DECLINED, decided_at=now)
    looks.update(said={})
    return {"examples": gone}


def erase_elsewhere(person: Person) -> Mapping[str, int]:
    """The index of words follows the lines by itself, but keeps deleted ones for a while unless it is told not to."""
    if connection.vendor == "sqlite" and person.talks:
        sqlite.forget_deleted(connection)
    return {}


def expire(before: Mapping[str, datetime]) -> Mapping[str, int]:
    """Examples that are too old, and what was done to accounts."""
    gone = (
        PastReply.objects.filter(at__lt=before["examples"])
        .exclude(question="", answer="")
        .update(question="", answer="", vector=b"")
    )
    gone += Correction.objects.filter(at__lt=before["examples"]).delete()[0]
    audit = AuditLine.objects.filter(at__lt=before["audit"]).delete()[0]
    audit += StaffSession.objects.filter(ended_at__lt=before["audit"]).delete()[0]
    audit += DeskEvent.objects.filter(at__lt=before["audit"]).delete()[0]
    return {"examples": gone, "audit": audit}
