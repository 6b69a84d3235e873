"""How agents answered before: each reply with the words that it answered, masked, and the vector of those words."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile, takewhile
from uuid import UUID

from bot.conversations.models import Conversation, Message
from bot.desk import nearness
from bot.desk.access import display_name
from bot.desk.tools.models import PastReply
from knowledge.masking import masked

log = logging.getLogger(__name__)

AT_ONCE = 20
# How far back what was asked is looked for.
LINES = 12
# The newest replies in a language are compared: 5,000 vectors are 8 MB and a few milliseconds.
COMPARED = 5_000
# A reply of one or two words says nothing to another customer.
SHORTEST = 25
# Under the map that retrieval learnt, other subjects lie around 0 and rewordings above this.
ALIKE = 0.45


@dataclass(frozen=True)
class Past:
    """A reply to similar words. `alike` is the cosine of the questions, `seq` the line in its conversation."""

    conversation: UUID
    seq: int
    agent: str
    at: datetime
    question: str
    text: str
    alike: float


def learn(limit: int = AT_ONCE) -> int:
    """Take up agents' replies that are not known yet; tell how many. Raises EncoderError."""
    known = PastReply.objects.values("message")
    fresh = Message.objects.filter(author=Message.Author.AGENT, note=False, template__isnull=True).exclude(pk__in=known)
    found = list(fresh.select_related("conversation__identity__customer").order_by("-created_at")[:limit])
    for message in found:
        _take_up(message)
    return len(found)


def _take_up(message: Message) -> None:
    """A reply without words, or to none, is kept with an empty vector: it is known, and never suggested."""
    from knowledge.encoder import encoder_name

    names = tuple(message.conversation.identity.customer.name.split())
    question, answer = nameless(asked(message.conversation, message), names), nameless(message.text.strip(), names)
    speaks = bool(question) and len(answer) >= SHORTEST
    vector = nearness.vector(question).tobytes() if speaks else b""
    PastReply.objects.get_or_create(
        message=message,
        defaults={
            "language": message.conversation.language, "question": question if speaks else "",
            "answer": answer if speaks else "", "encoder": encoder_name() if speaks else "", "vector": vector,
            "at": message.created_at,
        },
    )  # fmt: skip


def nameless(text: str, names: tuple[str, ...]) -> str:
    """Addresses first: a name inside one would hide it from the pattern."""
    return masked(masked(text), names)


def asked(conversation: Conversation, reply: Message | None = None) -> str:
    """What the customer wrote between this reply and the answer before it; without a reply, since the last answer,
    else their last words."""
    lines = conversation.messages.filter(note=False).exclude(author=Message.Author.SYSTEM).order_by("-seq")
    spoken: Iterable[Message] = lines.filter(seq__lt=reply.seq)[:LINES] if reply else lines[:LINES]
    if reply is None:
        spoken = dropwhile(lambda line: line.author != Message.Author.CUSTOMER, spoken)
    said = [line.text for line in takewhile(lambda line: line.author == Message.Author.CUSTOMER, spoken)]
    return "\n".join(reversed([text for text in said if text.strip()]))[:2_000]


def similar(question: str, language: str, *, apart_from: Conversation, limit: int = 3) -> list[Past]:
    """Replies to words like these in other conversations, most alike first, each text once. Raises EncoderError."""
    from knowledge.encoder import encoder_name

    rows = PastReply.objects.filter(language=language, encoder=encoder_name()).exclude(vector=b"")
    rows = rows.exclude(message__conversation=apart_from).order_by("-at")[:COMPARED]
    pairs = list(rows.values_list("pk", "vector"))
    if not pairs or not question.strip():
        return []
    near = nearness.cosines([vector for _pk, vector in pairs], question)
    order = [int(place) for place in (-near).argsort()[: 4 * limit] if near[place] >= ALIKE]
    return _shown([(pairs[place][0], float(near[place])) for place in order], limit)


def _shown(best: Sequence[tuple[int, float]], limit: int) -> list[Past]:
    rows = PastReply.objects.select_related("message__agent").in_bulk([pk for pk, _alike in best])
    found: dict[str, Past] = {}
    for pk, alike in best:
        row, line = rows[pk], rows[pk].message
        agent = display_name(line.agent) if line.agent else ""
        past = Past(line.conversation_id, line.seq, agent, row.at, row.question, row.answer, alike)
        found.setdefault(" ".join(row.answer.split()).casefold(), past)
    return list(found.values())[:limit]
