from django.apps import AppConfig
from django.db.models.signals import post_save


class PrivacyConfig(AppConfig):
    """What is kept of a customer: told to them, erased for them, and not kept for longer than it is needed."""

    name = "bot.privacy"
    label = "privacy"

    def ready(self) -> None:
        """Raises FileMistake naming the line of a mistake in retention.yml."""
        from bot.conversations.models import Identity
        from bot.privacy import retention
        from bot.privacy.refusals import remember

        retention.current()
        post_save.connect(remember, sender=Identity, dispatch_uid="who wanted none of our messages")
