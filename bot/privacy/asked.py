"""Whom a command is about."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import CommandError

from bot.privacy.find import customers_by, person_of
from bot.privacy.person import Person

WHO = (
    "the customer's number, a conversation's id, a phone (+34600111001), a mail address, channel:external-id, "
    "an order's number, or the shop's own id of them"
)
LANGUAGE = settings.LANGUAGE_CODE


def the_one(who: str) -> Person:
    """The customer that this names. Raises CommandError where there is none, or more than one."""
    found = customers_by(who)
    if not found:
        raise CommandError(f"No customer is known by {who!r}. Give {WHO}.")
    if len(found) > 1:
        numbers = ", ".join(str(pk) for pk in found)
        raise CommandError(f"{who!r} names several customers: {numbers}. Give the number of one of them.")
    return person_of(found[0])
