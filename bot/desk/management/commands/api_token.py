"""manage.py api_token <agent>: make a key to the staff API that acts as that agent."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot.desk.models import ApiToken
from bot.desk.roles import ANSWER


class Command(BaseCommand):
    help = "Make a key to the staff API that acts as the named agent. It is printed once and kept only as a hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("agent", help="the account's name, such as ana")
        parser.add_argument("--label", default="", help="what the key is for, to tell keys apart later")

    def handle(self, *args: Any, **options: Any) -> None:
        account = get_user_model().objects.filter(username=options["agent"], is_active=True).first()
        if account is None:
            raise CommandError(f"There is no active account {options['agent']!r}. `manage.py demo_staff` makes some.")
        if not account.has_perm(ANSWER):
            raise CommandError(f"{options['agent']} is not an agent: add the account to the group `agents` first.")
        _, key = ApiToken.issue(account, options["label"])
        self.stdout.write(key)
