"""What the sandbox's phones and stand-in providers keep (`bot.privacy.holders`): what real ones keep is theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from bot.sandbox.models import Phone, ProviderFile, ProviderMessage

MODELS: Mapping[str, tuple[str, str]] = {
    "sandbox.Phone": ("deleted", ""),
    "sandbox.ProviderMessage": ("deleted", ""),
    "sandbox.ProviderFile": ("deleted", ""),
    "sandbox.ProviderContent": ("nothing", "templates and buttons of the shop"),
}


class Person(Protocol):
    """What is read of `bot.privacy.person.Person`."""

    @property
    def addresses(self) -> Collection[str]: ...


def export(person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """Nothing that is not in the conversations too."""
    return {}


def erase(person: Person) -> Mapping[str, int]:
    """The phone, what stands in it, and the files of its messages."""
    phones = _phones(person)
    names = ProviderMessage.objects.filter(phone__in=phones).values_list("provider_id", flat=True)
    gone = ProviderFile.objects.filter(provider_id__in=list(names)).delete()[0]
    return {"sandbox": gone + phones.delete()[0]}


def _phones(person: Person) -> QuerySet[Phone]:
    mine = Q(pk=None)
    for each in person.addresses:
        channel, _, address = each.partition(":")
        mine |= Q(channel=channel, identity__in=[address, address.removeprefix(f"{channel}:")])
    return Phone.objects.filter(mine)


def expire(before: Mapping[str, datetime]) -> Mapping[str, int]:
    """Old messages and files."""
    old = ProviderMessage.objects.filter(created_at__lt=before["sandbox"]).order_by("pk")[:500]
    gone = ProviderMessage.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]
    return {"sandbox": gone + ProviderFile.objects.filter(created_at__lt=before["sandbox"]).delete()[0]}
