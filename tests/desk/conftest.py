from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import AsyncClient

from bot.conversations.background import idle
from bot.conversations.models import Conversation
from channels.memory.adapter import MemoryAdapter
from tests.desk.desk_cast import Line, begin
from tests.stand_ins import phone as phone


def _agent(name: str, first: str, last: str) -> Any:
    account = get_user_model().objects.create_user(name, first_name=first, last_name=last)
    account.groups.add(Group.objects.get(name="agents"))
    return account


@pytest.fixture
def ana(transactional_db: None) -> Any:
    return _agent("ana", "Ana", "Ruiz")


@pytest.fixture
def bruno(transactional_db: None) -> Any:
    return _agent("bruno", "Bruno", "Sanz")


@pytest.fixture
def elena(transactional_db: None) -> Any:
    """An editor: she has an account and no place at the desk."""
    return get_user_model().objects.create_user("elena", first_name="Elena", last_name="Mora")


@pytest.fixture
async def at_desk(transactional_db: None) -> AsyncIterator[Callable[[Any], Awaitable[AsyncClient]]]:
    """A browser in which somebody has signed in; what its pages started has ended before the tables are emptied."""

    async def open_for(account: Any) -> AsyncClient:
        client = AsyncClient(headers={"accept-language": "es"})
        await client.aforce_login(account)
        return client

    yield open_for
    await idle()


@pytest.fixture
def waiting(transactional_db: None, phone: MemoryAdapter) -> Conversation:
    """Lucía has asked the bot about a return, and then for a person."""
    return begin(
        "Lucía Romero",
        Line("customer", "Hola"),
        Line("bot", "Hola, ¿en qué te ayudo?"),
        Line("customer", "Quiero devolver la freidora Fragua"),
        Line("bot", "¿Me dices el número de pedido?", asks="order_number"),
        Line("customer", "Es el LB-10401"),
        Line("customer", "Prefiero hablar con una persona"),
        handoff="asked_for_person",
    )
