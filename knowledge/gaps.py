"""Questions that no article answered, counted and masked, for the editors."""

from __future__ import annotations

import hashlib

from django.db.models import F
from django.utils import timezone

from knowledge import lexical
from knowledge.encoder import cleaned
from knowledge.masking import masked
from knowledge.models import Gap

QUESTION_LIMIT = 500


def record_gap(question: str, language: str, channel: str, conversation: str) -> Gap | None:
    """Keeps an unanswered question, without personal data; the same words again only raise its count.

    `conversation` is an opaque name. A closed gap that is asked again is open again: its article does not answer it.
    Returns None for a question without words.
    """
    text = masked(cleaned(question))[:QUESTION_LIMIT]
    stems = lexical.words(text, language)
    if not stems:
        return None
    fingerprint = hashlib.sha256(" ".join(sorted(set(stems))).encode()).hexdigest()
    gap, created = Gap.objects.get_or_create(
        fingerprint=fingerprint,
        language=language,
        defaults={"question": text, "channel": channel, "conversation": conversation[:64]},
    )
    if not created:
        Gap.objects.filter(pk=gap.pk).update(
            count=F("count") + 1, last_asked_at=timezone.now(), channel=channel, conversation=conversation[:64]
        )
        Gap.objects.filter(pk=gap.pk, state=Gap.State.CLOSED).update(state=Gap.State.OPEN)
        gap.refresh_from_db()
    return gap
