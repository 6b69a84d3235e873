from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class ConversationsConfig(AppConfig):
    """Stores, owns, orders and delivers: everything a customer or an agent says passes through here."""

    name = "bot.conversations"
    label = "conversations"

    def ready(self) -> None:
        import bot.checks
        import bot.conversations.templates  # noqa: F401 - both register themselves
        from bot.conversations.events import give_after_commit
        from bot.conversations.media.store import remove_file
        from bot.conversations.models import Event, Media

        post_save.connect(give_after_commit, sender=Event, dispatch_uid="live events")
        post_delete.connect(remove_file, sender=Media, dispatch_uid="customers' files")
