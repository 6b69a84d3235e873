"""A customer over all their channels: where they are known, why that is one person, and everything that was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import pgettext

from bot.conversations import customers, move_requests, reaching
from bot.conversations.models import Conversation, Customer, Identity, Message, Move
from bot.desk.actions import name_of
from bot.desk.labels import CHANNELS, PROOFS, word

PAGE = 100


@dataclass(frozen=True)
class IdentityView:
    """An identity, or `times` visits to the web: every browser that a customer uses is another identity. `offers`:
    since when the shop may send offers there."""

    channel: str
    name: str
    here: bool
    times: int = 1
    offers: datetime | None = None


@dataclass(frozen=True)
class MergeView:
    """Why two identities are one customer, by whom and when (UTC). `undone_by` is "" while the proof holds."""

    id: int
    one: str
    other: str
    why: str
    evidence: str
    by: str
    at: datetime
    undone_at: datetime | None
    undone_by: str


@dataclass(frozen=True)
class MoveView:
    before: str
    after: str
    at: datetime | None
    undone: bool


@dataclass(frozen=True)
class OneCustomer:
    identities: tuple[IdentityView, ...]
    merges: tuple[MergeView, ...]
    moves: tuple[MoveView, ...]
    can_undo_move: bool
    lines: int
    reminders: bool
    targets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class History:
    messages: tuple[Message, ...]
    count: int
    more: bool


def one_customer(conversation: Conversation) -> OneCustomer:
    customer = conversation.identity.customer
    gone, wanted = moves(conversation), reaching.wanted(customer)
    return OneCustomer(
        identities=tuple(_identities(conversation, wanted)),
        merges=tuple(_merges(customer)),
        moves=tuple(MoveView(each.source.channel, each.channel, each.used_at, bool(each.undone_at)) for each in gone),
        can_undo_move=any(not each.undone_at for each in gone),
        lines=_lines(customer).count(),
        reminders=wanted.reminders,
        targets=tuple((kind, word(CHANNELS, kind)) for kind in _targets(conversation)),
    )


def _identities(conversation: Conversation, wanted: reaching.Wanted) -> list[IdentityView]:
    known = list(conversation.identity.customer.identities.order_by("pk"))
    visits = [each for each in known if each.channel == "web"]
    shown = [each for each in known if each not in visits or len(visits) == 1]
    views = [
        IdentityView(each.channel, _name(each), each.pk == conversation.identity_id, offers=wanted.offers.get(each.pk))
        for each in shown
    ]
    if len(visits) > 1:
        here = conversation.identity_id in {each.pk for each in visits}
        views.append(IdentityView("web", "", here, len(visits)))
    return views


def moves(conversation: Conversation) -> list[Move]:
    """The times that the conversation went on elsewhere, in order."""
    return list(conversation.moves.exclude(used_at=None).select_related("source").order_by("used_at", "pk"))


def history(customer: Customer, page: int = 1) -> History:
    """All lines between a customer and the shop, each on its channel: the newest page first, in order within it."""
    lines = _lines(customer).select_related("agent", "delivery", "identity").order_by("-created_at", "-seq")
    end = page * PAGE
    found = list(lines[end - PAGE : end + 1])
    return History(tuple(reversed(found[:PAGE])), lines.count(), len(found) > PAGE)


def _lines(customer: Customer) -> QuerySet[Message]:
    return Message.objects.filter(identity__customer=customer)


def _targets(conversation: Conversation) -> list[str]:
    return [kind for kind in move_requests.reachable() if kind != conversation.channel]


def _merges(customer: Customer) -> list[MergeView]:
    return [
        MergeView(
            id=each.pk,
            one=_called(each.one),
            other=_called(each.other),
            why=word(PROOFS, each.proof),
            evidence=each.evidence if each.proof in customers.FOUND_BY_ITSELF else "",
            by=_actor(each.actor),
            at=each.at,
            undone_at=each.undone_at,
            undone_by=_actor(each.undone_by),
        )
        for each in customers.merges_of(customer)
    ]


def _called(identity: Identity) -> str:
    return f"{word(CHANNELS, identity.channel)} {_name(identity)}".strip()


def _name(identity: Identity) -> str:
    """What an agent can recognise an identity by; a web visitor's id means nothing to anyone."""
    if identity.channel == "web":
        return f"#{identity.pk}"
    return identity.phone or identity.external_id


def _actor(actor: str) -> str:
    kind, _, number = actor.partition(":")
    if kind == "agent":
        return name_of(int(number)) if number.isdecimal() else pgettext("desk", "Agent")
    return {"customer": pgettext("desk", "Customer"), "system": pgettext("desk", "System"), "": ""}.get(kind, kind)
