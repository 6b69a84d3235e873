"""The figures of a page: day rows added up for a period, channel, product and language. Shares are from 0 to 1."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import hypot, sqrt
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth, TruncWeek

from bot.insights import sales
from bot.insights.definitions import DEFINITIONS, Definition
from bot.insights.models import Day, DayCount, Episode
from bot.shop.clock import shop_zone
from bot.shop.models import Order

MOST_LISTED = 15
COUNTED = ("reason", "article", "hour", "channel", "product", "offer")
DAILY_UNTIL, WEEKLY_UNTIL = 45, 200
KEYS = frozenset({"id", "day", "channel", "language", "product"})
COLUMNS = [column.name for column in Day._meta.concrete_fields if column.name not in KEYS]


@dataclass(frozen=True)
class Scope:
    """What is looked at: days from `since` to `until`, both included; an empty word means all."""

    since: date
    until: date
    channel: str = ""
    language: str = ""
    product: str = ""

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def before(self) -> Scope:
        """The same number of days just before."""
        return Scope(self.since - timedelta(days=self.days), self.since - timedelta(days=1),
                     self.channel, self.language, self.product)  # fmt: skip

    def words(self) -> dict[str, str]:
        chosen = {"channel": self.channel, "language": self.language, "product": self.product}
        return {name: value for name, value in chosen.items() if value}


@dataclass(frozen=True)
class Figure:
    """`value` is None while there is nothing to say; `of` is what it was counted on; `before` of the period before."""

    definition: Definition
    value: float | None
    of: int
    before: float | None = None
    points: tuple[tuple[date, float | None], ...] = field(default=())


def figures(scope: Scope) -> list[Figure]:
    """Every figure of the scope with the course of its values."""
    now, before = _totals(scope), _totals(scope.before)
    course = _course(scope)
    times, times_before = median_seconds(scope), median_seconds(scope.before)
    bought, bought_before = _purchases(scope), _purchases(scope.before)
    found = []
    for definition in DEFINITIONS:
        if definition.key == "real_time":
            found.append(Figure(definition, times[0], times[1], times_before[0]))
        elif definition.key in bought:
            value, of = bought[definition.key]
            found.append(Figure(definition, value, of, bought_before[definition.key][0]))
        else:
            points = tuple((day, _value(definition, totals)) for day, totals in course)
            of = now[definition.bottom or definition.top]
            found.append(Figure(definition, _value(definition, now), of, _value(definition, before), points))
    return found


def rows(scope: Scope) -> QuerySet[Day]:
    return Day.objects.filter(day__range=(scope.since, scope.until), **scope.words())


def _totals(scope: Scope) -> dict[str, int]:
    totals = rows(scope).aggregate(**{column: Sum(column) for column in COLUMNS})
    return {column: total or 0 for column, total in totals.items()}


def _course(scope: Scope) -> list[tuple[date, dict[str, int]]]:
    """The totals by day, week or month, whichever keeps a plot readable."""
    step: Any = F("day") if scope.days <= DAILY_UNTIL else TruncWeek("day")
    if scope.days > WEEKLY_UNTIL:
        step = TruncMonth("day")
    found: Any = rows(scope).order_by().values(step=step)
    named = found.annotate(**{f"sum_{column}": Sum(column) for column in COLUMNS})
    told = [(row["step"], {column: row[f"sum_{column}"] or 0 for column in COLUMNS}) for row in named]
    return sorted(told, key=lambda pair: pair[0])


def _value(definition: Definition, totals: dict[str, int]) -> float | None:
    if definition.form == "count":
        return float(totals[definition.top])
    bottom = totals[definition.bottom]
    if not bottom:
        return None
    if definition.form == "score":
        return 100 * (totals["promoters"] - totals["detractors"]) / bottom
    return totals[definition.top] / bottom


def median_seconds(scope: Scope) -> tuple[float | None, int]:
    """(the median of the real time to resolution in seconds, how many matters)."""
    found = Episode.objects.filter(day__range=(scope.since, scope.until), real_seconds__isnull=False, **scope.words())
    count = found.count()
    if not count:
        return None, 0
    first = (count - 1) // 2
    middle = list(found.order_by("real_seconds").values_list("real_seconds", flat=True)[first : count // 2 + 1])
    return sum(number or 0 for number in middle) / len(middle), count


def _purchases(scope: Scope) -> dict[str, tuple[float | None, int]]:
    """Repeat purchase and retention, from the shop's orders."""
    orders = _orders(scope)
    begin, end = moments(scope)
    inside = orders.filter(ordered_at__gte=begin, ordered_at__lt=end)
    earlier = sales.orders().filter(customer=OuterRef("customer"), ordered_at__lt=OuterRef("ordered_at"))
    counted = inside.aggregate(all=Count("pk"), again=Count("pk", filter=Q(Exists(earlier))))
    year = orders.filter(ordered_at__gte=begin - timedelta(days=365), ordered_at__lt=begin)
    had = set(year.order_by().values_list("customer", flat=True))
    came = set(inside.order_by().values_list("customer", flat=True))
    share = counted["again"] / counted["all"] if counted["all"] else None
    return {
        "repeat_orders": (share, counted["all"]),
        "retention": (len(had & came) / len(had) if had else None, len(had)),
    }


def _orders(scope: Scope) -> QuerySet[Order]:
    found = sales.orders()
    if scope.language:
        found = found.filter(customer__language=scope.language)
    if scope.product:
        found = found.filter(pk__in=found.filter(items__sku=scope.product).values("pk"))
    return found


def moments(scope: Scope) -> tuple[datetime, datetime]:
    """From the first midnight of a scope to the one after its last day."""
    zone = shop_zone()
    return (datetime.combine(scope.since, time(0), zone),
            datetime.combine(scope.until + timedelta(days=1), time(0), zone))  # fmt: skip


def counts(scope: Scope, what: str) -> list[tuple[str, int]]:
    """How often each reason or article came, the most frequent first; hours as `1-09` (Monday, 9 to 10), in order."""
    if what in ("channel", "product"):
        told = rows(scope).exclude(**{what: ""}).order_by().values_list(what).annotate(n=Sum("episodes"))
        return ranked(told)
    found = DayCount.objects.filter(what=what, day__range=(scope.since, scope.until), **scope.words())
    summed: Any = found.order_by().values_list("key").annotate(n=Sum("count"))
    return sorted(summed) if what == "hour" else ranked(summed)


def ranked[Key: (str, tuple[str, ...])](counted: Iterable[tuple[Key, int]]) -> list[tuple[Key, int]]:
    """The most frequent first, and those that came equally often by their names."""
    return sorted(counted, key=lambda pair: (-pair[1], pair[0]))


def hours(scope: Scope) -> list[list[int]]:
    """Seven rows (Monday first) of 24 numbers."""
    table = [[0] * 24 for _ in range(7)]
    for key, count in counts(scope, "hour"):
        weekday, _, hour = key.partition("-")
        table[int(weekday) - 1][int(hour)] = count
    return table


@dataclass(frozen=True)
class Offer:
    """An offer against those from whom it was held out, by chance: shares of buyers, and the gain with its 95 %
    interval (Newcombe, Statistics in Medicine 17, 1998, method 10). None where a group is empty."""

    name: str
    shown: int
    bought: int
    held_out: int
    bought_anyway: int

    @property
    def share(self) -> float | None:
        return self.bought / self.shown if self.shown else None

    @property
    def share_anyway(self) -> float | None:
        return self.bought_anyway / self.held_out if self.held_out else None

    @property
    def gain(self) -> tuple[float, float, float] | None:
        """(difference of the shares, its lower and its upper end)."""
        if self.share is None or self.share_anyway is None:
            return None
        (low, high), (low0, high0) = wilson(self.bought, self.shown), wilson(self.bought_anyway, self.held_out)
        one, none = self.share, self.share_anyway
        return (one - none, one - none - hypot(one - low, high0 - none), one - none + hypot(high - one, none - low0))


def wilson(count: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The score interval of a share."""
    share, centre = count / of, (count + z * z / 2) / (of + z * z)
    half = z / (of + z * z) * sqrt(share * (1 - share) * of + z * z / 4)
    return centre - half, centre + half


def offers(scope: Scope) -> list[Offer]:
    """Every offer that was shown or held out in the scope, by name."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for key, count in counts(scope, "offer"):
        what, _, name = key.partition(":")
        found[name][what] = count
    return [
        Offer(name, told.get("shown", 0), told.get("bought_shown", 0), told.get("held_out", 0),
              told.get("bought_held_out", 0))
        for name, told in sorted(found.items())
    ]  # fmt: skip


def choices() -> dict[str, list[str]]:
    """What the filters offer: the channels, languages and products that the rows know."""
    found: dict[str, set[str]] = defaultdict(set)
    for channel, language, product in Day.objects.order_by().values_list("channel", "language", "product").distinct():
        found["channel"].add(channel)
        found["language"].add(language)
        found["product"].add(product)
    return {name: sorted(filter(None, found[name])) for name in ("channel", "language", "product")}


def as_json(scope: Scope) -> dict[str, Any]:
    """Everything on the page, for programmes."""
    return {
        "since": scope.since.isoformat(), "until": scope.until.isoformat(), **scope.words(),
        "figures": {
            figure.definition.key: {
                "value": figure.value, "of": figure.of, "before": figure.before,
                "points": [[day.isoformat(), value] for day, value in figure.points],
            }
            for figure in figures(scope)
        },
        "counts": {what: dict(counts(scope, what)) for what in COUNTED},
    }  # fmt: skip
