"""One look: are the contacts about a fault of a lot, or of a whole product, too many? Pure numbers, no database.

Days are counted as floats from any zero; a unit is exposed from its delivery on, more so in its first weeks, as the
contacts about all lots of the product show.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from bot.insights.radar.rare import LEAST, WINDOWS, Evidence, chance

# (day, lot, delivered) of a contact.
type Heard = tuple[float, str, float]
# Ages at which the rate may change, in days: the first weeks, the rest of the first half year, later.
AGES = (0.0, 45.0, 180.0, 1e9)
# What lay before is not compared with: a product changes, and so do those who write.
MEMORY = 365.0
PAUSE = 30.0
# A lot is blamed for its product's alarm when its own contacts are so unlikely and explain half of the excess.
BLAMED, BLAMED_LEAST = 0.001, 2
# Contacts' worth of supposing that age does not matter.
SUPPOSED = 10.0


@dataclass(frozen=True)
class Contact:
    """Somebody wrote about `problem` of a unit of `lot` of `product`, delivered on `delivered`."""

    day: float
    product: str
    lot: str
    problem: str
    delivered: float


class Units:
    """Deliveries of some units, ready for asking how long they were out there."""

    def __init__(self, days: Iterable[float]) -> None:
        self.days = sorted(days)
        self.sums = [0.0, *accumulate(self.days)]

    def owned(self, day: float) -> float:
        """Unit-days from the deliveries to `day`."""
        count = bisect_right(self.days, day)
        return count * day - self.sums[count]

    def exposure(self, since: float, until: float, weights: Sequence[float]) -> float:
        """Unit-days between two days, each weighted by the unit's age at that time."""
        total = 0.0
        for (youngest, oldest), weight in zip(pairwise(AGES), weights, strict=True):
            inside = self.owned(until - youngest) - self.owned(since - youngest)
            total += weight * (inside - self.owned(until - oldest) + self.owned(since - oldest))
        return total


class Sold:
    """Deliveries of a product, by lot and all together."""

    def __init__(self, deliveries: Iterable[tuple[str, float]]) -> None:
        by_lot: dict[str, list[float]] = defaultdict(list)
        for lot, day in deliveries:
            by_lot[lot].append(day)
        self.lots = {lot: Units(days) for lot, days in by_lot.items()}
        self.all = Units(day for days in by_lot.values() for day in days)

    def of(self, lot: str) -> Units:
        """The units of a lot; of all lots for the empty name."""
        return self.lots.get(lot) or Units(()) if lot else self.all


@dataclass
class Radar:
    """Takes in contacts one by one, in order, and tells when one makes too many.

    `rings_below` is the chance from `rare.threshold`. What has rung for a lot and problem stays silent for it, and for
    its product, for `PAUSE` days after the last contact that belongs to it.
    """

    sold: dict[str, Sold]
    rings_below: float
    past: dict[tuple[str, str], list[Heard]] = field(default_factory=lambda: defaultdict(list))
    rung: dict[tuple[str, str, str], float] = field(default_factory=dict)

    def take(self, contact: Contact) -> tuple[str, Evidence] | None:
        """(the lot, or empty for the whole product, and the evidence) when this contact rings; else None."""
        mine = self.past[contact.product, contact.problem]
        insort(mine, (contact.day, contact.lot, contact.delivered))
        if self._silenced(contact):
            return None
        for lot in (contact.lot, "") if contact.lot else ("",):
            found = self.look(contact.product, contact.problem, lot, contact.day)
            if found and found.chance < self.rings_below:
                lot, found = (lot, found) if lot else self._blamed(contact, found)
                self.rung[contact.product, lot, contact.problem] = contact.day
                return lot, found
        return None

    def _blamed(self, contact: Contact, found: Evidence) -> tuple[str, Evidence]:
        """When a whole product rings: the one lot that explains it, if one does, else the product."""
        since = contact.day - found.window
        lots = Counter(lot for at, lot, _d in self.past[contact.product, contact.problem] if at > since and lot)
        for lot, count in lots.most_common(1):
            own = self.look(contact.product, contact.problem, lot, contact.day, least=BLAMED_LEAST)
            if own and own.chance < BLAMED and 2 * count >= found.contacts - found.expected:
                return lot, own
        return "", found

    def _silenced(self, contact: Contact) -> bool:
        silent = False
        for lot in {contact.lot, ""}:
            key = (contact.product, lot, contact.problem)
            if key in self.rung and contact.day - self.rung[key] <= PAUSE:
                self.rung[key] = contact.day
                silent = True
        return silent

    def look(self, product: str, problem: str, lot: str, day: float, least: int = LEAST) -> Evidence | None:
        """The least likely of all windows that end on `day`; None while there are too few contacts."""
        contacts = self.past[product, problem]
        begin = bisect_left(contacts, (day - MEMORY, "", 0.0))
        end = bisect_right(contacts, (day, "\uffff", 0.0))
        known = [one for one in contacts[begin:end] if not self._belongs_to_alarm(product, problem, one[1], lot)]
        if sum(lot in ("", name) for _at, name, _delivered in known) < least:
            return None
        weights = self._weights(product, known, day)
        looks = [self._window(product, lot, day, window, known, weights, least) for window in WINDOWS]
        return min((look for look in looks if look), key=lambda look: look.chance, default=None)

    def _belongs_to_alarm(self, product: str, problem: str, name: str, looked_at: str) -> bool:
        """What a lot's alarm explains is neither a comparison nor a reason to suspect the whole product."""
        return name != looked_at and bool(name) and (product, name, problem) in self.rung

    def _window(
        self,
        product: str,
        lot: str,
        day: float,
        window: int,
        known: Sequence[Heard],
        weights: Sequence[float],
        least: int,
    ) -> Evidence | None:
        count = sum(at > day - window and lot in ("", name) for at, name, _delivered in known)
        if count < least:
            return None
        here = self.sold[product].of(lot).exposure(day - window, day, weights)
        elsewhere = self.sold[product].all.exposure(day - MEMORY, day, weights) - here
        other = len(known) - count
        return Evidence(window, count, other, here, elsewhere, chance(count, other, here, elsewhere))

    def _weights(self, product: str, known: Sequence[Heard], day: float) -> list[float]:
        """Relative rates by age, from this product's contacts about the problem; towards 1 while there are few."""
        bands = list(pairwise(AGES))
        counts = [sum(low <= at - delivered < high for at, _lot, delivered in known) for low, high in bands]
        units = self.sold[product].all
        days = [units.exposure(day - MEMORY, day, [float(band == own) for band in bands]) for own in bands]
        rate = max(sum(counts), 1) / max(sum(days), 1.0)
        return [(count + SUPPOSED) / (owned * rate + SUPPOSED) for count, owned in zip(counts, days, strict=True)]
