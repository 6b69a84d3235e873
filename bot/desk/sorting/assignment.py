"""Who should have a conversation: by topic, language and load. Given by itself only where the settings say so."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from bot.conversations import passing
from bot.conversations.models import QUEUE, Conversation
from bot.desk.access import agents, display_name
from bot.desk.floor.presence import here
from bot.desk.sorting.models import Skills, Sort
from bot.desk.tools.models import TeamOf


@dataclass(frozen=True)
class Fit:
    """How well an agent suits a conversation: who is free, then who speaks its language, then who knows its topic."""

    agent_id: int
    name: str
    open: int
    most: int
    topic: bool
    language: bool

    @property
    def free(self) -> bool:
        return self.open < self.most

    @property
    def score(self) -> tuple[bool, bool, bool, float]:
        return self.free, self.language, self.topic, -self.open / max(1, self.most)


def fits(conversation: Conversation) -> list[Fit]:
    """Every agent who takes work, best first; of a team's conversation only its members."""
    sorted_as = dict(Sort.objects.filter(conversation=conversation).values_list("aspect", "value"))
    language = sorted_as.get("language", conversation.language)
    skills = {each.agent_id: each for each in Skills.objects.all()}
    team = TeamOf.objects.filter(conversation=conversation).select_related("team").first()
    members = set(team.team.members.values_list("pk", flat=True)) if team else set()
    found = []
    for account in agents():
        own = skills.get(account.pk) or Skills(agent=account)
        if own.takes and (not members or account.pk in members):
            found.append(_fit(account, own, sorted_as.get("topic", ""), language))
    return sorted(found, key=lambda fit: fit.score, reverse=True)


def _fit(account: object, own: Skills, topic: str, language: str) -> Fit:
    number = own.agent_id
    return Fit(
        number, display_name(account), Conversation.objects.filter(owner=f"agent:{number}").count(), own.most,
        not own.topics or topic in own.topics, not own.languages or language in own.languages,
    )  # fmt: skip


def assign_waiting(limit: int = 20) -> int:
    """Offer what waits in the queue to whoever suits best and is free; tell how many. Does nothing unless the settings
    say `DESK_ASSIGNMENT = "automatic"`."""
    if settings.DESK_ASSIGNMENT != "automatic":
        return 0
    waiting = Conversation.objects.filter(owner=QUEUE).order_by("handoffs__priority", "handoffs__created_at")
    ids = list(dict.fromkeys(waiting.filter(handoffs__state="queued").values_list("pk", flat=True)))[:limit]
    return sum(assign(pk) for pk in ids)


def assign(conversation_id: UUID) -> bool:
    """Offer one conversation; whether somebody suits."""
    conversation = Conversation.objects.get(pk=conversation_id)
    there = here()
    best = next((fit for fit in fits(conversation) if fit.free and fit.language and fit.agent_id in there), None)
    if best is None or conversation.owner != QUEUE:
        return False
    passing.offer(conversation_id, best.agent_id, "system", agent_name=best.name)
    return True
