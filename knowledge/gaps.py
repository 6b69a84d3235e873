"""What customers asked, kept without personal data, and the gaps: unanswered questions grouped by meaning."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db import DatabaseError, transaction
from django.db.models import F, Max, Sum
from django.utils import timezone

from knowledge import lexical, products, remembered
from knowledge.encoder import cleaned
from knowledge.masking import masked
from knowledge.models import Gap, Question, QuestionDay
from knowledge.retriever import shop_day

logger = logging.getLogger(__name__)
QUESTION_LIMIT = 500
# Two questions mean the same from this cosine on: of paraphrases in two languages most are above it, of different
# questions next to none (tests/knowledge/editor/test_editor_grouping.py holds both shares).
SAME_MEANING = 0.42
# A gap that nobody asked about for so long takes no new wordings; a new one is made.
REMEMBERED = timedelta(days=365)
COMPARED = 3_000
LEFT_BEHIND = timedelta(minutes=1)
# The last answered question that this process has compared with the gaps.
_looked_at: datetime | None = None


def record_gap(question: str, language: str, channel: str, conversation: str) -> Gap | None:
    """Keeps an unanswered question, without personal data, with those of the same meaning.

    `conversation` is an opaque name. A closed gap that is asked again is open again: its article does not answer it.
    Returns None for a question without words.
    """
    asked = record(question, language, channel, conversation)
    if asked is None:
        return None
    # Comparing takes its time; it is done between two transactions, not in one that others wait for.
    return join(asked, asked.gap or gap_of_meaning(asked), channel, conversation)


@transaction.atomic
def join(asked: Question, gap: Gap | None, channel: str = "", conversation: str = "") -> Gap:
    """Puts a question to its gap, or to a new one."""
    gap = gap or Gap.objects.create(question=asked.text, language=asked.language, count=0)
    Question.objects.filter(pk=asked.pk).update(gap=gap)
    settle(gap, channel, conversation)
    return gap


def join_left_behind() -> int:
    """Puts unanswered questions to a gap whose process ended between recording and comparing; returns how many."""
    since = timezone.now() - LEFT_BEHIND
    left = Question.objects.filter(gap=None, article="", last_asked_at__lt=since)[:100]
    return len([join(asked, gap_of_meaning(asked), conversation=asked.conversation) for asked in left])


def record_answer(question: str, language: str, channel: str, conversation: str, slug: str, revision: int) -> None:
    """Keeps a question that an article answered; a gap of the very same wording closes with it.

    A question that cannot be counted now is no reason to withhold its answer, so the database's errors are only logged.
    """
    try:
        asked = record(question, language, channel, conversation, slug=slug, revision=revision)
        if asked is not None and asked.gap is not None:
            close(asked.gap, slug)
    except DatabaseError as error:
        logger.warning("an answered question was not counted: %s", error)


@transaction.atomic
def record(
    question: str, language: str, channel: str, conversation: str, *, slug: str = "", revision: int = 0
) -> Question | None:
    """One more asking of a wording; None for a question without words."""
    text = masked(cleaned(question))[:QUESTION_LIMIT]
    stems = lexical.words(text, language)
    if not stems:
        return None
    fingerprint = hashlib.sha256(" ".join(sorted(set(stems))).encode()).hexdigest()
    now, answered = timezone.now(), int(bool(slug))
    changes = {"article": slug, "revision": revision, "conversation": conversation[:64], "last_asked_at": now}
    if answered:
        changes["answered_at"] = now
    asked, new = Question.objects.select_related("gap").get_or_create(
        fingerprint=fingerprint, language=language, defaults={"text": text, "count": 1, **changes}
    )
    if new:
        remembered.keep_at_hand(products.neutral(text, language)[0])
    else:
        Question.objects.filter(pk=asked.pk).update(count=F("count") + 1, **changes)
    _count_on(asked, shop_day(), channel[:20], answered)
    return asked


def _count_on(asked: Question, day: date, channel: str, answered: int) -> None:
    """Count one asking on a day."""
    mine = {"question": asked, "day": day, "channel": channel}
    QuestionDay.objects.bulk_create([QuestionDay(**mine)], ignore_conflicts=True)
    QuestionDay.objects.filter(**mine).update(count=F("count") + 1, answered=F("answered") + answered)


@dataclass(frozen=True)
class Known:
    """Wordings with their gaps, ready to be compared."""

    gaps: list[int]
    named: list[frozenset[str]]
    matrix: remembered.Matrix


def gap_of_meaning(asked: Question) -> Gap | None:
    """The gap whose wordings, taken together, mean what is asked; None: there is none, or nothing can be compared."""
    recent = timezone.now() - REMEMBERED
    rows = Question.objects.filter(gap__last_asked_at__gte=recent).exclude(pk=asked.pk).order_by("-last_asked_at")
    wordings = list(rows.values_list("gap_id", "text", "language")[:COMPARED])
    try:
        found = nearest([(asked.text, asked.language)], wordings)[0]
    except Exception as error:
        # The encoder may be a service of somebody else's. A gap of its own is better than a question that is lost.
        logger.warning("a gap was not compared with others: %s: %s", type(error).__name__, error)
        return None
    return Gap.objects.filter(pk=found).first() if found else None


def nearest(asked: list[tuple[str, str]], wordings: list[tuple[int, str, str]]) -> list[int | None]:
    """For each (text, language) the gap that means the same, or None; `wordings` are (gap, text, language)."""
    if not asked or not wordings:
        return [None] * len(asked)
    told = [products.neutral(text, language) for _gap, text, language in wordings]
    matrix = remembered.compared([text for text, _named in told])
    numbers = np.array([gap for gap, _text, _language in wordings])
    gaps = sorted(set(numbers.tolist()))
    means = np.stack([matrix[numbers == gap].mean(axis=0) for gap in gaps])
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    about: dict[int, frozenset[str]] = dict.fromkeys(gaps, frozenset())
    for (gap, _text, _language), (_told, named) in zip(wordings, told, strict=True):
        about[gap] |= named
    mine = [products.neutral(text, language) for text, language in asked]
    scores = remembered.compared([text for text, _named in mine]) @ means.T
    found: list[int | None] = []
    for (_text, named), row in zip(mine, scores, strict=True):
        # "Does the robot work with Alexa" and "does the coffee machine" are two gaps.
        fits = [i for i, gap in enumerate(gaps) if not (named and about[gap] and not named & about[gap])]
        best = max(fits, key=lambda i: float(row[i]), default=None)
        found.append(gaps[best] if best is not None and row[best] >= SAME_MEANING else None)
    return found


def settle(gap: Gap, channel: str = "", conversation: str = "") -> None:
    """Brings a gap's count, wording and state up to its questions after one more was asked."""
    days = QuestionDay.objects.filter(question__gap=gap)
    totals = days.aggregate(asked=Sum("count"), answered=Sum("answered"))
    first = gap.questions.order_by("-count", "first_asked_at").first()
    if first is not None:
        gap.question, gap.language = first.text, first.language
    gap.count = max(1, (totals["asked"] or 0) - (totals["answered"] or 0))
    gap.last_asked_at = timezone.now()
    gap.channel, gap.conversation = channel or gap.channel, conversation[:64] or gap.conversation
    if gap.state == Gap.State.CLOSED or (gap.page is not None and gap.page.live):
        gap.state, gap.closed_by = Gap.State.OPEN, ""
    gap.save()


def close(gap: Gap, slug: str) -> None:
    """An article answers it now."""
    Gap.objects.filter(pk=gap.pk).exclude(state=Gap.State.CLOSED).update(state=Gap.State.CLOSED, closed_by=slug)


def close_answered() -> int:
    """Closes the gaps of which a later question of the same meaning was answered; returns how many.

    To be sure, the gap's own wording is asked again: "do you ship to Japan" is near to "do you ship to the Canaries".
    Cheap when nothing was answered since the last call. Raises KnowledgeUnavailable.
    """
    global _looked_at
    latest = Question.objects.aggregate(at=Max("answered_at"))["at"]
    if latest is None or latest == _looked_at:
        return 0
    waiting = {gap.pk: gap for gap in Gap.objects.exclude(state=Gap.State.CLOSED).filter(last_asked_at__lt=latest)}
    since = max([min((gap.last_asked_at for gap in waiting.values()), default=latest), *filter(None, [_looked_at])])
    answered = list(Question.objects.filter(answered_at__gt=since, answered_at__lte=latest)[:COMPARED])
    wordings = list(Question.objects.filter(gap__in=waiting).values_list("gap_id", "text", "language")[:COMPARED])
    like = nearest([(question.text, question.language) for question in answered], wordings)
    closed = sum(
        close_if_answered(gap)
        for gap in {
            waiting[number]
            for question, number in zip(answered, like, strict=True)
            if number and question.answered_at and question.answered_at > waiting[number].last_asked_at
        }
    )
    _looked_at = latest
    return closed


def close_if_answered(gap: Gap) -> bool:
    from knowledge.answers import answer

    found = answer(gap.question, gap.language)
    if found.found:
        close(gap, found.citations[0].slug)
    return found.found
