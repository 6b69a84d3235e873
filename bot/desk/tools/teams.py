"""Passing a conversation on, to a colleague or to a team."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from bot.conversations import ownership, passing
from bot.conversations.models import Conversation, record
from bot.conversations.writing import lock
from bot.desk.access import Agent, agents, display_name
from bot.desk.refusals import Refused
from bot.desk.tools.models import Team, TeamOf


def to_colleague(agent: Agent, conversation_id: UUID, colleague_id: int, note: str) -> dict[str, Any]:
    """Offer the conversation to a colleague; what has to be remembered to take it back. Raises `Refused`."""
    colleague = next((each for each in agents() if each.pk == colleague_id), None)
    if colleague is None or colleague.pk == agent.id:
        raise Refused(_("Choose who is to go on with it."))
    passing.offer(conversation_id, colleague.pk, agent.owner, agent_name=display_name(colleague), note=note)
    return {}


def to_team(agent: Agent, conversation_id: UUID, team_id: int, note: str) -> dict[str, Any]:
    """Put the conversation into the queue for a team. Raises `Refused`."""
    team = Team.objects.filter(pk=team_id).first()
    if team is None:
        raise Refused(_("Choose who is to go on with it."))
    conversation = lock(conversation_id)
    passing.leave_note(conversation, agent.owner, note)
    if conversation.agent_id:
        ownership.release(conversation_id, agent.owner, f"to team {team.name}")
    else:
        ownership.request(conversation_id, "asked_for_person", agent.owner, trigger=note)
    earlier = TeamOf.objects.filter(conversation=conversation).values_list("team", flat=True).first()
    TeamOf.objects.update_or_create(conversation=conversation, defaults={"team": team, "by_id": agent.id})
    record(conversation, "team", agent.owner, team=team.pk)
    return {"team": earlier}


def forget(conversation: Conversation, before: dict[str, Any]) -> None:
    """The conversation is for the team that it was for before."""
    if "team" not in before:
        return
    if before["team"]:
        TeamOf.objects.filter(conversation=conversation).update(team=before["team"])
    else:
        TeamOf.objects.filter(conversation=conversation).delete()
