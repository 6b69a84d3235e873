"""What this package itself keeps, and what lies in log files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.conversations.models import Identity
from bot.outreach.personal import said_no
from bot.privacy import log_files, refusals
from bot.privacy.models import Refusal
from bot.privacy.person import Person

MODELS: Mapping[str, tuple[str, str]] = {
    "privacy.Erasure": ("emptied", "that somebody was erased, when and by whom; never who"),
    "privacy.Refusal": ("kept", "a keyed digest, so that who wanted none of our messages gets none"),
}


def export(person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """A digest says nothing that the identities do not say."""
    return {}


def erase(person: Person) -> Mapping[str, int]:
    """Before anything goes: remember who wants none of our messages. Stands first among the holders."""
    kept = Refusal.objects.count()
    since = said_no(person.names)
    theirs = Identity.objects.filter(pk__in=person.identities).exclude(external_id__startswith="erased-")
    for identity in theirs:
        if identity.stopped:
            refusals.keep(identity, refusals.NOTHING, identity.stopped)
        elif since:
            refusals.keep(identity, refusals.NO_REMINDERS, since=since)
    return {"refusals": Refusal.objects.count() - kept}


def erase_elsewhere(person: Person) -> Mapping[str, int]:
    """Names and addresses that stand in a log file are written over."""
    return {"logs": log_files.blank_out(person.words)}


def expire(before: Mapping[str, datetime]) -> Mapping[str, int]:
    """Log files that are too old."""
    return {"logs": log_files.forget(before["logs"])}
