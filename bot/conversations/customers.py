"""One customer: which identities are the same person, by what proof, and how that is undone.

A proof joins two identities; identities joined by proofs that hold are one customer. Names, e-mails and what people
say of themselves prove nothing. Being one customer is for the shop's own view: it opens no order and shows no line to
anybody, because what an identity may see is proven by that identity itself, in the conversation it is in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bot.conversations.models import Conversation, Customer, Identity, Merge, record

# Numbers are handed on: a number that nobody has written from for longer than this no longer says who that was.
PHONE_SAYS_WHO = timedelta(days=180)
# How sure a proof of being a customer of the shop is; a weaker one never replaces a stronger one.
SURENESS = {"": 0, "order": 1, "channel": 2, "sign_in": 2}
# What is found without anybody asking for it: not again after an agent has undone it.
FOUND_BY_ITSELF = (Merge.Proof.PHONE, Merge.Proof.ORDER)


@dataclass(frozen=True)
class Refused:
    """Why two identities stay two customers: `conflict` (proven as different customers of the shop) or `undone`."""

    why: str


def is_known(identity: Identity, reference: str, by: str) -> bool:
    """Whether such a proof would say nothing new: every turn after a proof brings it again."""
    return identity.known_as == reference and not _surer(identity, by)


def _surer(identity: Identity, by: str) -> bool:
    return SURENESS[by] > SURENESS.get(identity.known_by, 0)


@transaction.atomic
def prove(identity: Identity, reference: str, by: str, name: str = "") -> None:
    """Somebody at this identity has proven to be the shop's customer `reference`; `by` is a key of `SURENESS`.

    The first of two equal proofs stays: who helps a friend with an order does not become the friend. Nor does an
    identity whose customer is already known as somebody else.
    """
    if by not in SURENESS or not by:
        raise ValueError(f"unknown proof {by!r}; the known ones are {', '.join(filter(None, SURENESS))}")
    identity = Identity.objects.select_for_update().get(pk=identity.pk)
    surer = _surer(identity, by)
    joined = _joined(identity.pk)
    if _references(joined - {identity.pk}) - {reference} or (identity.known_as not in ("", reference) and not surer):
        return
    if surer:
        identity.known_as, identity.known_by = reference, by
        identity.name = (name or identity.name)[:160]
        identity.save()
        _settle(joined)
    others = Identity.objects.filter(known_as=reference).exclude(pk=identity.pk).order_by("pk")
    if twin := others.first():
        merge(identity, twin, Merge.Proof.ORDER, actor="system", evidence=reference)


def recognise_phone(identity: Identity) -> None:
    """The channel vouches for a phone that is new for this identity: another channel may know it already."""
    if not identity.phone:
        return
    fresh = timezone.now() - PHONE_SAYS_WHO
    known = Identity.objects.filter(phone=identity.phone, last_inbound_at__gt=fresh).exclude(pk=identity.pk)
    for twin in known.exclude(channel=identity.channel).order_by("pk"):
        merge(identity, twin, Merge.Proof.PHONE, actor="system", evidence=f"…{identity.phone[-3:]}")


@transaction.atomic
def merge(one: Identity, other: Identity, proof: Merge.Proof, *, actor: str, evidence: str = "") -> Merge | Refused:
    """Record a proof that these are the same person, and make them one customer. The same proof again is the same."""
    first, second = sorted((one.pk, other.pk))
    if first == second:
        raise ValueError("an identity is the same person as itself; nothing is to be proven")
    known = Merge.objects.filter(one=first, other=second, proof=proof)
    if present := known.filter(undone_at=None).first():
        return present
    ours, theirs = _joined(first), _joined(second)
    if proof in FOUND_BY_ITSELF and _taken_apart(ours, theirs):
        return Refused("undone")
    if len(_references(ours | theirs)) > 1:
        _log(one, "merge_refused", actor, proof=proof, other=other.pk, why="conflict")
        return Refused("conflict")
    made = Merge.objects.create(one_id=first, other_id=second, proof=proof, evidence=evidence, actor=actor)
    _settle(ours | theirs)
    _log(one, "merge", actor, merge=made.pk, proof=proof, identities=[first, second])
    return made


@transaction.atomic
def undo(merge_id: int, actor: str) -> bool:
    """Take a proof back. Identities that nothing else joins are customers of their own again; tell whether it changed.

    The same two are not joined again by a phone or an order, only by what the customer does: a code, a link, a button.
    """
    found = Merge.objects.select_for_update().get(pk=merge_id)
    if found.undone_at:
        return False
    before = _joined(found.one_id)
    found.undone_at, found.undone_by = timezone.now(), actor
    found.save()
    for part in {frozenset(_joined(pk)) for pk in before}:
        _settle(part)
    _log(found.one, "merge_undone", actor, merge=found.pk, proof=found.proof)
    return True


def merges_of(customer: Customer) -> list[Merge]:
    """Why these identities are one customer, oldest first, with what was undone."""
    of = Q(one__customer=customer) | Q(other__customer=customer)
    return list(Merge.objects.filter(of).select_related("one", "other").order_by("pk"))


def _joined(identity_id: int) -> set[int]:
    """Every identity that proofs which hold join with this one, itself included."""
    found, border = {identity_id}, {identity_id}
    while border:
        holds = Merge.objects.filter(Q(one__in=border) | Q(other__in=border), undone_at=None)
        border = {pk for pair in holds.values_list("one", "other") for pk in pair} - found
        found |= border
    return found


def _taken_apart(ours: Collection[int], theirs: Collection[int]) -> bool:
    undone = Merge.objects.exclude(undone_at=None)
    return undone.filter(Q(one__in=ours, other__in=theirs) | Q(one__in=theirs, other__in=ours)).exists()


def _references(identities: Iterable[int]) -> set[str]:
    known = Identity.objects.filter(pk__in=identities).exclude(known_as="")
    return set(known.values_list("known_as", flat=True))


def _settle(identities: Collection[int]) -> None:
    """Give joined identities one customer: the one that the best known of them began as."""
    members = list(Identity.objects.select_for_update().filter(pk__in=identities).order_by("pk"))
    best = min(members, key=lambda each: (-SURENESS.get(each.known_by, 0), not each.known_as, each.pk))
    home = _origin(best)
    home.shop_customer = best.known_as
    home.name = best.name if best.known_as else next((each.name for each in members if each.name), "")
    home.save()
    Identity.objects.filter(pk__in=[each.pk for each in members]).update(customer=home)


def _origin(identity: Identity) -> Customer:
    """The customer that an identity began as; a new one where that was erased."""
    if identity.origin is None:
        identity.origin = Customer.objects.create(name=identity.name)
        identity.save()
    return identity.origin


def _log(identity: Identity, kind: str, actor: str, **data: object) -> None:
    conversation = Conversation.objects.filter(identity=identity).order_by("-arrived_at").first()
    if conversation:
        record(conversation, kind, actor, **data)
