"""The app that writes first. Its rule file is read when the process starts: a mistake in it stops it there."""

from django.apps import AppConfig
from django.db.models.signals import post_save


class OutreachConfig(AppConfig):
    """Messages that the shop sends by itself, surveys, and what it may offer when a matter is solved."""

    name = "bot.outreach"
    label = "outreach"
    verbose_name = "Outreach"

    def ready(self) -> None:
        """Raises FileMistake naming the line of a mistake in outreach.yml or offers.yml."""
        from bot.conversations.models import Event
        from bot.outreach import offers, rules
        from bot.outreach.offering import heard

        rules.current()
        offers.current()
        post_save.connect(heard, sender=Event, dispatch_uid="offers after a solved matter")
