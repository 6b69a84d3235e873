"""Judging a conversation, and keeping what an agent says of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from bot.conversations.models import BOT, NOBODY, Conversation, Handoff, Message, record
from bot.conversations.ownership import PRIORITY, open_handoff
from bot.conversations.writing import lock
from bot.desk import nearness
from bot.desk.access import Agent
from bot.desk.refusals import Refused
from bot.desk.sorting import mood, products, tongue, topics
from bot.desk.sorting.judgement import Judgement
from bot.desk.sorting.kinds import ASPECTS, values
from bot.desk.sorting.models import Correction, Sort
from bot.desk.tools.past_replies import nameless
from bot.shop import understand
from knowledge.masking import masked

log = logging.getLogger(__name__)

AT_ONCE = 10
LINES = 12
# Words this near to a corrected example are the same matter, said in other words.
SAME_MATTER = 0.75
LEARNT_FROM = 3_000


def said(conversation: Conversation) -> list[str]:
    """The customer's last lines of this episode, oldest first."""
    lines = conversation.messages.filter(author=Message.Author.CUSTOMER).order_by("-seq")[:LINES]
    return [line.text for line in reversed(lines) if line.text.strip()]


def sort_due(limit: int = AT_ONCE) -> int:
    """Judge conversations with a person, or waiting for one, that have new lines; tell how many."""
    waiting = Conversation.objects.exclude(owner__in=[BOT, NOBODY]).annotate(read=Max("sorts__seq"))
    due = waiting.filter(Q(read=None) | Q(read__lt=F("last_seq"))).order_by("-updated_at")
    ids = list(due.values_list("pk", flat=True)[:limit])
    for pk in ids:
        sort(pk)
    return len(ids)


def sort(conversation_id: UUID) -> None:
    """Judge every aspect anew; what an agent has said stays."""
    conversation = Conversation.objects.select_related("identity__customer").get(pk=conversation_id)
    last = conversation.last_seq
    for aspect, judgement in _judged(conversation, said(conversation)):
        _keep(conversation, aspect, judgement, last)
    Sort.objects.filter(conversation=conversation).update(seq=last)


def _judged(conversation: Conversation, texts: list[str]) -> Iterator[tuple[str, Judgement]]:
    # The encoder takes seconds to import: it is, when it is first asked.
    from knowledge.encoder import EncoderError

    whole = "\n".join(texts)
    yield "language", tongue.language(whole, conversation.language)
    yield "priority", _priority(conversation, texts)
    if not texts:
        return
    try:
        yield "topic", _by_example(conversation, "topic", whole) or topics.topic(conversation, whole)
        if (judged := _by_example(conversation, "sentiment", whole) or mood.sentiment(texts)) is not None:
            yield "sentiment", judged
    except EncoderError as error:
        log.warning("conversation %s is not sorted: %s", conversation.pk, error)
    if (named := products.product(conversation, whole)) is not None:
        yield "product", named


def _priority(conversation: Conversation, texts: list[str]) -> Judgement:
    """The handoff's own, raised by danger, law, fraud or anger in the words; never lowered."""
    handoff = open_handoff(conversation)
    present = handoff.priority if handoff else 3
    if any(understand.danger(text) for text in texts):
        return Judgement("1", 0.95, "words")
    grave = (understand.legal_threat, understand.fraud_or_payment, understand.very_upset, understand.press)
    if present > 2 and any(heard(text) for text in texts for heard in grave):
        return Judgement("2", 0.9, "words")
    return Judgement(str(present), 0.9 if handoff and handoff.reason in PRIORITY else 0.7, "dialogue")


def _by_example(conversation: Conversation, aspect: str, text: str) -> Judgement | None:
    """What agents made of words that meant the same, in another conversation."""
    from knowledge.encoder import encoder_name

    rows = Correction.objects.filter(aspect=aspect, encoder=encoder_name()).exclude(conversation=conversation)
    pairs = list(rows.order_by("-at").values_list("after", "vector")[:LEARNT_FROM])
    if not pairs:
        return None
    near = nearness.cosines([kept for _after, kept in pairs], masked(text))
    best = int(near.argmax())
    return Judgement(pairs[best][0], round(float(near[best]), 3), "examples") if near[best] > SAME_MATTER else None


def _keep(conversation: Conversation, aspect: str, judgement: Judgement, last: int) -> None:
    found, created = Sort.objects.get_or_create(
        conversation=conversation, aspect=aspect,
        defaults={"value": judgement.value, "confidence": judgement.confidence, "source": judgement.source,
                  "seq": last},
    )  # fmt: skip
    if created or found.source == "agent":
        return
    Sort.objects.filter(pk=found.pk).exclude(source="agent").update(
        value=judgement.value, confidence=judgement.confidence, source=judgement.source, at=timezone.now()
    )


@transaction.atomic
def correct(agent: Agent, conversation_id: UUID, aspect: str, value: str) -> None:
    """An agent says what it is. It stays, and is kept as an example to learn from. Raises `Refused`."""
    if aspect not in ASPECTS or value not in values(aspect):
        raise Refused(_("Choose one of the values that are offered."))
    conversation = lock(conversation_id)
    before = Sort.objects.filter(conversation=conversation, aspect=aspect).first()
    Sort.objects.update_or_create(
        conversation=conversation, aspect=aspect,
        defaults={"value": value, "confidence": 1.0, "source": "agent", "by_id": agent.id, "at": timezone.now(),
                  "seq": conversation.last_seq},
    )  # fmt: skip
    _learn(agent, conversation, aspect, before, value)
    _carry_out(agent, conversation, aspect, value)
    record(conversation, "sorted", agent.owner, aspect=aspect, value=value)


def _learn(agent: Agent, conversation: Conversation, aspect: str, before: Sort | None, value: str) -> None:
    from knowledge.encoder import EncoderError, encoder_name

    names = tuple(conversation.identity.customer.name.split())
    text = nameless("\n".join(said(conversation)), names)[:2_000]
    try:
        vector, name = nearness.vector(text).tobytes(), encoder_name()
    except EncoderError:
        vector, name = b"", ""
    told = before if before and before.source != "agent" else None
    defaults = {"after": value, "text": text, "language": conversation.language, "by_id": agent.id,
                "at": timezone.now(), "vector": vector, "encoder": name}  # fmt: skip
    first = {"before": told.value if told else "", "confidence": told.confidence if told else 0.0}
    Correction.objects.update_or_create(
        conversation=conversation, aspect=aspect, defaults=defaults, create_defaults={**defaults, **first}
    )


def _carry_out(agent: Agent, conversation: Conversation, aspect: str, value: str) -> None:
    """A priority orders the queue, and a language of the shop is what the customer is written to in."""
    if aspect == "priority":
        Handoff.objects.filter(conversation=conversation, state__in=Handoff.OPEN).update(priority=int(value))
    elif aspect == "language" and value in ("es", "en"):
        Conversation.objects.filter(pk=conversation.pk).update(language=value)
