"""manage.py demo_staff: the people who work at the demo shop."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from bot.desk.roles import create_roles
from bot.desk.tools.demo import demo_replies

# account: first name, last name, group. Wagtail's own migrations make Editors and Moderators; a moderator publishes.
STAFF = {
    "ana": ("Ana", "Ruiz", "agents"),
    "bruno": ("Bruno", "Sanz", "agents"),
    "vera": ("Vera", "Mas", "supervisors"),
    "editor": ("Elena", "Mora", "Editors"),
    "publisher": ("Pau", "Serra", "Moderators"),
}


class Command(BaseCommand):
    help = "Make the demo shop's agents and editors, with the passwords of settings.DEMO_STAFF. Sandbox only."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SANDBOX:
            raise CommandError(
                "demo_staff makes accounts whose passwords are public, so it runs in the sandbox only. "
                "Make real accounts at /admin/ and add them to the group `agents`."
            )
        create_roles()
        for username, password in settings.DEMO_STAFF.items():
            first, last, group = STAFF.get(username, (username.capitalize(), "", "agents"))
            account, created = get_user_model().objects.get_or_create(
                username=username, defaults={"first_name": first, "last_name": last}
            )
            # Hashing is slow on purpose: an account that has its password already is left as it is.
            if created or not account.check_password(password):
                account.set_password(password)
                account.save()
            account.groups.add(Group.objects.get_or_create(name=group)[0])
        demo_replies()
        self.stdout.write(f"demo staff: {', '.join(settings.DEMO_STAFF)}")
