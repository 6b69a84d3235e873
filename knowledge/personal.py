"""What articles, questions and gaps keep of a customer: masked words, and which conversation asked them last."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q

from knowledge import products, remembered
from knowledge.encoder import cleaned
from knowledge.gaps import settle
from knowledge.models import Gap, Question, TextVector

_SHOP = ("nothing", "of the shop")
MODELS: Mapping[str, tuple[str, str]] = {
    "knowledge.Gap": ("deleted", "where nobody else asked it; else unlinked"),
    "knowledge.Question": ("deleted", "where nobody else asked it; else unlinked. Its words were masked when it came"),
    "knowledge.QuestionDay": ("deleted", "with its question"),
    "knowledge.TextVector": ("deleted", "of questions that go"),
    "knowledge.Feedback": ("nothing", "sums"),
    "knowledge.ArticlePage": _SHOP,
    "knowledge.HomePage": _SHOP,
    "knowledge.HelpIndexPage": _SHOP,
    "knowledge.IndexState": _SHOP,
    "knowledge.PendingArticle": _SHOP,
}


class Person(Protocol):
    """Whose it is; only the ids of their conversations are read."""

    @property
    def talks(self) -> Collection[str]: ...


def export(person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """Questions that these conversations asked last."""
    asked = Question.objects.filter(conversation__in=person.talks)
    rows: list[dict[str, Any]] = [dict(row) for row in asked.values("text", "language", "article", "last_asked_at")]
    return {"questions": rows}


def erase(person: Person) -> Mapping[str, int]:
    """What only they asked goes, with its vector; of the rest nothing says any more that they asked it."""
    theirs = Question.objects.filter(conversation__in=person.talks)
    gone = _forget(theirs.filter(count__lte=1))
    theirs.update(conversation="")
    Gap.objects.filter(conversation__in=person.talks).update(conversation="")
    return {"questions": gone}


def _forget(questions: Iterable[Question]) -> int:
    """Delete questions with their vectors, and gaps that nobody's question is left of."""
    gone = list(questions)
    texts = {each.text for each in gone} | {products.neutral(each.text, each.language)[0] for each in gone}
    keys = [remembered.key(cleaned(text)) for text in texts]
    gaps = {each.gap_id for each in gone if each.gap_id}
    Question.objects.filter(pk__in=[each.pk for each in gone]).delete()
    TextVector.objects.filter(key__in=keys).delete()
    Gap.objects.filter(pk__in=gaps, questions=None, page=None).delete()
    for gap in Gap.objects.filter(pk__in=gaps).exclude(questions=None):
        _settle_as_it_was(gap)
    return len(gone)


def _settle_as_it_was(gap: Gap) -> None:
    """Its wording and count without the question that went; neither its state nor its day changes by that."""
    state, closed_by, asked = gap.state, gap.closed_by, gap.last_asked_at
    settle(gap)
    Gap.objects.filter(pk=gap.pk).update(state=state, closed_by=closed_by, last_asked_at=asked)


def expire(before: Mapping[str, datetime]) -> Mapping[str, int]:
    """Questions that nobody has asked again, but for those of a gap that is still open."""
    old = Question.objects.filter(last_asked_at__lt=before["questions"])
    old = old.filter(Q(gap=None) | Q(gap__state=Gap.State.CLOSED))
    return {"questions": _forget(old.order_by("last_asked_at")[:200])}
