"""What the conversation's page shows of the tools: what can be taken back, what is put aside, what was joined."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from bot.conversations.media import checks
from bot.conversations.models import Conversation, Handoff
from bot.desk.access import Agent
from bot.desk.labels import word
from bot.desk.sorting.views import sorts
from bot.desk.tools import casework, deeds, joining, snoozing
from bot.desk.tools.models import TeamOf


def tools(agent: Agent, conversation: Conversation) -> dict[str, Any]:
    """For the template's context; a few short queries."""
    deed = deeds.last(agent, conversation)
    team = TeamOf.objects.filter(conversation=conversation).select_related("team").first()
    offered = conversation.handoffs.filter(state=Handoff.State.ASSIGNED).exists()
    return {
        "undo": word(deeds.VERBS, deed.verb) if deed else "",
        "snooze": snoozing.asleep(conversation),
        "team": team.team.name if team and conversation.owner else "",
        "offered": offered and conversation.owner == agent.owner,
        "joined": joining.joined(conversation),
        "joined_to": joining.joined_to(conversation),
        "sorts": sorts(conversation),
        "case_tools": casework.tools_of(agent, conversation),
        "outcomes": deeds.OUTCOMES.items(),
        "file_limit": settings.MEDIA_BYTES,
        "file_megabytes": checks.megabytes(),
    }
