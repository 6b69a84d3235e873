"""What a conversation is about: what the dialogue was doing, else what it heard, else the nearest article."""

from __future__ import annotations

import logging
from collections import defaultdict

from bot.conversations.models import Conversation, Turn
from bot.desk.sorting.judgement import Judgement
from bot.desk.sorting.kinds import BY_ARTICLE, BY_FLOW, BY_INTENT

log = logging.getLogger(__name__)
# A form that was begun was begun on purpose.
IN_A_FLOW = 0.97
TURNS = 6


def topic(conversation: Conversation, text: str) -> Judgement:
    flow = str(conversation.facts.get("flow") or "")
    if flow in BY_FLOW:
        return Judgement(BY_FLOW[flow], IN_A_FLOW, "dialogue")
    heard = _heard(conversation)
    if heard and heard.confidence >= 0.6:
        return heard
    near = _nearest(text, conversation.language)
    return max(filter(None, (heard, near)), key=lambda each: each.confidence, default=Judgement("other", 0.3, "words"))


def _heard(conversation: Conversation) -> Judgement | None:
    """The intents of the last turns that mean a topic; a later turn counts more."""
    turns = Turn.objects.filter(conversation=conversation, intent__in=BY_INTENT).order_by("-pk")[:TURNS]
    scores: dict[str, float] = defaultdict(float)
    total = 0.0
    for age, turn in enumerate(turns):
        weight = 0.7**age
        scores[BY_INTENT[turn.intent]] += weight * (turn.confidence or 0.0)
        total += weight
    if not scores:
        return None
    best = max(scores, key=lambda each: scores[each])
    return Judgement(best, round(min(0.99, scores[best] / total), 3), "dialogue")


def _nearest(text: str, language: str) -> Judgement | None:
    """The topic of the article that the words are nearest to, with the calibrated chance that it answers."""
    from knowledge.answers import confidence_of
    from knowledge.retriever import KnowledgeUnavailable, search

    try:
        found = search(text, language, limit=1)
    except KnowledgeUnavailable as error:
        log.warning("topics are judged without articles: %s", error)
        return None
    if not found.candidates:
        return None
    kind = BY_ARTICLE.get(found.candidates[0].article.topic, "other")
    return Judgement(kind, round(confidence_of(found), 3), "articles")
