"""Everything that can be taken back goes through here: it is done, and what was before is kept with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from bot.conversations import ownership, passing
from bot.conversations.models import Conversation, record
from bot.conversations.writing import lock
from bot.desk import actions
from bot.desk.access import Agent
from bot.desk.actions import Refused
from bot.desk.labels import Words
from bot.desk.tools import joining, snoozing, teams
from bot.desk.tools.models import Deed

# What was done this long ago is history.
UNDO_FOR = timedelta(minutes=30)
OUTCOMES: Words = {
    "solved": pgettext_lazy("outcome", "solved"),
    "answered": pgettext_lazy("outcome", "answered, nothing to do"),
    "promised": pgettext_lazy("outcome", "we owe something"),
    "no_reply": pgettext_lazy("outcome", "the customer does not answer"),
    "not_ours": pgettext_lazy("outcome", "not for us"),
    "spam": pgettext_lazy("outcome", "spam"),
}
VERBS: Words = {
    "resolve": pgettext_lazy("deed", "Resolved"),
    "return": pgettext_lazy("deed", "Given back to the bot"),
    "transfer": pgettext_lazy("deed", "Passed on"),
    "team": pgettext_lazy("deed", "Passed to a team"),
    "release": pgettext_lazy("deed", "Put into the queue"),
    "snooze": pgettext_lazy("deed", "Put aside"),
    "join": pgettext_lazy("deed", "Joined as a duplicate"),
}


def resolve(agent: Agent, conversation_id: UUID, note: str, outcome: str = "") -> None:
    """End the conversation; `outcome` is a key of OUTCOMES or empty. Raises `Refused` and `Taken`."""
    if outcome and outcome not in OUTCOMES:
        raise Refused(_("Choose how it ended."))

    def work(conversation: Conversation) -> dict[str, Any]:
        actions.resolve(agent, conversation_id, note)
        if outcome:
            record(conversation, "outcome", agent.owner, outcome=outcome)
        return {}

    _do(agent, conversation_id, "resolve", work)


def give_back(agent: Agent, conversation_id: UUID, note: str) -> None:
    _do(agent, conversation_id, "return", lambda _c: _nothing(actions.give_back(agent, conversation_id, note)))


def release(agent: Agent, conversation_id: UUID) -> None:
    _do(agent, conversation_id, "release", lambda _c: _nothing(actions.release(agent, conversation_id)))


def transfer(agent: Agent, conversation_id: UUID, to: str, note: str) -> None:
    """Pass the conversation to a colleague, `agent:<id>`, or to a team, `team:<id>`, with a note for them."""
    kind, _colon, number = to.partition(":")
    if kind not in ("agent", "team") or not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise Refused(_("Choose who is to go on with it."))
    note = actions.clean(note, required=False)
    if kind == "agent":
        _do(
            agent, conversation_id, "transfer", lambda _c: teams.to_colleague(agent, conversation_id, int(number), note)
        )
    else:
        _do(agent, conversation_id, "team", lambda _c: teams.to_team(agent, conversation_id, int(number), note))


def snooze(agent: Agent, conversation_id: UUID, until: str, note: str) -> None:
    """Put the agent's own conversation aside; see `snoozing.moment` for `until`."""
    _do(agent, conversation_id, "snooze", lambda c: snoozing.put_to_sleep(agent, c, until, note))


def join(agent: Agent, conversation_id: UUID, into: str) -> None:
    """End this conversation as a duplicate of another one of the same customer."""
    _do(agent, conversation_id, "join", lambda c: joining.join(agent, c, into))


def _nothing(_done: Any) -> dict[str, Any]:
    return {}


@transaction.atomic
def _do(agent: Agent, conversation_id: UUID, verb: str, work: Callable[[Conversation], dict[str, Any]]) -> None:
    conversation = lock(conversation_id)
    actions.not_a_colleagues(agent, conversation)
    epoch, before = conversation.epoch, _before(conversation)
    more = work(conversation)
    conversation.refresh_from_db()
    if conversation.epoch == epoch and not more:
        return
    Deed.objects.create(
        conversation=conversation, agent_id=agent.id, verb=verb, epoch=conversation.epoch, before={**before, **more}
    )


def _before(conversation: Conversation) -> dict[str, Any]:
    handoff = ownership.open_handoff(conversation)
    return {
        "owner": conversation.owner, "handoff": handoff.pk if handoff else None, "facts": conversation.facts,
        "asks": conversation.asks,
    }  # fmt: skip


def last(agent: Agent, conversation: Conversation) -> Deed | None:
    """What this agent could take back now: only the last thing that was done, and only while nothing has changed."""
    recent = Deed.objects.filter(conversation=conversation, at__gt=timezone.now() - UNDO_FOR, undone_at=None)
    deed = recent.order_by("-pk").first()
    if deed is None or deed.agent_id != agent.id or deed.epoch != conversation.epoch:
        return None
    if deed.verb in ("resolve", "return", "transfer", "team", "release"):
        return deed if deed.before.get("owner") == agent.owner else None
    if deed.verb == "snooze":
        return deed if snoozing.asleep(conversation) else None
    return deed


@transaction.atomic
def undo(agent: Agent, conversation_id: UUID) -> None:
    """Take back the last thing that this agent did. Raises `Refused` where there is nothing, or it is too late."""
    conversation = lock(conversation_id)
    deed = last(agent, conversation)
    if deed is None:
        raise Refused(_("This can no longer be taken back: something else has happened since."))
    try:
        if deed.verb == "snooze":
            snoozing.wake(conversation, "agent")
        elif deed.verb == "join":
            joining.undo(agent, conversation, deed.before)
        else:
            passing.put_back(conversation_id, agent.id, deed.before, epoch=deed.epoch, agent_name=agent.name)
            teams.forget(conversation, deed.before)
    except passing.TooLate:
        raise Refused(_("This can no longer be taken back: something else has happened since.")) from None
    Deed.objects.filter(pk=deed.pk).update(undone_at=timezone.now())
    record(conversation, "undo", agent.owner, verb=deed.verb)
