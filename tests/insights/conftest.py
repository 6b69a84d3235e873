"""What the insights' tests share: a supervisor, and a small fixed log written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from tests.insights.small_log import write


@pytest.fixture
def small_log(db: None) -> None:
    """The episodes of `small_log.py`."""
    write()


@pytest.fixture
def vera(db: None) -> Any:
    """Vera supervises the team."""
    account = get_user_model().objects.create_user("vera", first_name="Vera", last_name="Mas")
    account.groups.add(Group.objects.get(name="supervisors"))
    return account


@pytest.fixture
def ana(db: None) -> Any:
    """Ana answers customers and supervises nobody."""
    account = get_user_model().objects.create_user("ana", first_name="Ana", last_name="Ruiz")
    account.groups.add(Group.objects.get(name="agents"))
    return account


@pytest.fixture
def at_desk() -> Any:
    def sign_in(account: Any, language: str = "es") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(account)
        return client

    return sign_in
