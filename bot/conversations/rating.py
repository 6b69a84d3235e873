"""After a person resolved a conversation its customer is asked, once and where they are, how it was.

The log keeps it: `rating_asked` or `rating_skipped`, `rating` with the score, and `rating_comment` with the number of
the line that says why. What turns out to be another question goes to the dialogue; nothing has to be said twice.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from bot.conversations import notices, ownership, templates
from bot.conversations.models import NOBODY, Conversation, Event, Handoff, Message, record
from bot.conversations.writing import append, lock
from bot.dialogue.base import Option
from channels import registry

BUTTONS = "gateway:rate"
RATE, PERSON, OTHER = f"{BUTTONS}:", f"{BUTTONS}_person", f"{BUTTONS}_other"
ASKED, SKIPPED, RATED, COMMENTED = "rating_asked", "rating_skipped", "rating", "rating_comment"
TEMPLATE = "rate_service"
SCORES = range(1, 6)
# A score that low is followed by the offer of a person.
LOW = 2
# Who is asked is not asked again within this time, and a line that comes later is no answer to the question.
ONCE_IN = timedelta(days=1)
# Longer words are a message of their own, not a score.
LONGEST_ANSWER = 40


def due(now: datetime | None = None) -> list[UUID]:
    """Conversations that a person resolved a while ago and whose customer has not been asked."""
    now = now or timezone.now()
    closed = Handoff.objects.filter(
        state=Handoff.State.RESOLVED,
        closed_at__lte=now - settings.RATING_AFTER,
        closed_at__gte=now - ONCE_IN,
        conversation__owner=NOBODY,
        conversation__updated_at__gte=now - ONCE_IN,
    ).exclude(agent=None)
    told = Event.objects.filter(kind__in=[ASKED, SKIPPED], at__gte=now - ONCE_IN).values("conversation")
    return list(closed.exclude(conversation__in=told).values_list("conversation_id", flat=True)[:50])


def ask_due() -> int:
    """Ask everybody who is due; how many were asked."""
    return sum(ask(pk) for pk in due())


@transaction.atomic
def ask(conversation_id: UUID) -> bool:
    """Ask once; where the channel takes nothing now it is left, and noted why."""
    conversation = lock(conversation_id)
    handoff = conversation.handoffs.filter(state=Handoff.State.RESOLVED).order_by("-pk").first()
    recent = conversation.events.filter(kind__in=[ASKED, SKIPPED], at__gte=timezone.now() - ONCE_IN)
    if conversation.owner != NOBODY or handoff is None or recent.exists():
        return False
    way = _way(conversation)
    if way not in ("text", "template"):
        record(conversation, SKIPPED, "system", handoff=handoff.pk, why=way)
        return False
    text, template = notices.rate(conversation.language), None
    if way == "template":
        text, template = templates.all_templates()[TEMPLATE].fill(conversation.language, {})
    record(conversation, ASKED, "system", handoff=handoff.pk, agent=handoff.agent_id)
    options = [Option(str(score), f"{RATE}{score}") for score in SCORES]
    append(conversation, Message.Author.SYSTEM, text, options=options, asks="rating", template=template)
    return True


def _way(conversation: Conversation) -> str:
    """How the customer can be asked now: `text`, `template`, or why not."""
    identity = conversation.identity
    if identity.stopped:
        return identity.stopped
    try:
        caps = registry.adapter(conversation.channel).caps
    except (KeyError, registry.NotConfigured):
        return "not_connected"
    if caps.is_open(identity.last_inbound_at, timezone.now()):
        return "text"
    return "template" if caps.templates else "window"


def may_answer(conversation: Conversation, payload: str) -> bool:
    """Whether a line may be about a rating: anything said into a resolved conversation, else only our buttons."""
    return conversation.owner == NOBODY or payload.startswith(BUTTONS)


def answered(conversation: Conversation, text: str, choice: str, payload: str) -> Message | None:
    """Take a line as the score, the reason or a button of these, and store it; None for any other.

    The caller holds the conversation.
    """
    if payload in (PERSON, OTHER):
        message = append(conversation, Message.Author.CUSTOMER, text, choice=choice, handled=True)
        (_person if payload == PERSON else _other)(conversation, message)
        return message
    newest = conversation.events.filter(kind__in=[ASKED, RATED, COMMENTED, "owner"]).order_by("-pk").first()
    if newest is None or (newest.kind == "owner" and not payload) or newest.at < timezone.now() - ONCE_IN:
        return None
    if (score := _score(text, payload)) and (payload or newest.kind in (ASKED, RATED)):
        message = append(conversation, Message.Author.CUSTOMER, text, choice=choice, handled=True)
        _rated(conversation, message, score)
        return message
    if newest.kind == RATED and not payload and text.strip() and "?" not in text:
        message = append(conversation, Message.Author.CUSTOMER, text, handled=True)
        record(conversation, COMMENTED, "customer", **_about(conversation), seq=message.seq)
        notice = notices.rating_comment(conversation.language)
        append(conversation, Message.Author.SYSTEM, notice.text, options=notice.options())
        return message
    return None


@cache
def _understand() -> Callable[[str], int | None]:
    found: Callable[[str], int | None] = import_string(settings.RATING_WORDS)
    return found


def _score(text: str, payload: str) -> int | None:
    if payload.startswith(RATE):
        return int(payload.removeprefix(RATE))
    if payload or len(text) > LONGEST_ANSWER or "?" in text:
        return None
    return _understand()(text)


def _about(conversation: Conversation) -> dict[str, object]:
    asked = conversation.events.filter(kind=ASKED).order_by("-pk").first()
    return {name: asked.data.get(name) for name in ("handoff", "agent")} if asked else {}


def _rated(conversation: Conversation, message: Message, score: int) -> None:
    """Keep the score; one that is given again, because a finger slipped, replaces it."""
    asked = conversation.events.filter(kind=ASKED).order_by("-pk").first()
    earlier = conversation.events.filter(kind=RATED, pk__gt=asked.pk) if asked else Event.objects.none()
    earlier.delete()
    record(conversation, RATED, "customer", **_about(conversation), score=score, seq=message.seq)
    notice = notices.rated(conversation.language, score, low=score <= LOW)
    append(conversation, Message.Author.SYSTEM, notice.text, options=notice.options())


def _person(conversation: Conversation, message: Message) -> None:
    _awake(conversation)
    conversation.answered_seq = message.seq
    conversation.save()
    ownership.request(conversation.pk, "very_upset", "customer", trigger=message.text)


def _awake(conversation: Conversation) -> None:
    if conversation.owner == NOBODY:
        ownership.reopen(conversation)


def _other(conversation: Conversation, message: Message) -> None:
    """What was taken for the reason of a score is a question: it goes to the dialogue as if it had just come."""
    told = conversation.events.filter(kind=COMMENTED).order_by("-pk").first()
    _awake(conversation)
    if told is None:
        conversation.save()
        return
    asked = conversation.messages.filter(seq=told.data.get("seq"), author=Message.Author.CUSTOMER)
    if asked.update(handled=False):
        conversation.answered_seq = int(told.data["seq"]) - 1
        conversation.turn_due_at = timezone.now()
    told.delete()
    conversation.save()
