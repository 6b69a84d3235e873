"""What the dialogue engine remembers of a customer, and its end.

The engine keeps what was said in its own store, outside our database: it is asked to forget, and asked again for as
long as it does not answer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from bot.conversations.models import BOT, NOBODY, Conversation
from bot.dialogue.engine import forget

MODELS: Mapping[str, tuple[str, str]] = {}
AT_ONCE = 100


class Person(Protocol):
    """What is read of `bot.privacy.person.Person`."""

    @property
    def talks(self) -> Collection[str]: ...


def export(person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """Nothing of its own: it keeps the words of the conversations, which are told there, for as long as one goes on."""
    return {}


def erase(person: Person) -> Mapping[str, int]:
    """Nothing in the database; see `erase_elsewhere`."""
    return {}


def erase_elsewhere(person: Person) -> Mapping[str, int]:
    """Make the engine forget these conversations. Raises DialogueError while it does not answer."""
    return {"trackers": forget(sorted(person.talks))}


def expire(before: Mapping[str, datetime]) -> Mapping[str, int]:
    """The engine's memory of conversations that are over; a customer who comes back begins anew."""
    quiet = Conversation.objects.filter(owner__in=(BOT, NOBODY), turn_due_at=None, updated_at__lt=before["trackers"])
    over = quiet.filter(fresh=False)
    ids = list(over.order_by("updated_at").values_list("pk", flat=True)[:AT_ONCE])
    forgotten = forget([str(pk) for pk in ids])
    quiet.filter(pk__in=ids).update(fresh=True)
    return {"trackers": forgotten}
