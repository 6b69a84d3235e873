"""Which desk takes handoffs."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from bot.desk.desks.base import Desk

DESKS = {"own": "bot.desk.desks.own.OwnDesk", "chatwoot": "bot.desk.desks.chatwoot.ChatwootDesk"}


@cache
def desk(name: str) -> Desk:
    """The desk of that name. Raises KeyError for one that nobody wrote."""
    found: Desk = import_string(DESKS[name])()
    return found


def current() -> Desk:
    """The desk that `settings.DESK` names."""
    return desk(settings.DESK)
