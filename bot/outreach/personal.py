"""What is kept of whom the shop wrote to by itself (`bot.privacy.holders`)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.utils import timezone

from bot.outreach.gather import SHOP
from bot.outreach.models import Consent, Offered, Reach, Wish

MODELS: Mapping[str, tuple[str, str]] = {
    "outreach.Reach": ("emptied", "how many of a rule went out and were answered; a safety warning stays as it is, "
                       "because the shop has to show that it warned (GPSR, art. 35)"),
    "outreach.Wish": ("kept", "of somebody with orders: that they want nothing of the kind, under the shop's own id; "
                      "else as a keyed digest (privacy.Refusal)"),
    "outreach.Consent": ("deleted", "an agreement ends with who gave it; without one nothing is offered"),
    "outreach.Offered": ("emptied", "whether offering makes a difference"),
}  # fmt: skip
GONE = "erased"


class Person(Protocol):
    """What is read of `bot.privacy.person.Person`."""

    @property
    def names(self) -> Collection[str]: ...
    @property
    def talks(self) -> Collection[str]: ...
    @property
    def addresses(self) -> Collection[str]: ...


def export(person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """What went out, what was offered, and what they said about being written to."""
    return {
        "outreach": _rows(_reaches(person), "rule", "purpose", "channel", "order", "sku", "at", "answer"),
        "offered": _rows(_offered(person), "offer", "sku", "held_out", "at", "bought_at", "bought_order"),
        "wishes": _rows(Wish.objects.filter(person__in=person.names)),
        "agreements": _rows(_agreements(person), "channel", "address", "given", "source", "words", "at"),
    }


def _rows(rows: QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    return list(rows.values(*fields))


def _reaches(person: Person) -> QuerySet[Reach]:
    return Reach.objects.filter(Q(person__in=person.names) | Q(message__conversation__in=person.talks))


def _offered(person: Person) -> QuerySet[Offered]:
    return Offered.objects.filter(Q(person__in=person.names) | Q(conversation__in=person.talks))


def _agreements(person: Person) -> QuerySet[Consent]:
    mine = Q(pk=None)
    for each in person.addresses:
        channel, _colon, address = each.partition(":")
        mine |= Q(channel=channel, address=address)
    return Consent.objects.filter(mine)


def erase(person: Person) -> Mapping[str, int]:
    """Consent ends. Who has orders is written to no more by ourselves, but for their safety."""
    _reaches(person).filter(purpose="safety").update(message=None)
    count = 0
    for reach in _reaches(person).exclude(purpose="safety"):
        reach.key, reach.person, reach.order, reach.answer = f"{GONE}:{reach.pk}", GONE, "", _figure(reach.answer)
        reach.save(update_fields=["key", "person", "order", "answer"])
        count += 1
    count += _offered(person).update(person=GONE, bought_order="") + _agreements(person).delete()[0]
    Wish.objects.filter(person__in=person.names).exclude(person__startswith=SHOP).delete()
    for name in person.names:
        if name.startswith(SHOP):
            no_reminders(name, timezone.now())
    return {"outreach": count}


def _figure(answer: str) -> str:
    """A score or a yes; never words."""
    return answer if answer.isascii() and answer.replace("_", "").isalnum() and len(answer) <= 12 else ""


def no_reminders(name: str, since: datetime) -> None:
    """Somebody wants nothing that we begin ourselves, and whatever they agreed to before is over; named in
    `settings.NO_REMINDERS`."""
    since = said_no([name]) or since
    Wish.objects.filter(person=name).delete()
    Wish.objects.create(person=name, no_reminders_since=since, source="erasure")


def said_no(names: Collection[str]) -> datetime | None:
    """Since when somebody of these names has wanted no reminders; None where they said nothing."""
    wishes = Wish.objects.filter(person__in=names).exclude(no_reminders_since=None)
    return wishes.order_by("no_reminders_since").values_list("no_reminders_since", flat=True).first()


def expire(before: Mapping[str, datetime]) -> Mapping[str, int]:
    """Whom something old went to."""
    old = Reach.objects.filter(at__lt=before["outreach"]).exclude(person=GONE).exclude(purpose="safety")
    ids = list(old.values_list("pk", flat=True)[:200])
    for reach in Reach.objects.filter(pk__in=ids):
        reach.key, reach.person, reach.order = f"{GONE}:{reach.pk}", GONE, ""
        reach.save(update_fields=["key", "person", "order"])
    offered = Offered.objects.filter(at__lt=before["outreach"]).exclude(person=GONE)
    return {"outreach": len(ids) + offered.update(person=GONE, bought_order="")}
