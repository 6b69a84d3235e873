"""What writers and publishers may do beyond what Wagtail's own groups give them.

Wagtail makes the groups `Editors` (they write and submit) and `Moderators` (they publish and approve).
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission

GROUPS = ("Editors", "Moderators")
PERMISSION = ("simple_translation", "submit_translation")


def let_translate(**kwargs: Any) -> None:
    """Receiver of `post_migrate`: both groups may start the version of an article in another language."""
    app, codename = PERMISSION
    found = Permission.objects.filter(content_type__app_label=app, codename=codename).first()
    if found is not None:
        for group in Group.objects.filter(name__in=GROUPS):
            group.permissions.add(found)
