"""The four monthly exports as plain tables. A text that customers wrote is masked, and words that fewer than
`FEW` customers used are not told, because a rare word can be somebody's name.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from bot.conversations.models import Event, Message
from bot.insights import sales, words
from bot.insights.figures import Scope, counts, moments, ranked
from bot.insights.models import Episode
from bot.insights.radar import watching
from bot.shop.clock import shop_day
from knowledge.masking import masked
from knowledge.models import ArticlePage, Gap

FEW = 3
BEFORE_BUYING = timedelta(days=30)
MOST = 60
CHUNK = 500
WORD = re.compile(r"[^\W\d_]{3,}")
STOP = frozenset(WORD.findall((Path(__file__).parent / "stop_words.txt").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Table:
    """`rows` hold what `columns` name, in order; the first column heads each row."""

    key: str
    title: str | Promise
    meaning: str | Promise
    columns: tuple[str, ...]
    rows: Sequence[tuple[object, ...]]


def month_of(first: date) -> Scope:
    """The whole month of a day."""
    first = first.replace(day=1)
    return Scope(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def tables(scope: Scope, language: str) -> list[Table]:
    """All tables of a month, texts in the reader's language."""
    return [_product(scope, language), _sales(scope, language), _marketing(scope), _gaps(scope), _articles(scope)]


def _product(scope: Scope, language: str) -> Table:
    """Faults by product, part and lot, with how many of the units sold that is."""
    units: Counter[tuple[str, str]] = Counter()
    _begin, end = moments(scope)
    for sku, lot, qty in sales.delivered(end).values_list("sku", "lot", "qty").iterator():
        units[sku, lot] += qty
    found = watching.faults().filter(day__range=(scope.since, scope.until))
    counted = Counter(found.values_list("product", "lot", "problem"))
    rows = [
        (words.product(sku, language), words.label("problem", problem, language), lot, count, units[sku, lot],
         round(1000 * count / units[sku, lot], 1) if units[sku, lot] else "")
        for (sku, lot, problem), count in ranked(counted.items())
    ]  # fmt: skip
    return Table(
        "product", _("Product: what fails"),
        _("First contacts about a fault, by part and lot, against the units of that lot delivered so far."),
        (_("Product"), _("Part"), _("Lot"), _("Contacts"), _("Units delivered"), _("Per 1,000 units")), rows,
    )  # fmt: skip


def _sales(scope: Scope, language: str) -> Table:
    """What customers came with in the 30 days before they bought again."""
    begin, end = moments(scope)
    earlier: dict[str, list[tuple[date, str, str]]] = defaultdict(list)
    since = scope.since - BEFORE_BUYING
    for who, day, product, problem in Episode.objects.filter(day__range=(since, scope.until)).exclude(
        shop_customer="").exclude(problem="").values_list("shop_customer", "day", "product", "problem"):  # fmt: skip
        earlier[who].append((day, product, problem))
    orders = sales.orders().filter(ordered_at__gte=begin, ordered_at__lt=end)
    counted: Counter[tuple[str, str, str]] = Counter()
    for who, at, sku in orders.values_list("customer__reference", "ordered_at", "items__sku"):
        bought = shop_day(at)
        for day, product, problem in earlier.get(who, ()):
            if bought - BEFORE_BUYING <= day < bought:
                counted[problem, product, sku or ""] += 1
    rows = [
        (words.label("problem", problem, language), words.product(product, language) if product else "",
         words.product(sku, language), count)
        for (problem, product, sku), count in ranked(counted.items())[:MOST]
    ]  # fmt: skip
    return Table(
        "sales", _("Sales: what people ask before they buy again"),
        _("What customers came with in the 30 days before an order of this month, and what they bought."),
        (_("They asked about"), _("Their product"), _("They bought"), _("Orders")), rows,
    )  # fmt: skip


def _marketing(scope: Scope) -> Table:
    """The words and pairs of words that customers use, by how many customers used them."""
    used: dict[str, set[int]] = defaultdict(set)
    for customer, language, text in _first_lines(scope):
        for phrase in phrases(text):
            used[f"{language}:{phrase}"].add(customer)
    counted = sorted(((len(who), key) for key, who in used.items() if len(who) >= FEW), key=lambda p: (-p[0], p[1]))
    rows: list[tuple[object, ...]] = [
        (key.partition(":")[2], key.partition(":")[0], count) for count, key in counted[:MOST]
    ]
    return Table(
        "marketing", _("Marketing: the words that customers use"),
        _("Words and pairs of words in what customers wrote first, by how many customers. Words of fewer than "
          "three customers are not told."),
        (_("Words"), _("Language"), _("Customers")), rows,
    )  # fmt: skip


def phrases(text: str) -> set[str]:
    """The words of a text that carry meaning, and neighbours among them.

    >>> sorted(phrases("La batería no aguanta"))
    ['aguanta', 'batería', 'batería aguanta']
    """
    kept = [word for word in WORD.findall(text.lower()) if word not in STOP]
    return {*kept, *(f"{one} {two}" for one, two in pairwise(kept))}


def _first_lines(scope: Scope) -> Iterator[tuple[int, str, str]]:
    """(customer, language, masked text) of the line that began each episode."""
    episodes = Episode.objects.filter(day__range=(scope.since, scope.until)).values_list(
        "conversation", "started_at", "customer", "language"
    )
    known = list(episodes)
    for start in range(0, len(known), CHUNK):
        part = {(pk, at): (customer, language) for pk, at, customer, language in known[start : start + CHUNK]}
        begin, end = moments(scope)
        lines = Message.objects.filter(
            conversation__in={pk for pk, _at in part}, author=Message.Author.CUSTOMER, created_at__gte=begin,
            created_at__lt=end + timedelta(minutes=1),
        ).select_related("identity__customer")  # fmt: skip
        for line in lines:
            who = part.get((line.conversation_id, line.created_at))
            if who:
                names = tuple(line.identity.customer.name.split())
                yield *who, masked(line.text, names).replace("[…]", " ")


def _gaps(scope: Scope) -> Table:
    """Questions that no article answered, one row a wording."""
    begin, end = moments(scope)
    told: Counter[str] = Counter()
    gaps = Event.objects.filter(kind="gap", at__gte=begin, at__lt=end).values_list("conversation", "data")
    wanted = [(conversation, data.get("seq")) for conversation, data in gaps]
    for text in _texts(wanted):
        told[text] += 1
    states = {gap.question: str(gap.get_state_display()) for gap in Gap.objects.filter(question__in=list(told))}
    rows: list[tuple[object, ...]] = [(text, count, states.get(text, "")) for text, count in told.most_common(MOST)]
    return Table(
        "gaps", _("Content: questions without an answer"),
        _("What customers asked and no article answered, personal data masked, and what became of the gap."),
        (_("Question"), _("Times"), _("State")), rows,
    )  # fmt: skip


def _texts(wanted: Iterable[tuple[UUID, object]]) -> Iterator[str]:
    pairs = set(wanted)
    ids = sorted({pk for pk, _seq in pairs})
    for start in range(0, len(ids), CHUNK):
        lines = Message.objects.filter(conversation__in=ids[start : start + CHUNK], author=Message.Author.CUSTOMER)
        lines = lines.select_related("identity__customer")
        for line in lines:
            if (line.conversation_id, line.seq) in pairs and line.text:
                yield " ".join(masked(line.text, tuple(line.identity.customer.name.split())).split())


def _articles(scope: Scope) -> Table:
    """How each article did: quoted, and followed by a person or by the same customer again."""
    quoted = dict(counts(scope, "article"))
    after: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for told, handed, back in Episode.objects.filter(day__range=(scope.since, scope.until)).values_list(
        "counts", "handed_off", "same_in_week"
    ):
        for slug in told.get("article", ()):
            row = after[slug]
            row[0], row[1], row[2] = row[0] + 1, row[1] + handed, row[2] + back
    known = set(ArticlePage.objects.live().values_list("slug", flat=True))
    rows: list[tuple[object, ...]] = [
        (slug, quoted.get(slug, 0), after[slug][1], after[slug][2])
        for slug in sorted(known | set(quoted), key=lambda slug: (-quoted.get(slug, 0), slug))
    ]
    return Table(
        "articles", _("Content: how each article did"),
        _("How often it was quoted, in how many of those episodes a person was needed all the same, and after how "
          "many the customer came back about it within a week."),
        (_("Article"), _("Quoted"), _("A person was needed"), _("Came back")), rows,
    )  # fmt: skip
