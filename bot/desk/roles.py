"""Who may do what at the desk: the groups `agents` and `supervisors` and their permissions."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission

ANSWER = "desk.answer"
SUPERVISE = "desk.supervise"
GROUPS = {"agents": ("answer",), "supervisors": ("answer", "supervise"), "admins": ("answer", "supervise")}
# Admins make accounts and give them their groups at /admin/, which also asks that the account be marked as staff.
ACCOUNTS = ("view_user", "add_user", "change_user", "view_group")


def create_roles() -> None:
    """Make the groups where they are missing and give them their permissions; what a shop added stays."""
    for app in ("desk", "auth"):
        create_permissions(apps.get_app_config(app), verbosity=0)
    for name, codenames in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*Permission.objects.filter(content_type__app_label="desk", codename__in=codenames))
        if name == "admins":
            group.permissions.add(*Permission.objects.filter(content_type__app_label="auth", codename__in=ACCOUNTS))


def create_roles_after_migrate(**kwargs: Any) -> None:
    """Receiver of `post_migrate`."""
    create_roles()
