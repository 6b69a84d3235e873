"""Who has agreed to offers and news, and where: per address of a channel, the last thing that was said counts.

Every change is a row of its own with how it was made, because a shop has to be able to show it (GDPR, article 7.1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Q

from bot.conversations.models import Identity
from bot.outreach.models import Consent

type Spot = tuple[str, str]


def last(spots: Iterable[Spot]) -> Mapping[Spot, Consent]:
    """What was last said at each of these (channel, address); nothing for those that never said anything."""
    wanted = Q(pk=None)
    for channel, address in set(spots):
        wanted |= Q(channel=channel, address=address)
    return {(each.channel, each.address): each for each in Consent.objects.filter(wanted).order_by("at", "pk")}


def agreed(spots: Iterable[Spot]) -> frozenset[Spot]:
    """Those to which offers and news may go now."""
    return frozenset(spot for spot, said in last(spots).items() if said.given)


def refused(identities: Iterable[Identity]) -> bool:
    """Whether they have taken an agreement back at one of these and not given it again."""
    return any(not each.given for each in last((one.channel, one.external_id) for one in identities).values())


def say(spot: Spot, given: bool, source: Consent.Source, words: str = "") -> bool:
    """Write down that they agree, or do not any more; False where that was known. `words`: what they said or read."""
    before = last([spot]).get(spot)
    if before is not None and before.given == given:
        return False
    Consent.objects.create(channel=spot[0], address=spot[1], given=given, source=source, words=words[:500])
    return True
