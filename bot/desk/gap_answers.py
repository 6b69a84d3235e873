"""What agents wrote where no article answered: the start of an article. Named in `settings.KNOWLEDGE_AGENT_ANSWERS`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from bot.conversations.models import Conversation, Event, Message

NEWEST = 50


def agent_answers(conversations: Sequence[str]) -> list[str]:
    """The texts that agents sent in these conversations after a question that no article answered, newest first.

    The customer's name is taken out of them. Notes for colleagues are not among them.
    """
    found: list[str] = []
    for conversation in Conversation.objects.select_related("identity__customer").filter(pk__in=_ids(conversations)):
        gap = Event.objects.filter(conversation=conversation, kind="gap").order_by("pk").first()
        lines = conversation.messages.filter(author=Message.Author.AGENT, note=False)
        if gap is not None:
            lines = lines.filter(created_at__gte=gap.at)
        texts = lines.exclude(text="").order_by("-seq").values_list("text", flat=True)[:NEWEST]
        names = conversation.identity.customer.name.split()
        found += [_without(text, names) for text in texts]
    return found


def _ids(names: Sequence[str]) -> list[uuid.UUID]:
    found = []
    for name in names:
        try:
            found.append(uuid.UUID(name))
        except ValueError:
            continue
    return found


def _without(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = text.replace(name, "").replace(" ,", ",")
    return " ".join(text.split())
