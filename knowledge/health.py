"""What is wrong with the articles, each with its remedy: one list for the editors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.conf import settings
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from knowledge import corpus, index, links, passages
from knowledge.corpus import Article
from knowledge.index import KnowledgeUnavailable
from knowledge.models import ArticlePage, Feedback, Question
from knowledge.numbers import numbers
from knowledge.retriever import shop_day

# An article that is younger has not had its chance.
NEW = timedelta(days=30)
SOON = timedelta(days=21)
FEEDBACK_SINCE = timedelta(days=90)
LEAST_VOTES = 5
UNHELPFUL_SHARE = 0.4
# How alike the wordings of two articles of one language must be, as a cosine of their means.
ALIKE = 0.8
ANSWERS_ALIKE = 0.9

KINDS = ("expired", "contradiction", "link", "missing", "unhelpful", "duplicate", "expiring", "unused")


@dataclass(frozen=True)
class Finding:
    """`kind` is one of KINDS, which are in the order of their weight; `fix` is the address where it is put right."""

    kind: str
    article: str
    language: str
    detail: str
    fix: str
    fix_label: str


def findings(*, external: bool = False) -> list[Finding]:
    """Everything that is wrong, the weightiest first. `external` also asks the addresses out in the world."""
    pages = list(ArticlePage.objects.live().select_related("locale").order_by("title"))
    today = shop_day()
    found = [
        *validity(pages, today),
        *contradictions(pages),
        *broken_links(pages, external),
        *missing_languages(pages),
        *unhelpful(pages),
        *duplicates(pages),
        *unused(pages),
    ]
    return sorted(found, key=lambda finding: (KINDS.index(finding.kind), finding.article))


def edit(page: ArticlePage) -> tuple[str, str]:
    return reverse("wagtailadmin_pages:edit", args=[page.pk]), _("Edit the article")


def of(kind: str, page: ArticlePage, detail: str, fix: tuple[str, str] | None = None) -> Finding:
    return Finding(kind, page.title, page.locale.language_code, detail, *(fix or edit(page)))


def validity(pages: list[ArticlePage], today: date) -> Iterator[Finding]:
    """Past their last day, or near it."""
    for page in pages:
        ends = [page.valid_until] if page.valid_until else []
        if page.expire_at:
            ends.append(timezone.localtime(page.expire_at).date())
        if not ends:
            continue
        last = min(ends)
        if last < today:
            detail = _("Customers do not get it since %(day)s. Give it a new last day, or unpublish it.")
            yield of("expired", page, detail % {"day": last.isoformat()})
        elif last <= today + SOON:
            detail = _("It ends on %(day)s. Write what holds afterwards, or give it a new last day.")
            yield of("expiring", page, detail % {"day": last.isoformat()})


def contradictions(pages: list[ArticlePage]) -> Iterator[Finding]:
    """Numbers that one language tells and the other does not."""
    told = {(page.slug, page.locale.language_code): (page, told_numbers(page)) for page in pages}
    for (slug, language), (page, here) in told.items():
        for (other_slug, other_language), (_page, there) in told.items():
            if other_slug != slug or other_language <= language:
                continue
            only_here, only_there = sorted(here - there, key=size), sorted(there - here, key=size)
            if only_here or only_there:
                detail = _("%(one)s says %(here)s, %(two)s says %(there)s. Make both say the same.") % {
                    "one": language, "here": ", ".join(only_here) or "–",
                    "two": other_language, "there": ", ".join(only_there) or "–",
                }  # fmt: skip
                yield of("contradiction", page, detail)


def size(number: str) -> float:
    return float(number)


def told_numbers(page: ArticlePage) -> set[str]:
    """The numbers of the short answer and of the body; those that only count steps are left out."""
    lines = [line for _heading, part in passages.body_parts(page.body) for line in part.lines]
    unnumbered = [line.lstrip().partition(". ")[2] if line.lstrip().split(".")[0].isdigit() else line for line in lines]
    return set(numbers("\n".join([page.short_answer, *unnumbered]), page.locale.language_code))


def broken_links(pages: list[ArticlePage], external: bool) -> Iterator[Finding]:
    slugs: dict[str, set[str]] = {}
    for page in pages:
        slugs.setdefault(page.locale.language_code, set()).add(page.slug)
    for page in pages:
        gone = links.broken(page, slugs[page.locale.language_code])
        if external:
            outside = {link.target for link in links.links(page.body) if link.kind == "external"}
            gone += [f"{target} ({why})" for target in sorted(outside) if (why := links.dead(target))]
        if gone:
            detail = _("It leads nowhere: %(links)s. Correct it, or take it out.") % {"links": ", ".join(gone)}
            yield of("link", page, detail)


def missing_languages(pages: list[ArticlePage]) -> Iterator[Finding]:
    wanted = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]
    languages: dict[str, set[str]] = {}
    for page in pages:
        languages.setdefault(page.slug, set()).add(page.locale.language_code)
    for page in pages:
        missing = [code for code in wanted if code not in languages[page.slug]]
        if missing:
            translate = reverse("simple_translation:submit_page_translation", args=[page.pk]), _("Translate it")
            detail = _("There is no version in %(languages)s; customers get this one.") % {
                "languages": ", ".join(str(get_language_info(code)["name_translated"]) for code in missing)
            }
            yield of("missing", page, detail, translate)
            languages[page.slug].update(wanted)


def unhelpful(pages: list[ArticlePage]) -> Iterator[Finding]:
    """Readers often said that it did not help."""
    votes = Feedback.objects.filter(day__gte=shop_day() - FEEDBACK_SINCE).values("slug", "language")
    for row in votes.annotate(yes=Sum("helped"), no=Sum("not_helped")):
        asked = row["yes"] + row["no"]
        if asked < LEAST_VOTES or row["no"] / asked < UNHELPFUL_SHARE:
            continue
        for page in pages:
            if (page.slug, page.locale.language_code) == (row["slug"], row["language"]):
                detail = _("%(no)s of %(asked)s readers said that it did not help. Say first what they came for.")
                yield of("unhelpful", page, detail % {"no": row["no"], "asked": asked})


def duplicates(pages: list[ArticlePage]) -> Iterator[Finding]:
    """Articles of one language that are asked for, or answer, nearly the same. None while the index cannot be asked."""
    known = corpus.current()
    try:
        _collection, stored = index.stored_vectors(list(known.articles))
    except KnowledgeUnavailable:
        return
    by_pk = {page.pk: page for page in pages}
    for language in {article.language for article in known.articles.values()}:
        there = [a for a in known.articles.values() if a.language == language and a.page_id in by_pk]
        own = [article for article in there if stored.get(article.page_id)]
        alike = np.zeros((len(own), len(own)))
        for kind, least in (("question", ALIKE), ("answer", ANSWERS_ALIKE)):
            means = [mean(of_kind(article, kind, stored[article.page_id])) for article in own]
            width = max((len(m) for m in means), default=0)
            matrix = np.array([m if len(m) else np.zeros(width) for m in means])
            if width:
                alike = np.maximum(alike, matrix @ matrix.T / least)
        for i, j in zip(*np.nonzero(np.triu(alike >= 1.0, k=1)), strict=True):
            detail = _("It is nearly the same as “%(other)s”. Keep one, or say in both how they differ.")
            yield of("duplicate", by_pk[own[i].page_id], detail % {"other": own[j].title})


def of_kind(article: Article, kind: str, vectors: dict[str, Sequence[float]]) -> list[Sequence[float]]:
    return [vectors[passage.id] for passage in article.passages if passage.kind == kind and passage.id in vectors]


def mean(vectors: list[Sequence[float]]) -> NDArray[np.float64]:
    if not vectors:
        return np.zeros(0)
    middle = np.mean(np.array(vectors, dtype=np.float64), axis=0)
    return np.asarray(middle / max(float(np.linalg.norm(middle)), 1e-9))


def unused(pages: list[ArticlePage]) -> Iterator[Finding]:
    """Public for a month and no answer has quoted it in any language."""
    used = Counter(Question.objects.exclude(article="").values_list("article", flat=True))
    old = timezone.now() - NEW
    for page in pages:
        if not used[page.slug] and page.first_published_at and page.first_published_at < old:
            detail = _("No customer got it in an answer yet. Add the words that customers use, or let it go.")
            yield of("unused", page, detail)
