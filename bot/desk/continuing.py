"""What an agent may do about the customer's channels: send a code, bring a conversation back, take identities apart."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from bot.conversations import customers, move_requests, moving
from bot.conversations.models import Conversation, Merge
from bot.conversations.writing import lock
from bot.desk.access import Agent
from bot.desk.actions import Refused, not_a_colleagues
from bot.desk.limits import limits
from bot.desk.one_customer import moves


@transaction.atomic
def continue_on(agent: Agent, conversation_id: UUID, channel: str) -> None:
    """Send the customer, where they are now, a code for going on at `channel`. Raises `Refused` and `Taken`."""
    conversation = lock(conversation_id)
    not_a_colleagues(agent, conversation)
    if reason := limits(conversation).why_not:
        raise Refused(reason)
    if not conversation.owner:
        raise Refused(_("This conversation is resolved. Open it again first."))
    if channel == conversation.channel:
        raise Refused(_("The conversation is on that channel already."))
    if channel not in move_requests.reachable():
        raise Refused(_("That channel is not connected at the moment."))
    move_requests.offer(conversation, channel, agent.owner, agent.name)


@transaction.atomic
def undo_move(agent: Agent, conversation_id: UUID) -> None:
    """Bring the conversation back to where it was before its last move. Raises `Refused` and `Taken`."""
    conversation = lock(conversation_id)
    not_a_colleagues(agent, conversation)
    last = next((move for move in reversed(moves(conversation)) if not move.undone_at), None)
    if last is None:
        raise Refused(_("This conversation has not moved."))
    if not moving.undo(last.pk, agent.owner):
        raise Refused(_("It cannot go back now: the customer is with a person there about something else."))


@transaction.atomic
def take_apart(agent: Agent, conversation_id: UUID, merge: str) -> None:
    """Take back one proof that this customer's identities belong together. Raises `Refused`."""
    conversation = Conversation.objects.select_related("identity").get(pk=conversation_id)
    customer = conversation.identity.customer_id
    of = Q(one__customer=customer) | Q(other__customer=customer)
    number = int(merge) if merge.isascii() and merge.isdecimal() else 0
    found = Merge.objects.filter(of, pk=number).first()
    if found is None or not customers.undo(found.pk, agent.owner):
        raise Refused(_("These two are apart already."))
