"""A shop with many agents and many open conversations, in a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from bot.conversations.models import QUEUE, Conversation, Customer, Handoff, Identity, Message, agent_owner
from bot.conversations.ownership import REASONS
from bot.conversations.web.door import adapter
from channels.web import tokens

SAID = (
    "Quiero devolver la freidora, hace demasiado ruido",
    "El robot no encuentra su base desde ayer",
    "¿Cuándo llega mi pedido? Hace una semana que no se mueve",
    "The kettle leaks at the bottom, what can I do?",
)
# Of three conversations one waits in the queue, the others are with agents.
QUEUED = 3


@dataclass(frozen=True)
class AgentAtDesk:
    """An agent's session cookie, and the conversation that is open before them."""

    cookie: str
    shows: UUID


@dataclass(frozen=True)
class World:
    agents: Sequence[AgentAtDesk]
    conversations: Sequence[UUID]
    token: Callable[[UUID], str]


def build(agents: int, conversations: int) -> World:
    """Make it; a few seconds for two thousand conversations."""
    call_command("migrate", verbosity=0)
    accounts = [_agent(number) for number in range(agents)]
    visitors = _conversations(conversations, [account.pk for account in accounts])
    open_now = list(visitors)
    shown = [pk for number, pk in enumerate(open_now) if number % QUEUED][: len(accounts)]
    at_desk = [AgentAtDesk(_session(account), pk) for account, pk in zip(accounts, shown, strict=True)]
    return World(at_desk, open_now, lambda pk: adapter().visit(visitors[pk])[0])


def _agent(number: int) -> Any:
    account = get_user_model().objects.create(username=f"agent-{number}", first_name="Ana", last_name=str(number))
    account.groups.add(Group.objects.get(name="agents"))
    return account


def _session(account: Any) -> str:
    """A signed-in session, as the sign-in page makes it."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@transaction.atomic
def _conversations(count: int, agents: Sequence[int]) -> dict[UUID, str]:
    """Each with four lines and an open handoff; the visitor's name by conversation."""
    now = timezone.now()
    made: dict[UUID, str] = {}
    lines, handoffs = [], []
    for number in range(count):
        visitor = tokens.new_visitor()
        identity = Identity.objects.create(
            customer=Customer.objects.create(name=f"Lucía {number}"), channel="web", account=adapter().account,
            external_id=visitor, last_inbound_at=now,
        )  # fmt: skip
        begun = now - timedelta(minutes=count - number)
        agent = agents[number % len(agents)] if number % QUEUED else None
        conversation = Conversation.objects.create(
            identity=identity, channel="web", owner=agent_owner(agent) if agent else QUEUE, last_seq=4,
            created_at=begun, updated_at=begun,
        )  # fmt: skip
        made[conversation.pk] = visitor
        for seq, author in enumerate(("customer", "bot", "customer", "system"), 1):
            lines.append(
                Message(conversation=conversation, identity=identity, seq=seq, epoch=1, author=author,
                        text=SAID[(number + seq) % len(SAID)], created_at=begun + timedelta(seconds=seq))
            )  # fmt: skip
        state = Handoff.State.ACTIVE if agent else Handoff.State.QUEUED
        reason = REASONS[number % len(REASONS)]
        handoffs.append(
            Handoff(conversation=conversation, state=state, reason=reason, agent_id=agent, created_at=begun)
        )
    Message.objects.bulk_create(lines, batch_size=500)
    Handoff.objects.bulk_create(handoffs, batch_size=500)
    return made
