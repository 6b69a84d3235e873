from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from bot.desk.roles import create_roles

ROLES = ("nobody", "without a role", "agent", "supervisor", "editor", "publisher", "root")
GROUPS = {"agent": "agents", "supervisor": "supervisors", "editor": "Editors", "publisher": "Moderators"}


@pytest.fixture
def accounts(transactional_db: None) -> dict[str, Any]:
    """One account a role; `nobody` has none."""
    create_roles()
    wagtail = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    made: dict[str, Any] = {}
    for role in ROLES[1:]:
        account = get_user_model().objects.create_user(role.replace(" ", "-"), is_superuser=role == "root",
                                                       is_staff=role == "root")  # fmt: skip
        if role in GROUPS:
            group, _ = Group.objects.get_or_create(name=GROUPS[role])
            if role in ("editor", "publisher"):
                group.permissions.add(wagtail)
            account.groups.add(group)
        made[role] = account
    return made
